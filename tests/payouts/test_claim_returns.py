"""A claim granted beside no commission goes along with the goods of its order (CL17)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from payouts.models import Adjustment
from payouts.services import checks, claim_returns
from payouts.services.adjustments import book
from payouts.services.claim_amounts import suggest
from payouts.services.claim_standing import granted_beside_minor
from shop.models import Return, ReturnLine, ReturnReason
from tests.builders import NOW, make_affiliate, make_attribution, make_order, make_return
from tests.payouts.claim_stories import claimed
from tests.payouts.stories import accrued, assert_balances, euros
from tests.payouts.test_claim_decisions import grant
from tests.people import make_ada, make_sam

pytestmark = pytest.mark.django_db
GRANTED, BACK, LATER = (NOW + timedelta(days=days) for days in (1, 2, 3))


@pytest.fixture
def order():
    """Two dresses at EUR 100.00 each, nobody's."""
    made = make_order(number="X-1", lines=[{"quantity": 2}])
    make_attribution(made)
    return made


@pytest.fixture
def ada(order):
    """An affiliate who was granted EUR 20.00 for the order."""
    affiliate = make_ada()
    grant(claimed(affiliate), make_sam(), minor=2_000, now=GRANTED)
    return affiliate


def comes_back(order, quantity, *, at=BACK, **overrides):
    line = order.lines.order_by("pk")[0]
    return make_return(order, quantities={line: quantity}, returned_at=at, received_at=at,
                       **overrides)  # fmt: skip


def money_goes_back(order, minor, *, at=BACK):
    made = Return.objects.create(
        shop=order.shop, order=order, external_id=f"refund-{minor}", reason=ReturnReason.RETURN,
        order_external_id=order.external_id, returned_at=at, received_at=at, content_hash="0" * 64,
    )  # fmt: skip
    ReturnLine.objects.create(shop_return=made, external_id="1", quantity=0, net_minor=minor)


def changes():
    rows = Adjustment.objects.filter(source_key__startswith="claim:").order_by("pk")
    return [(row.reason, row.amount_minor, row.text) for row in rows]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [((1,), [-1_000]), ((2,), [-2_000]), ((1, 1), [-1_000, -1_000])],
)
def test_what_came_back_takes_its_part_along(ada, order, pieces, expected):
    for place, quantity in enumerate(pieces):
        comes_back(order, quantity, at=BACK + timedelta(hours=place))

    for _again in range(2):
        claim_returns.apply_pending(now=LATER)

    assert changes() == [("return", minor, "X-1") for minor in expected]
    assert_balances(ada.pk, payable=2_000 + sum(expected))
    assert checks.check(now=LATER) == []


def test_a_refund_and_a_cancellation_say_what_they_are(ada, order):
    money_goes_back(order, 5_000)
    comes_back(order, 2, at=LATER, reason=ReturnReason.CANCELLATION)

    assert claim_returns.apply_pending(now=LATER) == 2

    assert changes() == [("refund", -500, "X-1"), ("cancellation", -1_500, "X-1")]
    assert_balances(ada.pk, payable=0)


def test_what_was_back_when_it_was_granted_is_in_what_was_granted(order):
    comes_back(order, 1, at=NOW)
    affiliate = make_ada()
    grant(claimed(affiliate), make_sam(), minor=1_000, now=GRANTED)
    assert claim_returns.apply_pending(now=LATER) == 0

    comes_back(order, 1)
    assert claim_returns.apply_pending(now=LATER) == 1
    assert_balances(affiliate.pk, payable=0)


def test_a_claim_beside_a_commission_is_left_to_its_commission(order):
    sale = accrued(make_affiliate(), number="S-1")
    comes_back(sale.credit.order, 1)
    comes_back(order, 1)

    assert claim_returns.apply_pending(now=LATER) == 0


def test_another_claim_counts_what_is_left_of_the_first(ada, order):
    comes_back(order, 1)
    claim_returns.apply_pending(now=LATER)
    again = ada.claims.get()
    again.pk, again.public_id, again.status, again.proposal = None, uuid4(), "open", None
    again.save(force_insert=True)

    assert granted_beside_minor(again, order.pk) == 1_000
    assert suggest(again, order).standing == euros(1_000)


def test_the_ledger_check_says_what_was_forgotten(ada, order):
    comes_back(order, 1)
    late = BACK + timedelta(days=2)
    assert [one.subject for one in checks.check(now=late)] == ["returned goods of granted claims"]

    claim_returns.apply_pending(now=late)
    assert checks.check(now=late) == []


def test_the_ledger_check_says_when_another_part_is_taken_back(ada, order):
    made = comes_back(order, 1)
    row = Adjustment(
        affiliate=ada, return_line=made.lines.get(), amount_minor=-400, currency="EUR",
        reason="return", is_payable=True, effective_at=LATER, created_at=LATER,
        source_key=f"claim:{ada.claims.get().pk}:return_line:{made.lines.get().pk}",
    )  # fmt: skip
    book([row], {}, now=LATER)

    (found,) = checks.check(now=LATER)
    assert (found.check, found.expected, found.found) == ("claim after returns", "1000", "1600")
