"""Tiers and bonuses: rows of docs/rules/adjustments.md, by their numbers (B1 to B8)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from affiliates.domain.terms import Every, Metric
from affiliates.models import Programme, Terms
from core.models import Delivery
from payouts.domain.achievements import period_of
from payouts.models import Adjustment, Commission, TierReached
from payouts.queries.achievements import bonus_progress, tier_progress
from payouts.services import accruals, bonuses, checks, commissions, proposals, returns, tiers
from tests.builders import (
    make_affiliate,
    make_credit,
    make_order,
    make_return,
    make_screening,
    make_terms,
    make_user,
)
from tests.payouts.stories import assert_balances, euros
from tests.payouts.test_refunds import refund

pytestmark = pytest.mark.django_db
#: In July, by Paris: what was ordered in June with a hold of 30 days is approved.
JULY = datetime(2026, 7, 16, 10, tzinfo=UTC)
WEEK = timedelta(days=7)
TIERS = {
    "metric": "margin",
    "every": "month",
    "steps": [{"at": 10_000, "rate_bps": 2_500}, {"at": 20_000, "rate_bps": 3_000}],
}


def bonus(**facts):
    return {"key": "b", "name": "Bonus", "kind": "goal", "minor": 1_000, **facts}


@pytest.fixture
def ada():
    return make_affiliate()


def agreed(affiliate, **rules):
    return make_terms(affiliate=affiliate, rules=rules)


def sold(affiliate, *, units=1, at=JULY, share_bps=10_000, **order):
    """One order of ``units``, each with EUR 50.00 of reference margin, approved at ``at``."""
    placed_at = at - timedelta(days=31)
    credit = make_credit(
        affiliate,
        make_order(lines=[{"quantity": units}], placed_at=placed_at, **order),
        share_bps=share_bps,
    )
    make_screening(credit)
    accruals.accrue_pending(now=placed_at)
    commissions.approve_due(now=at)
    return Commission.objects.get(credit=credit)


def noted(now=JULY):
    return tiers.note_reached(now=now, since=now - WEEK)


def awarded(now=JULY):
    return bonuses.award(now=now, since=now - WEEK)


# --- B1: what counts ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "every", "first", "end"),
    [
        (date(2026, 7, 31), Every.MONTH, date(2026, 7, 1), date(2026, 8, 1)),
        (date(2026, 12, 1), Every.MONTH, date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 5, 9), Every.QUARTER, date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 12, 31), Every.QUARTER, date(2026, 10, 1), date(2027, 1, 1)),
        (date(2026, 2, 28), Every.YEAR, date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_b1_periods_are_those_of_the_calendar(day, every, first, end):
    assert period_of(day, every) == (first, end)


@pytest.mark.parametrize(
    ("policy", "minor", "value"),
    [("pro_rata", 3_000, 17_000), ("pro_rata", 25_000, 0), ("ignored", 3_000, 20_000)],
)
def test_b1_money_given_back_for_the_order_does_not_count(ada, policy, minor, value):
    Programme.get()
    Programme.objects.update(amount_only_returns=policy)
    agreed(ada, tiers=TIERS)
    commission = sold(ada, units=4)  # EUR 200.00 of margin.

    refund(commission.credit.order, minor)
    returns.apply_pending(now=JULY)

    progress = tier_progress(ada.pk, Terms.objects.get(affiliate=ada), JULY)
    assert progress.value == value


def test_b1_what_is_pending_does_not_count_yet(ada):
    agreed(ada, tiers=TIERS)
    credit = make_credit(ada, make_order(lines=[{"quantity": 9}], placed_at=JULY))
    make_screening(credit)
    accruals.accrue_pending(now=JULY)

    assert noted() == 0
    assert tier_progress(ada.pk, Terms.objects.get(affiliate=ada), JULY).value == 0


def test_b1_it_counts_in_the_period_of_its_approval(ada):
    terms = agreed(ada, tiers=TIERS)
    sold(ada, units=2, at=datetime(2026, 6, 30, 21, 59, tzinfo=UTC))
    sold(ada, units=1, at=datetime(2026, 6, 30, 22, 0, tzinfo=UTC))  # 1 July in Paris.

    assert tier_progress(ada.pk, terms, JULY).value == 5_000


def test_b1_what_came_back_before_or_after_does_not_count(ada):
    terms = agreed(ada, tiers=TIERS)
    order = sold(ada, units=3).credit.order
    make_return(order, quantities={order.lines.get(): 1}, returned_at=JULY)
    returns.apply_pending(now=JULY)

    assert tier_progress(ada.pk, terms, JULY).value == 10_000


@pytest.mark.parametrize(
    ("metric", "value"), [(Metric.ORDERS, 2), (Metric.NEW_CUSTOMERS, 1), (Metric.MARGIN, 15_000)]
)
def test_b1_the_three_metrics(ada, metric, value):
    terms = agreed(ada, tiers={**TIERS, "metric": metric.value})
    sold(ada, units=2, is_new_customer=True)
    sold(ada, units=1, is_new_customer=False)

    assert tier_progress(ada.pk, terms, JULY).value == value


@pytest.mark.parametrize(("counts_as", "value"), [("new", 1), ("returning", 0), (None, 0)])
def test_b1_an_unknown_customer_counts_as_the_terms_say(ada, counts_as, value):
    rules = {"tiers": {**TIERS, "metric": "new_customers"}}
    terms = agreed(ada, **rules, **({"unknown_customer": counts_as} if counts_as else {}))
    sold(ada, customer_ref="")

    assert tier_progress(ada.pk, terms, JULY).value == value


def test_b1_what_a_person_added_is_no_margin(ada):
    terms = agreed(ada, tiers=TIERS)
    proposals.propose(
        affiliate_id=ada.pk, amount=euros(9_000), reason="bonus", text="Thank you",
        source_key="x", author_id=make_user().pk, now=JULY,
    )  # fmt: skip

    assert tier_progress(ada.pk, terms, JULY).value == 0


# --- B2 to B4: tiers ------------------------------------------------------------------


def test_b2_a_step_is_written_once_with_a_mail(ada):
    agreed(ada, tiers=TIERS)
    sold(ada, units=2)

    assert [noted(), noted(JULY + timedelta(hours=1))] == [1, 0]

    row = TierReached.objects.get()
    assert (row.at, row.value, row.rate_bps, row.reached_at) == (10_000, 10_000, 2_500, JULY)
    assert (row.period_from, row.period_to) == (date(2026, 7, 1), date(2026, 8, 1))
    mail = Delivery.objects.get(key__startswith="tier:")
    assert mail.subject == "You reached a better rate: 25%"
    assert "31 July 2026" in mail.body


def test_b2_two_steps_at_once_are_two_rows_and_one_mail(ada):
    agreed(ada, tiers=TIERS)
    sold(ada, units=4)

    assert noted() == 2

    assert set(TierReached.objects.values_list("rate_bps", flat=True)) == {2_500, 3_000}
    assert "30%" in Delivery.objects.get(key__startswith="tier:").subject


def test_b3_orders_placed_after_it_pay_more_until_the_period_ends(ada):
    agreed(ada, tiers=TIERS)
    sold(ada, units=2)
    noted()

    def rate_of(placed_at):
        credit = make_credit(ada, make_order(placed_at=placed_at))
        make_screening(credit)
        accruals.accrue_pending(now=placed_at)
        return Commission.objects.get(credit=credit).amount_minor

    assert rate_of(JULY - timedelta(seconds=1)) == 1_000
    assert rate_of(JULY) == 1_250
    assert rate_of(datetime(2026, 7, 31, 21, 59, tzinfo=UTC)) == 1_250
    assert rate_of(datetime(2026, 7, 31, 22, 0, tzinfo=UTC)) == 1_000


def test_b4_a_return_does_not_take_a_step_back(ada):
    terms = agreed(ada, tiers=TIERS)
    commission = sold(ada, units=2)
    noted()
    make_return(commission.credit.order, returned_at=JULY)
    returns.apply_pending(now=JULY)

    assert noted() == 0

    assert TierReached.objects.count() == 1
    progress = tier_progress(ada.pk, terms, JULY)
    assert (progress.value, progress.rate_bps) == (0, 2_500)
    assert progress.next.rate_bps == 3_000


def test_b4_a_new_month_begins_at_the_base_rate(ada):
    terms = agreed(ada, tiers=TIERS)
    sold(ada, units=2)
    noted()

    progress = tier_progress(ada.pk, terms, JULY + timedelta(days=31))

    assert (progress.value, progress.rate_bps, progress.next.at) == (0, 2_000, 10_000)


# --- B5 to B8: bonuses ----------------------------------------------------------------


def test_b5_the_first_sale_is_rewarded_once_for_ever(ada):
    agreed(ada, bonuses=[bonus(kind="first_sale", name="Welcome")])
    assert awarded() == 0
    sold(ada)

    assert [awarded(), awarded(), awarded(JULY + timedelta(days=1))] == [1, 0, 0]
    sold(ada, at=JULY + timedelta(days=40))
    assert awarded(JULY + timedelta(days=40)) == 0

    row = Adjustment.objects.get()
    assert (row.reason, row.text, row.amount, row.author) == (
        "bonus",
        "Welcome",
        euros(1_000),
        None,
    )
    assert Delivery.objects.filter(key__startswith="adjustment:").count() == 1
    assert checks.check() == []


def test_b5_who_sold_before_the_terms_had_it_gets_none(ada):
    old = agreed(ada)
    sold(ada)
    Terms.objects.filter(pk=old.pk).update(valid_to=JULY)
    make_terms(affiliate=ada, valid_from=JULY, rules={"bonuses": [bonus(kind="first_sale")]})
    sold(ada, at=JULY + timedelta(days=40))

    assert awarded(JULY + timedelta(days=40)) == 0


def test_b6_a_goal_is_rewarded_once_in_each_period(ada):
    agreed(ada, bonuses=[bonus(metric="orders", at=2, every="month")])
    sold(ada)
    assert awarded() == 0
    sold(ada)
    sold(ada)

    assert [awarded(), awarded()] == [1, 0]

    august = JULY + timedelta(days=31)
    sold(ada, at=august)
    sold(ada, at=august)
    assert [awarded(august), awarded(august)] == [1, 0]
    assert_balances(ada.pk, payable=5 * 1_000 + 2 * 1_000)


def test_b6_what_was_approved_in_the_last_minute_still_counts(ada):
    agreed(ada, bonuses=[bonus(metric="margin", at=5_000)])
    last = datetime(2026, 7, 31, 21, 59, tzinfo=UTC)
    sold(ada, at=last)

    assert awarded(last + timedelta(minutes=10)) == 1
    assert Adjustment.objects.get().source_key == f"bonus:{ada.pk}:b:2026-07-01"
    assert awarded(last + timedelta(minutes=20)) == 0


def test_b6_other_terms_with_the_same_goal_do_not_reward_it_again(ada):
    old = agreed(ada, bonuses=[bonus(metric="orders")])
    sold(ada)
    awarded()
    Terms.objects.filter(pk=old.pk).update(valid_to=JULY + timedelta(hours=1))
    make_terms(
        affiliate=ada,
        valid_from=JULY + timedelta(hours=1),
        rules={"bonuses": [bonus(metric="orders", minor=2_000)]},
    )

    assert awarded(JULY + timedelta(hours=2)) == 0


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2026-07-01", "2026-08-01", 1),
        ("2026-07-16", "2026-07-17", 1),
        ("2026-07-17", "2026-08-01", 0),
        ("2026-06-01", "2026-07-16", 0),
        (None, None, 1),
    ],
)
def test_b7_a_campaign_counts_from_its_first_day_until_its_last(ada, since, until, count):
    days = {key: day for key, day in (("since", since), ("until", until)) if day}
    agreed(ada, bonuses=[bonus(kind="campaign", metric="orders", at=1, **days)])
    sold(ada)

    assert awarded() == count
    assert awarded(JULY + timedelta(hours=1)) == 0


def test_b7_a_campaign_that_just_ended_is_still_looked_at(ada):
    agreed(ada, bonuses=[bonus(kind="campaign", metric="orders", at=1, until="2026-07-17")])
    sold(ada)

    assert awarded(JULY + timedelta(days=2)) == 1


def test_b8_it_stays_when_the_sale_comes_back(ada):
    agreed(ada, bonuses=[bonus(metric="orders")])
    commission = sold(ada)
    awarded()
    make_return(commission.credit.order, returned_at=JULY)
    returns.apply_pending(now=JULY)

    assert awarded() == 0
    assert_balances(ada.pk, payable=1_000)


def test_b8_who_is_suspended_gets_it_when_active_again(ada):
    agreed(ada, bonuses=[bonus(metric="orders")])
    sold(ada)
    type(ada).objects.filter(pk=ada.pk).update(status="suspended")
    assert awarded() == 0

    type(ada).objects.filter(pk=ada.pk).update(status="active")

    assert awarded() == 1


def test_b8_the_check_finds_a_bonus_that_no_terms_promise(ada):
    Adjustment.objects.create(
        affiliate=ada, amount_minor=0, currency="EUR", reason="bonus", is_payable=True,
        source_key=f"bonus:{ada.pk}:gone:2026-07-01", effective_at=JULY, created_at=JULY,
    )  # fmt: skip

    assert [difference.check for difference in checks.check()] == ["bonus without terms"]


def test_progress_says_what_can_be_reached_and_what_was(ada):
    terms = agreed(
        ada,
        bonuses=[
            bonus(key="first", kind="first_sale"),
            bonus(key="goal", metric="orders", at=3),
            bonus(key="over", kind="campaign", until="2026-07-01"),
        ],
    )
    assert [(one.bonus.key, one.value) for one in bonus_progress(ada.pk, terms, JULY)] == [
        ("first", 0),
        ("goal", 0),
    ]
    sold(ada)
    awarded()

    found = {one.bonus.key: one for one in bonus_progress(ada.pk, terms, JULY)}

    assert (found["first"].is_awarded, found["goal"].is_awarded) == (True, False)
    assert found["goal"].value == 1
