"""What people booked for a sale goes along with its goods (docs/rules/returns.md, R13)."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from payouts.domain.beside import Booked, beside_minor, of_the_sale
from payouts.models import Adjustment
from payouts.queries.candidates import candidates
from payouts.services import checks, commissions, cost_corrections, proposals, returns
from tests.builders import NOW, make_return, make_user
from tests.payouts.stories import AFTER_HOLD, accrued, approved, assert_balances, euros
from tests.payouts.test_cost_corrections import correct, on_actual_margin
from tests.payouts.test_refunds import refund
from tests.undo import undone


def booked(minor, worth):
    return Booked(minor=minor, worth=Fraction(worth))


#: What was booked when how much was left, what is left now, the lines now, and what stands.
TABLE = [
    ([], 10_000, 1_000, 0),
    ([booked(500, 10_000)], 10_000, 1_000, 500),
    ([booked(500, 10_000)], 5_000, 500, 250),
    ([booked(500, 10_000)], 0, 0, 0),
    ([booked(-600, 10_000)], 5_000, 500, -300),
    ([booked(-600, 10_000)], 0, 0, 0),
    ([booked(-400, 5_000)], 2_500, 250, -200),
    ([booked(500, 0)], 0, 0, 500),
    ([booked(-900, 10_000)], 9_000, 100, -100),
    ([booked(333, 10_000), booked(-100, 10_000)], 5_000, 500, 117),
]


@pytest.mark.parametrize(("entries", "worth", "lines", "stands"), TABLE)
def test_r13_what_stands_of_what_people_booked(entries, worth, lines, stands):
    assert beside_minor(entries, worth=Fraction(worth), lines_minor=lines) == stands


@pytest.mark.parametrize(
    ("minor", "standing", "of_sale"), [(-600, 1_000, -600), (-1_200, 1_000, -1_000), (300, 0, 300)]
)
def test_r13_what_is_taken_back_beyond_the_sale_is_of_something_else(minor, standing, of_sale):
    assert of_the_sale(minor, standing_minor=standing) == of_sale


def book(commission, minor, reason):
    return proposals.propose(
        affiliate_id=commission.affiliate_id,
        amount=euros(minor),
        reason=reason,
        text="For this sale.",
        source_key=f"{reason}:{commission.pk}:{Adjustment.objects.count()}",
        author_id=make_user(roles=["manager"]).pk,
        commission_id=commission.pk,
        now=AFTER_HOLD,
    )


def give_back(commission, quantity=1):
    order = commission.credit.order
    line = order.lines.get()
    make_return(order, quantities={line: quantity})
    returns.apply_pending(now=AFTER_HOLD)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reason", "minor", "half", "end"),
    [
        ("clawback", -600, 700, 0),
        ("correction", 300, 1_150, 0),
        ("correction", -2_000, 0, 0),
        ("claim", 500, 1_250, 0),
        ("goodwill", 500, 1_500, 500),
        ("bonus", 500, 1_500, 500),
    ],
)
def test_r13_half_of_the_goods_and_then_all_come_back(reason, minor, half, end):
    commission = approved(lines=[{"quantity": 2}])  # EUR 20.00.
    book(commission, minor, reason)

    give_back(commission)
    assert_balances(commission.affiliate_id, payable=half)
    give_back(commission)

    assert_balances(commission.affiliate_id, payable=end)


@pytest.mark.django_db
def test_r13_a_plus_beside_a_pending_sale_falls_with_it():
    commission = accrued()
    book(commission, 300, "correction")

    give_back(commission)

    commission.refresh_from_db()
    assert commission.status == "reversed"
    assert_balances(commission.affiliate_id)


@pytest.mark.django_db
def test_r13_a_claim_granted_beside_a_declined_sale_falls_with_its_goods():
    commission = accrued(lines=[{"quantity": 2}])
    commissions.reverse(commission_id=commission.pk, reason="other", note="Test", now=NOW,
                        actor_id=make_user(roles=["manager"]).pk)  # fmt: skip
    book(commission, 800, "claim")

    give_back(commission)
    assert_balances(commission.affiliate_id, payable=400)
    due = candidates(rail="sepa", currency="EUR", cutoff_at=AFTER_HOLD + timedelta(days=1), at=NOW)
    assert [one.amount.minor for one in due] == [400]
    give_back(commission)

    assert_balances(commission.affiliate_id)


@pytest.mark.django_db
def test_r13_what_was_booked_after_everything_came_back_stands():
    commission = approved()
    give_back(commission)

    book(commission, 400, "correction")
    give_back(commission)

    assert_balances(commission.affiliate_id, payable=400)


@pytest.mark.django_db
def test_r13_a_clawback_of_goodwill_is_not_given_back_with_the_goods():
    commission = approved()
    book(commission, 500, "goodwill")
    book(commission, -1_500, "clawback")

    give_back(commission)

    assert_balances(commission.affiliate_id)


@pytest.mark.django_db
def test_r13_a_corrected_cost_takes_no_sale_below_zero():
    commission = approved(on_actual_margin())  # EUR 12.00.
    book(commission, -1_200, "clawback")
    line = commission.credit.order.lines.get()

    correct(commission.credit.order, line, 9_000)
    cost_corrections.apply_pending(now=AFTER_HOLD)
    assert_balances(commission.affiliate_id)
    give_back(commission)

    assert_balances(commission.affiliate_id)


STEP = st.one_of(
    st.tuples(st.just("goods"), st.integers(1, 2)),
    st.tuples(st.just("money"), st.integers(1, 12_000)),
    st.tuples(st.just("cost"), st.integers(0, 12_000)),
    st.tuples(st.sampled_from(["correction", "clawback", "claim", "goodwill"]),
              st.integers(1, 2_500)),
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("is_approved", [True, False])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=7))
def test_r13_never_below_zero_and_nothing_is_left_of_a_full_return(is_approved, steps):
    with undone():
        affiliate = on_actual_margin(rate_bps=1_733)
        lines = [{"quantity": 3, "net_minor": 30_001}, {"net_minor": 7_777}]
        commission = (approved if is_approved else accrued)(affiliate, lines=lines)
        for step in steps:
            take(commission, *step)
            assert total(commission) >= 0
        order = commission.credit.order
        make_return(order)
        returns.apply_pending(now=AFTER_HOLD)
        assert 0 <= total(commission) <= goodwill(commission)
        assert [str(one) for one in checks.check()] == []


def take(commission, what, number):
    order = commission.credit.order
    if what == "goods":
        line = order.lines.order_by("pk")[number % 2]
        make_return(order, quantities={line: 1})
    elif what == "money":
        refund(order, number)
    elif what == "cost":
        correct(order, order.lines.order_by("pk")[number % 2], number)
    else:
        try:
            book(commission, -number if what == "clawback" else number, what)
        except DomainError:  # More than is left, or pending: refused, and nothing is booked.
            return
    returns.apply_pending(now=AFTER_HOLD)
    cost_corrections.apply_pending(now=AFTER_HOLD)


def total(commission):
    commission.refresh_from_db()
    rows = commission.adjustments.all()
    if commission.status == "reversed":
        return sum(row.amount_minor for row in rows if row.is_payable)
    return commission.amount_minor + sum(row.amount_minor for row in rows)


def goodwill(commission):
    return sum(row.amount_minor for row in commission.adjustments.filter(reason="goodwill"))
