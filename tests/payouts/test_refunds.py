"""Money back without goods, corrected costs, any order of facts (docs/rules/returns.md)."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affiliates.models import AmountOnly, Programme
from payouts.domain.refunds import Back, Sold, after_caps, left_of
from payouts.models import Adjustment, RefundRuling
from payouts.services import (
    commissions,
    returns,
)
from shop.domain.canonical import (
    CanonicalReturn,
    CanonicalReturnLine,
)
from shop.models import ReturnLine
from shop.services import returns as shop_returns
from tests.builders import (
    NOW,
    make_affiliate,
    make_group,
)
from tests.payouts.stories import AFTER_HOLD, accrued, assert_balances

DAY = timedelta(days=1)
#: Two coats at 100.00, a scarf at 40.00, shipping at 5.00.
SOLD = (
    Sold(line=1, kind="product", quantity=2, net_minor=20_000),
    Sold(line=2, kind="product", quantity=1, net_minor=4_000),
    Sold(line=3, kind="shipping", quantity=1, net_minor=500),
)


def back(day, *, line=None, quantity=0, minor=0):
    return Back(at=NOW + day * DAY, key=f"{day}", line=line, quantity=quantity, net_minor=minor)


#: What happens, and then units and net of the coats, and of the scarf: table R of the document.
TABLE = [
    ("nothing", [], (2, 20_000), (1, 4_000)),
    ("shipping only", [back(1, minor=500)], (2, 20_000), (1, 4_000)),
    ("more than shipping", [back(1, minor=2_900)], (2, 18_000), (1, 3_600)),
    ("twice: shipping once", [back(1, minor=500), back(2, minor=2_400)], (2, 18_000), (1, 3_600)),
    ("of a line", [back(1, line=2, minor=1_000)], (2, 20_000), (1, 3_000)),
    ("of the shipping line", [back(1, line=3, minor=500), back(2, minor=2_400)],
     (2, 18_000), (1, 3_600)),
    ("one coat back", [back(1, line=1, quantity=1)], (1, 20_000), (1, 4_000)),
    ("back, then money", [back(1, line=1, quantity=1), back(2, minor=1_900)],
     (1, 18_000), (1, 3_600)),
    ("money, then back", [back(1, minor=2_900), back(2, line=1, quantity=1)],
     (1, 18_000), (1, 3_600)),
    ("money of a coat, then back", [back(1, line=1, minor=3_000), back(2, line=1, quantity=1)],
     (1, 17_000), (1, 4_000)),
    ("back, then money of a coat", [back(1, line=1, quantity=1), back(2, line=1, minor=3_000)],
     (1, 14_000), (1, 4_000)),
    ("more than all", [back(1, minor=99_999)], (2, 0), (1, 0)),
    ("more than the line", [back(1, line=2, minor=9_999)], (2, 20_000), (1, 0)),
    ("of goods that are back", [back(1, line=2, quantity=1), back(2, line=2, minor=900)],
     (2, 20_000), (0, 4_000)),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "backs", "coats", "scarf"), TABLE, ids=[row[0] for row in TABLE])
def test_what_is_left_of_the_lines(_name, backs, coats, scarf):
    left = left_of(SOLD, backs)

    assert (left[1].quantity, left[1].net_minor) == coats
    assert (left[2].quantity, left[2].net_minor) == scarf


@pytest.mark.parametrize(
    ("standing", "before", "now", "taken", "left"),
    [
        (1_000, 1_000, 600, 0, 600),
        (1_000, 1_000, 1_400, 400, 1_400),  # A cost turned out lower.
        (1_000, 1_000, 1_400, 100, 1_100),  # Caps and budgets left 1.00 for it.
        (1_000, 1_000, 1_200, 400, 1_200),  # And then not as low as that.
        (500, 1_000, 600, 0, 300),  # A cap left half, so half of what is left.
        (500, 1_000, 1_400, 0, 500),
        (500, 1_000, 1_400, 300, 800),
        (0, 0, 0, 0, 0),
    ],
)
def test_what_caps_leave_of_a_changed_line(standing, before, now, taken, left):
    found = after_caps(now, standing_minor=standing, before_minor=before, taken_minor=taken)

    assert found == left


@given(
    backs=st.lists(
        st.tuples(
            st.integers(0, 5), st.sampled_from([None, 1, 2, 3]), st.integers(0, 2),
            st.integers(1, 30_000),
        ),
        max_size=8,
    ),
    seed=st.randoms(use_true_random=False),
)  # fmt: skip
def test_the_order_in_which_facts_become_known_changes_nothing(backs, seed):
    facts = [
        replace(back(day, line=line, quantity=quantity if line else 0, minor=minor), key=str(place))
        for place, (day, line, quantity, minor) in enumerate(backs)
    ]
    shuffled = list(facts)
    seed.shuffle(shuffled)

    left = left_of(SOLD, facts)

    assert left_of(SOLD, shuffled) == left
    for sold in SOLD:
        assert 0 <= left[sold.line].quantity <= sold.quantity
        assert 0 <= left[sold.line].net_minor <= sold.net_minor


# --- in the books ------------------------------------------------------------------

_numbers = count(1)


def refund(order, minor, *, line="", sku="", day=1):
    number = next(_numbers)
    said = CanonicalReturn(
        external_id=f"refund-{number}",
        order_external_id=order.external_id,
        reason="return",
        returned_at=NOW + day * DAY,
        lines=(
            CanonicalReturnLine(
                external_id="1", line_external_id=line, sku=sku, quantity=0, net_minor=minor
            ),
        ),
    )
    later = NOW + 30 * DAY
    assert not shop_returns.record(shop_id=order.shop_id, returns=[said], now=later).conflicts
    return ReturnLine.objects.get(shop_return__external_id=said.external_id)


def of(commission):
    return commission.credit.order


@pytest.mark.django_db
def test_a_refund_of_money_lowers_the_commission_and_says_why():
    commission = accrued(lines=[{"quantity": 2}])  # 200.00, reference cost 50.00 each.

    refund(of(commission), 4_000)
    assert returns.apply_pending(now=NOW) == 1
    assert returns.apply_pending(now=NOW) == 0

    # 20 % of 160.00 - 100.00.
    change = Adjustment.objects.get()
    assert (change.amount_minor, change.reason, change.is_payable) == (-800, "refund", False)
    assert RefundRuling.objects.get().policy == AmountOnly.PRO_RATA
    assert_balances(commission.affiliate_id, pending=1_200)


@pytest.mark.django_db
def test_up_to_the_shipping_a_refund_is_not_of_goods():
    commission = accrued(lines=[{}, {"kind": "shipping", "net_minor": 500}])

    refund(of(commission), 500)
    returns.apply_pending(now=NOW)

    assert Adjustment.objects.get().amount_minor == 0
    assert_balances(commission.affiliate_id, pending=1_000)


@pytest.mark.django_db
def test_the_policy_may_say_that_money_alone_changes_nothing_and_stays_with_the_refund():
    commission = accrued(lines=[{"quantity": 2}])
    Programme.get()
    Programme.objects.update(amount_only_returns=AmountOnly.IGNORED)
    refund(of(commission), 4_000)
    returns.apply_pending(now=NOW)
    Programme.objects.update(amount_only_returns=AmountOnly.PRO_RATA)

    refund(of(commission), 4_000, day=2)
    returns.apply_pending(now=NOW)

    assert_balances(commission.affiliate_id, pending=1_200)


@pytest.mark.django_db
def test_a_refund_of_everything_reverses():
    commission = accrued()

    refund(of(commission), 10_000)
    returns.apply_pending(now=NOW)

    commission.refresh_from_db()
    assert (commission.status, commission.reversal_reason) == ("reversed", "returned")
    assert_balances(commission.affiliate_id)


@pytest.mark.django_db
def test_a_refund_after_approval_is_owed():
    commission = accrued(lines=[{"quantity": 2}])
    commissions.approve_due(now=AFTER_HOLD)

    refund(of(commission), 4_000)
    returns.apply_pending(now=AFTER_HOLD)

    assert Adjustment.objects.get().is_payable
    assert_balances(commission.affiliate_id, payable=1_200)


@pytest.mark.django_db
def test_money_for_an_unknown_line_is_kept_and_changes_nothing():
    commission = accrued()

    parked = refund(of(commission), 4_000, line="nobody knows")
    returns.apply_pending(now=NOW)

    assert parked.line is None
    assert_balances(commission.affiliate_id, pending=1_000)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ({"pays": "net", "rate_bps": 1_000}, 2_000, 1_600),
        ({"pays": "flat", "flat_minor": 1_500}, 1_500, 1_500),
        ({"pays": "flat", "flat_minor": 9_000}, 9_000, 6_000),  # The margin is the most.
        ({"pays": "margin", "rate_bps": 3_000}, 3_000, 1_800),
    ],
)
def test_the_frozen_rule_pays_for_the_lower_price(rule, before, after):
    rules = {"rules": [{"key": "a", "name": "A", "priority": 1, **rule}]}
    affiliate = make_affiliate(group=make_group(slug="ruled", terms={"rules": rules}))
    commission = accrued(affiliate, lines=[{"quantity": 2}])
    assert commission.amount_minor == before

    refund(of(commission), 4_000)
    returns.apply_pending(now=NOW)

    assert_balances(affiliate.pk, pending=after)


CAPPED_RULE = {"key": "all", "name": "All", "priority": 1, "pays": "margin", "rate_bps": 2_000,
               "cap_minor": 1_000}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("rules", [{"order_cap_minor": 1_000}, {"rules": [CAPPED_RULE]}])
def test_what_a_cap_left_is_left_in_proportion(rules):
    affiliate = make_affiliate(group=make_group(slug="capped", terms={"rules": rules}))
    commission = accrued(affiliate, lines=[{"quantity": 2}])  # 20.00, of which the cap left 10.00.

    refund(of(commission), 4_000)  # 12.00 of 20.00.
    returns.apply_pending(now=NOW)

    assert_balances(affiliate.pk, pending=600)
