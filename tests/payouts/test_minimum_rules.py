"""The minimum is lifted for what waits too long (P56)."""

from datetime import UTC, datetime, timedelta

import pytest

from payouts.domain.minimum import lifts_at
from payouts.models import Commission, MinimumRule
from payouts.queries.minimum_rules import months_at
from payouts.queries.why_not_paid import why_not_paid
from payouts.services import minimum_rules
from payouts.services.approval_rules import RulesRefused
from payouts.services.items import FourEyesRefused
from tests.payouts.paydays import PAYDAY, finance, item_of, make_due, prepared, take_back

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("since", "months", "lifted"),
    [
        ((2026, 1, 15, 12), 12, (2027, 1, 14, 23)),
        ((2026, 8, 31, 12), 6, (2027, 2, 27, 23)),
        ((2027, 8, 31, 12), 6, (2028, 2, 28, 23)),
        ((2026, 12, 31, 23, 30), 12, (2027, 12, 31, 23)),
        ((2026, 6, 30, 22, 30), 1, (2026, 7, 31, 22)),
    ],
)
def test_p56_it_is_lifted_on_the_same_day_months_later_in_paris(since, months, lifted):
    moment = lifts_at(datetime(*since, tzinfo=UTC), months)

    assert moment == datetime(*lifted, tzinfo=UTC)


def test_p56_without_months_it_always_holds():
    assert lifts_at(datetime(2026, 1, 15, tzinfo=UTC), 0) is None


def gates(affiliate, now):
    return [gate.code for gate in why_not_paid(affiliate.pk, now).gates]


def lifted_for(affiliate):
    since = Commission.objects.filter(affiliate=affiliate).earliest("pk").status_changed_at
    return lifts_at(since, 12)


@pytest.mark.django_db
def test_p56_small_sums_are_paid_after_twelve_months():
    small = make_due(units=1)
    lifted = lifted_for(small)

    assert gates(small, lifted - timedelta(seconds=1)) == ["below_minimum"]
    assert gates(small, lifted) == []
    batch = prepared(now=lifted, execution_date=(lifted + 3 * DAY).date())

    assert item_of(batch, small).amount_minor == 1_000


@pytest.mark.django_db
def test_p56_the_gate_says_from_which_day_on():
    small = make_due(units=1)

    [gate] = why_not_paid(small.pk, PAYDAY).gates

    day = lifted_for(small).astimezone().date()
    assert str(day.year) in gate.remedy


@pytest.mark.django_db
def test_p56_a_debt_is_never_lifted_and_what_is_new_waits_anew():
    debtor = make_due(units=1)
    prepared_at = lifted_for(debtor)
    take_back(debtor, units=1, now=PAYDAY)

    assert gates(debtor, prepared_at) == ["nothing_due"]


def propose(months, *, actor=None, valid_from=PAYDAY, now=PAYDAY):
    actor = actor or finance()
    return minimum_rules.propose(months=months, valid_from=valid_from, actor_id=actor.pk, now=now)


@pytest.mark.django_db
def test_p56_the_months_are_proposed_by_one_and_confirmed_by_another():
    fin = finance()
    rule = propose(6, actor=fin)

    with pytest.raises(FourEyesRefused):
        minimum_rules.confirm(rule_id=rule.pk, actor_id=fin.pk, now=PAYDAY)
    with pytest.raises(RulesRefused):
        propose(3, valid_from=PAYDAY + DAY)
    assert months_at(PAYDAY) == 12
    for _time in range(2):
        minimum_rules.confirm(rule_id=rule.pk, actor_id=finance().pk, now=PAYDAY)

    assert months_at(PAYDAY) == 6
    assert months_at(PAYDAY - DAY) == 12
    later = propose(0, valid_from=PAYDAY + DAY)
    minimum_rules.confirm(rule_id=later.pk, actor_id=finance().pk, now=PAYDAY)
    assert [months_at(PAYDAY), months_at(PAYDAY + DAY)] == [6, 0]


@pytest.mark.django_db
def test_p56_a_rule_of_none_keeps_the_minimum_for_ever():
    small = make_due(units=1)
    rule = propose(0)
    minimum_rules.confirm(rule_id=rule.pk, actor_id=finance().pk, now=PAYDAY)

    assert gates(small, lifted_for(small) + 1_000 * DAY) == ["below_minimum"]


@pytest.mark.django_db
def test_p56_a_proposal_is_discarded_a_confirmed_rule_is_not():
    rule = propose(6)
    for _time in range(2):
        minimum_rules.discard(rule_id=rule.pk, actor_id=finance().pk, now=PAYDAY)
    with pytest.raises(RulesRefused):
        minimum_rules.confirm(rule_id=rule.pk, actor_id=finance().pk, now=PAYDAY)

    kept = propose(6)
    minimum_rules.confirm(rule_id=kept.pk, actor_id=finance().pk, now=PAYDAY)
    with pytest.raises(RulesRefused):
        minimum_rules.discard(rule_id=kept.pk, actor_id=finance().pk, now=PAYDAY)
    assert MinimumRule.objects.get() == kept


@pytest.mark.django_db
@pytest.mark.parametrize(("months", "valid_from"), [(-1, PAYDAY), (121, PAYDAY), (6, PAYDAY - DAY)])
def test_p56_odd_rules_are_refused(months, valid_from):
    with pytest.raises(RulesRefused):
        propose(months, valid_from=valid_from)
    assert not MinimumRule.objects.exists()
