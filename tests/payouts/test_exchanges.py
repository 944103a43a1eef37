"""An order that follows another goes where that one went, under any later policy and terms."""

from datetime import timedelta

import pytest

from payouts.domain.simulation import read_summary
from payouts.models import Commission
from payouts.services import accruals, returns
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_group,
    make_link,
    make_order,
    make_return,
    make_screening,
    make_terms,
    make_user,
)
from tests.payouts.simulated_world import ask, run
from tests.payouts.stories import assert_balances
from tracking.models import Attribution, AttributionPolicy
from tracking.services import attributions

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CHANGE = NOW - 10 * DAY  # From then on other terms hold, and another policy.


@pytest.fixture
def coder():
    """Somebody with a code, whose terms were better before."""
    return whose_terms_change("coders", 3_000)


@pytest.fixture
def clicker():
    """Somebody whose click the later policy prefers to a code."""
    return whose_terms_change("blogs", 1_000)


def whose_terms_change(slug, rate_bps):
    group = make_group(slug=slug, terms={"rate_bps": rate_bps, "valid_to": CHANGE})
    make_terms(group=group, valid_from=CHANGE, rate_bps=rate_bps // 2, hold_days=60)
    return make_affiliate(group=group)


@pytest.fixture
def make_orders(coder, clicker):
    """Make an order by the code, and the one that exchanged it after the change."""

    def make(*, is_by_hand=False):
        AttributionPolicy.objects.create(number=2, name="Winner", valid_from=CHANGE,
                                         created_at=NOW, rules={"code": "if_winner"})  # fmt: skip
        code = make_code(coder)
        original = placed(clicker, code)
        said = {"follows": original, "follows_external_id": original.external_id}
        day = NOW - 5 * DAY
        exchange = (
            make_order(placed_at=day, received_at=NOW, **said)
            if is_by_hand
            else placed(clicker, code, at=day, **said)
        )
        while attributions.attribute_pending(now=NOW):
            pass
        for order in (original, exchange):
            for credit in order.credits.all():
                make_screening(credit)
        accruals.accrue_pending(now=NOW)
        return original, exchange

    return make


@pytest.fixture
def orders(make_orders):
    """The order and its exchange, both with a click and a code of their own."""
    return make_orders()


def placed(clicker, code, *, at=NOW - 20 * DAY, **facts):
    """An order with a code of one of them, and a click of the other shortly before."""
    click = make_click(make_link(clicker), clicked_at=at - timedelta(hours=1))
    return make_order(placed_at=at, codes=[code.code], click_tokens=[click.reference],
                      received_at=NOW, **facts)  # fmt: skip


def test_the_credit_stays_under_the_policy_and_the_terms_of_then(orders, coder):
    original, exchange = orders

    first, second = (Commission.objects.get(credit__order=one) for one in (original, exchange))

    assert [one.affiliate_id for one in (first, second)] == [coder.pk, coder.pk]
    assert first.terms == second.terms
    assert (second.rate_bps, second.amount_minor) == (3_000, 1_500)
    assert second.hold_until == exchange.placed_at + 30 * DAY
    assert Attribution.objects.get(order=exchange).policy.number == 2
    assert Attribution.objects.get(order=original).policy.number == 1


def test_the_goods_that_came_back_take_theirs_along_and_the_exchange_keeps_its_own(orders, coder):
    original, _exchange = orders

    make_return(original)
    returns.apply_pending(now=NOW)

    assert_balances(coder.pk, pending=1_500)


@pytest.mark.parametrize("is_by_hand", [False, True])
def test_a_policy_that_is_tried_moves_both_together(coder, clicker, is_by_hand, make_orders):
    make_orders(is_by_hand=is_by_hand)
    until = NOW.date() + DAY

    (totals,) = read_summary(run(ask(make_user(), policy_number=2, period_to=until)).summary)
    assert (totals.orders, totals.changing_hands) == (2, 2)
    assert (totals.before_minor, totals.after_minor) == (3_000, 1_000)
    assert totals.before_minor == totals.standing_minor

    (totals,) = read_summary(run(ask(make_user(), policy_number=1, period_to=until)).summary)
    assert (totals.orders, totals.changing_hands) == (2, 0)
    assert totals.before_minor == totals.after_minor == totals.standing_minor == 3_000
