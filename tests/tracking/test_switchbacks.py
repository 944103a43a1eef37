"""A switchback turns an affiliate off by a calendar that was told beforehand (A18, X7, X8)."""

from datetime import timedelta

import pytest

from affiliates.models import Programme
from core.models import Delivery
from experiments.models import Design
from experiments.services import experiments
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_link,
    make_order,
    make_shop,
    make_user,
)
from tracking.domain.policy import Policy
from tracking.models import Attribution, Credit, Touchpoint
from tracking.services import switchbacks
from tracking.services.attributions import attribute_pending
from tracking.services.exposing import subject_of
from tracking.services.reattribution import compare

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_draft(affiliate, *, begins=NOW - 9 * DAY, now=NOW - 40 * DAY):
    person = make_user().pk
    experiment = experiments.plan(
        name="Ada on and off", question="What does she add?", design=Design.SWITCHBACK,
        subject=subject_of(affiliate.pk), shop_id=make_shop().pk, control_bps=5_000,
        planned_units=0, effect_bps=2_000, actor_id=person, now=now,
    )  # fmt: skip
    experiments.draw_calendar(
        experiment_id=experiment.pk, starts_at=begins, block_days=3, pairs=4, actor_id=person,
        now=now,
    )  # fmt: skip
    return experiment


def begin(experiment, *, now=NOW - 40 * DAY):
    return switchbacks.begin(experiment_id=experiment.pk, actor_id=make_user().pk, now=now)


def first(experiment, *, is_off):
    return experiment.blocks.filter(is_control=is_off).earliest("starts_at")


def result_of(order):
    attribute_pending(now=NOW)
    touchpoint = Touchpoint.objects.get(attribution__order=order)
    verdict = next(one for one in touchpoint.verdicts if one["rule"] == "experiment")
    return touchpoint.won, touchpoint.reason, verdict["result"]


@pytest.mark.parametrize(
    ("is_off", "result"),
    [(True, (False, "experiment_off", "failed")), (False, (True, "last_eligible", "passed"))],
)
@pytest.mark.parametrize("kind", ["click", "code"])
def test_an_affiliate_that_is_off_earns_nothing(kind, is_off, result):
    affiliate = make_affiliate()
    experiment = begin(make_draft(affiliate))
    at = first(experiment, is_off=is_off).starts_at
    if kind == "click":
        click = make_click(make_link(affiliate), clicked_at=at)
        order = make_order(click_tokens=[click.reference], placed_at=at + timedelta(hours=1))
    else:
        order = make_order(codes=[make_code(affiliate).code], placed_at=at)
    assert result_of(order) == result
    assert Credit.objects.filter(order=order).exists() is not is_off


def test_a_click_before_the_pause_counts_during_it():
    affiliate = make_affiliate()
    experiment = begin(make_draft(affiliate))
    pause = first(experiment, is_off=True)
    click = make_click(make_link(affiliate), clicked_at=pause.starts_at - timedelta(seconds=1))
    order = make_order(
        click_tokens=[click.reference], placed_at=pause.starts_at + timedelta(hours=1)
    )
    assert result_of(order) == (True, "last_eligible", "passed")


def test_others_and_drafts_and_what_has_ended_pause_nobody():
    ada, bob, cleo = make_affiliate(), make_affiliate(), make_affiliate()
    draft, ended = make_draft(ada), begin(make_draft(bob))
    switchbacks.end(
        experiment_id=ended.pk, actor_id=make_user().pk, reason="No.", now=NOW - 30 * DAY
    )
    pause = first(draft, is_off=True)
    for affiliate in (ada, bob, cleo):
        click = make_click(make_link(affiliate), clicked_at=pause.starts_at)
        make_order(click_tokens=[click.reference], placed_at=pause.starts_at)
    attribute_pending(now=NOW)
    assert set(Attribution.objects.values_list("reason", flat=True)) == {"last_eligible"}


def test_what_was_decided_in_a_pause_stays_decided_when_it_is_compared():
    affiliate = make_affiliate()
    experiment = begin(make_draft(affiliate))
    pause = first(experiment, is_off=True)
    click = make_click(make_link(affiliate), clicked_at=pause.starts_at)
    make_order(click_tokens=[click.reference], placed_at=pause.starts_at + timedelta(hours=1))
    attribute_pending(now=NOW)
    click.delete()
    found = compare(Policy.from_rules({}), since=NOW - 60 * DAY, until=NOW, now=NOW)
    assert (found.orders, found.changed) == (1, [])


def test_the_calendar_is_mailed_once_and_its_end_too():
    affiliate = make_affiliate()
    experiment = make_draft(affiliate)
    begin(experiment)
    begin(experiment)
    mail = Delivery.objects.get()
    assert mail.key.startswith(f"switchback:{experiment.pk}:begun")
    pauses = experiment.blocks.filter(is_control=True).count()
    assert pauses == 4
    for _repeat in range(2):
        switchbacks.end(
            experiment_id=experiment.pk, actor_id=make_user().pk, reason="Enough.", now=NOW
        )
    assert Delivery.objects.count() == 2


def test_a_calendar_is_told_for_as_long_as_worse_terms():
    days = Programme.get().notice_days
    experiment = make_draft(make_affiliate(), begins=NOW + days * DAY, now=NOW - DAY)
    with pytest.raises(switchbacks.CalendarTooEarly, match=f"{days} days"):
        begin(experiment, now=NOW + timedelta(seconds=1))
    assert not Delivery.objects.exists()
    assert begin(experiment, now=NOW).status == "running"


def test_without_a_calendar_it_does_not_begin():
    affiliate = make_affiliate()
    experiment = make_draft(affiliate)
    experiment.blocks.all().delete()
    with pytest.raises(experiments.ExperimentRefused, match="calendar"):
        begin(experiment)
    with pytest.raises(experiments.ExperimentRefused, match="calendar"):
        experiments.begin(
            experiment_id=experiment.pk, ends_at=NOW + DAY, actor_id=make_user().pk, now=NOW
        )
