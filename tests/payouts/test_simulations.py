from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection

from affiliates.models import DraftStatus, Group, Terms
from core.errors import InvalidTransition
from payouts.domain.simulation import read_summary
from payouts.models import (
    Commission,
    CommissionLine,
    SimulatedAffiliate,
    SimulatedOrder,
    Simulation,
    SimulationStatus,
)
from payouts.services import simulation_runs, simulations
from tests.builders import NOW, make_affiliate, make_group, make_user
from tests.payouts.simulated_world import (
    END,
    FIRST,
    RULES,
    ask,
    make_draft,
    make_season,
    run,
    standing,
)

pytestmark = pytest.mark.django_db


def rows() -> dict[str, str]:
    """What every table but those of simulations holds."""
    own = {one._meta.db_table for one in (Simulation, SimulatedAffiliate, SimulatedOrder)}
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in own and model._meta.managed:
                cursor.execute(
                    f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text),"  # noqa: S608
                    f" '')) FROM \"{table}\" t"
                )
                found[table] = str(cursor.fetchone())
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_terms_in_force_give_exactly_the_commissions_that_stand(seed):
    affiliates = make_season(seed=seed)

    simulation = run(ask(make_user()))

    assert simulation.status == SimulationStatus.DONE, simulation.problem
    sums = {one.affiliate_id: one for one in simulation.affiliates.all()}
    for affiliate in affiliates:
        found = sums.get(affiliate.pk)
        assert (found.before_minor if found else 0) == standing(affiliate)
        assert (found.after_minor if found else 0) == standing(affiliate)
    (totals,) = read_summary(simulation.summary)
    assert totals.before_minor == totals.after_minor == totals.standing_minor > 0
    assert sum(day.before_minor for day in totals.days.values()) == totals.before_minor
    assert not simulation.orders.exists()


def test_a_draft_that_says_what_holds_changes_nothing():
    make_season(rules={**RULES, "order_cap_minor": 900})
    author = make_user()
    group = Group.objects.get(slug="partners")
    draft = make_draft(group, author=author, rules={**RULES, "order_cap_minor": 900})

    (totals,) = read_summary(run(ask(author, draft_ids=[draft.pk])).summary)

    assert totals.before_minor == totals.after_minor == totals.standing_minor > 0
    assert totals.cut_before_minor == totals.cut_after_minor > 0
    assert (totals.winners, totals.losers) == (0, 0)


def test_a_better_draft_of_one_group_changes_that_group_alone():
    affiliates = make_season()
    author = make_user()
    draft = make_draft(affiliates[-1].group, author=author, rate_bps=2_468)

    simulation = run(ask(author, draft_ids=[draft.pk]))

    for sums in simulation.affiliates.all():
        if sums.affiliate_id == affiliates[-1].pk:
            assert sums.after_minor > sums.before_minor == standing(affiliates[-1])
        else:
            assert sums.after_minor == sums.before_minor
    (totals,) = read_summary(simulation.summary)
    assert (totals.winners, totals.losers, totals.changing_hands) == (1, 0, 0)
    assert totals.left_before_minor - totals.left_after_minor == totals.change_minor > 0
    assert simulation.orders.count() > 0
    assert {order.changes_hands for order in simulation.orders.all()} == {False}


def test_the_draft_of_an_affiliate_comes_before_that_of_its_group():
    affiliates = make_season()
    author = make_user()
    drafts = [
        make_draft(affiliates[0].group, author=author, rate_bps=0),
        make_draft(affiliates[0], author=author, rate_bps=10_000),
    ]

    simulation = run(ask(author, draft_ids=[draft.pk for draft in drafts]))

    for sums in simulation.affiliates.filter(affiliate__in=affiliates[:3]):
        if sums.affiliate_id == affiliates[0].pk:
            assert sums.after_minor > sums.before_minor
        else:
            assert sums.after_minor == 0


def test_no_other_row_is_written():
    make_season(orders=12)
    author = make_user()
    draft = make_draft(Group.objects.get(slug="partners"), author=author, rate_bps=5_000)
    simulation = ask(author, draft_ids=[draft.pk], policy_number=1)
    before = rows()

    run(simulation)

    assert simulation.status == SimulationStatus.DONE, simulation.problem
    assert simulation.affiliates.exists()
    assert rows() == before
    assert "payouts_transfer" in before


def test_what_was_asked_stays_whatever_becomes_of_the_draft():
    make_season(orders=6)
    author = make_user()
    draft = make_draft(Group.objects.get(slug="partners"), author=author, rate_bps=5_000)
    simulation = ask(author, draft_ids=[draft.pk])
    draft.content["rate_bps"] = 1
    draft.save()

    run(simulation)

    assert simulation.terms[0]["content"]["rate_bps"] == 5_000
    (totals,) = read_summary(simulation.summary)
    assert totals.change_minor > 0
    again = run(simulations.repeat(simulation_id=simulation.pk, author_id=author.pk, now=NOW))
    assert (again.terms, again.summary) == (simulation.terms, simulation.summary)


def test_only_the_orders_of_the_period_count():
    make_season()
    day = date(2026, 5, 2)

    simulation = run(ask(make_user(), period_from=day, period_to=END))

    (totals,) = read_summary(simulation.summary)
    assert min(totals.days) >= day.isoformat()
    lines = CommissionLine.objects.filter(
        commission__credit__order__placed_at__date__gte=day,
        commission__credit__order__is_test=False,
    )
    assert totals.orders == lines.values("commission").distinct().count()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"name": " "}, "simulation_unnamed"),
        ({"name": "x" * 121}, "simulation_unnamed"),
        ({"period_to": FIRST}, "simulation_period_refused"),
        ({"period_to": NOW.date() + timedelta(days=2)}, "simulation_period_refused"),
        ({"period_from": date(2020, 1, 1)}, "simulation_period_refused"),
        ({"draft_ids": [0]}, "simulation_draft_refused"),
        ({"policy_number": 99}, "simulation_policy_unknown"),
    ],
)
def test_what_cannot_be_run_is_refused(asked, code):
    author = make_user()

    with pytest.raises(Exception) as refused:  # noqa: PT011
        ask(author, **asked)

    assert refused.value.code == code
    assert not Simulation.objects.exists()


def test_drafts_that_cannot_be_tried_are_refused():
    author, group = make_user(), make_group()
    first, second = (make_draft(group, author=author) for _number in range(2))
    gone = make_draft(make_group(slug="gone"), author=author, status=DraftStatus.DISCARDED)
    broken = make_draft(make_affiliate(), author=author, rate_bps=10_001)

    for draft_ids, code in (
        ([first.pk, second.pk], "simulation_draft_refused"),
        ([gone.pk], "simulation_draft_refused"),
        ([broken.pk], "terms_refused"),
    ):
        with pytest.raises(Exception) as refused:  # noqa: PT011
            ask(author, draft_ids=draft_ids)
        assert refused.value.code == code
    assert not Simulation.objects.exists()


def test_terms_on_real_costs_are_for_those_who_may_see_them():
    author, group = make_user(), make_group(slug="staff", sees_costs=True)
    draft = make_draft(group, author=author, basis="actual")

    with pytest.raises(simulations.CostsNotShown):
        ask(author, draft_ids=[draft.pk])

    assert ask(make_user(is_superuser=True), draft_ids=[draft.pk]).reads_costs


def test_three_of_a_person_at_once():
    author = make_user()
    asked = [ask(author) for _number in range(3)]

    with pytest.raises(simulations.TooManySimulations):
        ask(author)
    with pytest.raises(simulations.TooManySimulations):
        simulations.repeat(simulation_id=asked[0].pk, author_id=author.pk, now=NOW)

    ask(make_user())
    simulations.cancel(simulation_id=asked[0].pk, now=NOW)
    ask(author)


def test_one_that_was_stopped_is_not_run_and_one_that_is_over_cannot_be_stopped():
    make_season(orders=4)
    stopped = ask(make_user())
    simulations.cancel(simulation_id=stopped.pk, now=NOW)
    done = run(ask(make_user()))

    stopped.refresh_from_db()
    assert stopped.status == SimulationStatus.CANCELLED
    assert not stopped.affiliates.exists()
    with pytest.raises(InvalidTransition):
        simulations.cancel(simulation_id=done.pk, now=NOW)


def test_one_that_is_stopped_while_it_runs_leaves_no_result(monkeypatch):
    make_season(orders=4)
    monkeypatch.setattr(simulation_runs, "CHUNK", 1)
    simulation = ask(make_user())
    simulations.claim_next(now=NOW)
    looks = iter(range(100))

    def clock():
        if next(looks) == 2:
            simulations.cancel(simulation_id=simulation.pk, now=NOW)
        return NOW

    assert simulation_runs.run(simulation_id=simulation.pk, clock=clock) is False
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.CANCELLED
    assert 0 < simulation.done < simulation.total
    assert not simulation.affiliates.exists()


def test_progress_is_told_and_too_long_a_run_fails(monkeypatch):
    make_season(orders=4)
    monkeypatch.setattr(simulation_runs, "CHUNK", 1)
    simulation = ask(make_user())
    moments = iter(NOW + timedelta(minutes=20 * number) for number in range(100))

    simulation_runs.run_next(clock=lambda: next(moments))

    simulation.refresh_from_db()
    assert (simulation.status, simulation.problem) == (SimulationStatus.FAILED, "too_long")


def test_the_simulation_of_a_dead_worker_is_failed_and_the_late_worker_writes_nothing():
    make_season(orders=4)
    simulation = ask(make_user())
    assert simulations.claim_next(now=NOW) == simulation.pk

    assert simulations.fail_silent(now=NOW + simulations.SILENT_AFTER) == 0
    later = NOW + simulations.SILENT_AFTER + timedelta(seconds=1)
    assert simulations.fail_silent(now=later) == 1

    assert simulation_runs.run(simulation_id=simulation.pk, clock=lambda: later) is False
    simulation.refresh_from_db()
    assert (simulation.status, simulation.problem) == (SimulationStatus.FAILED, "worker_died")
    assert not simulation.affiliates.exists()


def test_what_breaks_fails_with_a_sentence_and_the_next_one_runs():
    make_season(orders=4)
    author = make_user()
    simulation = ask(author)
    Terms.objects.filter(group__slug="partners").update(rules={"rules": 1})

    run(simulation)

    assert simulation.status == SimulationStatus.FAILED
    assert simulation.problem.startswith("rules")
    Terms.objects.filter(group__slug="partners").update(rules={})
    assert run(ask(author)).status == SimulationStatus.DONE


def test_nobody_has_orders_yet():
    simulation = run(ask(make_user()))

    assert simulation.status == SimulationStatus.DONE
    assert read_summary(simulation.summary) == []
    assert not Commission.objects.exists()
