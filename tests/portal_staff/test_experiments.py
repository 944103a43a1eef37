"""Experiments for managers: planning with what it will see, running, results, use as a factor."""

from datetime import timedelta

import pytest
from django.urls import reverse

from affiliates.models import IncrementalityFactor, Programme
from core.models import Delivery
from experiments.domain.power import units_needed
from experiments.models import Analysis, Design, Experiment, Exposure
from experiments.services import experiments
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_credit,
    make_link,
    make_order,
    make_shop,
    make_user,
)
from tests.people import make_ada, person_of
from tracking.services.exposing import subject_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIGURES = {
    "treated": 8_000, "control": 2_000, "treated_mean": 0.05, "control_mean": 0.04,
    "difference": 0.01, "low": 0.002, "high": 0.018, "always_low": -0.003, "always_high": 0.023,
    "p_value": 0.01, "confidence": 0.95, "outcomes": 480, "variance_kept": 0.8, "is_enough": True,
}  # fmt: skip


def make_experiment(affiliate, design=Design.BENEFIT, **overrides):
    now = overrides.pop("now", NOW - 100 * DAY)
    fields = {
        "name": "Ada's discount", "question": "Does it bring anybody?", "design": design,
        "subject": subject_of(affiliate.pk), "shop_id": make_shop().pk, "control_bps": 2_000,
        "parameters": {"discount": "ADA10"} if design == Design.BENEFIT else {},
        "planned_units": 9_000, "effect_bps": 2_000, "actor_id": make_user().pk, "now": now,
        **overrides,
    }  # fmt: skip
    return experiments.plan(**fields)


def make_ended(affiliate, *, stopped=False, verdict="positive", figures=None):
    experiment = make_experiment(affiliate)
    person = make_user().pk
    experiments.begin(
        experiment_id=experiment.pk, ends_at=NOW - 40 * DAY, actor_id=person, now=NOW - 99 * DAY
    )
    end = NOW - (50 if stopped else 40) * DAY
    experiments.end(experiment_id=experiment.pk, actor_id=person, reason="Over.", now=end)
    for at, is_final in ((NOW - 60 * DAY, False), (NOW - DAY, True)):
        Analysis.objects.create(
            experiment=experiment, at=at, is_final=is_final, verdict=verdict,
            figures={**FIGURES, **(figures or {})},
        )  # fmt: skip
    experiment.refresh_from_db()
    return experiment


def address(name, experiment):
    return reverse(f"portal:experiment-{name}", args=[experiment.public_id])


def plan_of(affiliate, **changes):
    return {
        "name": "Ada's discount", "question": "Does it?", "affiliate": affiliate.pk,
        "shop": make_shop().pk, "design": "benefit", "parameters": "?discount=ADA10&x=1",
        "control": "20", "outcome_days": "30", "effect": "20", "conversion": "5", **changes,
    }  # fmt: skip


def test_the_calculator_knows_the_traffic_and_what_it_lets_one_see(sam):
    link = make_link()
    for number in range(60):
        click = make_click(link, clicked_at=NOW - DAY)
        if number < 6:
            make_credit(link.affiliate, make_order(), click_at=click.clicked_at)
    page = sam.get(
        reverse("portal:experiment-power"),
        {"affiliate": link.affiliate.pk, "design": "benefit", "control": "50", "effect": "50"},
    ).content.decode()
    assert "Counted with 10% of visitors who order." in page
    assert "New visitors with consent a day: 2.0." in page
    assert "Visitors needed" in page
    assert "Days at the present traffic" in page


def test_the_calculator_of_a_switchback_says_when_it_is_not_enough(sam):
    affiliate = make_affiliate()
    for day in range(1, 90):
        for _order in range(2 if day % 4 else 9):
            make_order(placed_at=NOW - day * DAY)
    page = sam.get(
        reverse("portal:experiment-power"),
        {"affiliate": affiliate.pk, "design": "switchback", "pairs": "4", "block_days": "3"},
    ).content.decode()
    assert "Known to within" in page
    assert "Not enough: even if all" in page
    assert "24" in page


def test_without_traffic_or_numbers_the_calculator_asks(sam):
    power = reverse("portal:experiment-power")
    assert "Choose an affiliate with traffic" in sam.get(power).content.decode()
    assert "Correct the numbers" in sam.get(power, {"control": "x"}).content.decode()
    typed = sam.get(power, {"design": "code", "conversion": "50"}).content.decode()
    assert "How many come a day is not known" in typed


def test_a_plan_keeps_the_visitors_that_it_needs(sam):
    affiliate = make_affiliate()
    answer = sam.post(reverse("portal:experiment-new"), plan_of(affiliate))
    made = Experiment.objects.get()
    assert answer["Location"] == address("detail", made)
    assert (made.subject, made.status) == (subject_of(affiliate.pk), "draft")
    assert made.parameters == {"discount": "ADA10", "x": "1"}
    assert (made.control_bps, made.effect_bps) == (2_000, 2_000)
    assert made.planned_units == units_needed(conversion=0.05, effect=0.2, control=0.2)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parameters": ""}, "Say what the landing address gets."),
        ({"parameters": "discount"}, "Write it like this"),
        ({"parameters": "ap_ref=x"}, "are ours: name it otherwise."),
        ({"parameters": "a=1&a=2"}, "Each name stands once."),
        ({"control": "0"}, "Somebody has to do without."),
        ({"control": "60"}, "50"),
        ({"conversion": ""}, "Type how many of them order"),
        ({"name": ""}, "required"),
    ],
)
def test_a_plan_that_answers_nothing_says_what_is_missing(sam, changes, said):
    answer = sam.post(reverse("portal:experiment-new"), plan_of(make_affiliate(), **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Experiment.objects.exists()


def test_without_scripts_the_numbers_are_worked_out_by_asking_again(sam):
    affiliate = make_affiliate()
    asked = {**plan_of(affiliate), "step": "work_out"}
    page = sam.post(reverse("portal:experiment-new"), asked).content.decode()
    assert not Experiment.objects.exists()
    assert f'name="shop" value="{make_shop().pk}"' in page
    assert "Counted with 5% of visitors who order." in page
    assert 'value="Ada&#x27;s discount"' in page


def test_it_begins_once_with_an_end_and_ends_with_a_reason(sam, time_machine):
    experiment = make_experiment(make_affiliate())
    for day, status in (("2026-06-01", 422), ("2026-08-01", 302), ("2026-09-01", 302)):
        answer = sam.post(address("begin", experiment), {"ends_on": day})
        assert answer.status_code == status
    experiment.refresh_from_db()
    assert (experiment.status, f"{experiment.ends_at:%Y-%m}") == ("running", "2026-07")
    time_machine.move_to(NOW + DAY, tick=False)
    sam.post(address("end", experiment), {"reason": ""})
    experiment.refresh_from_db()
    assert experiment.status == "running"
    sam.post(address("end", experiment), {"reason": "The shop is closed."})
    experiment.refresh_from_db()
    assert (experiment.status, experiment.was_stopped) == ("ended", True)


def test_the_end_that_the_traffic_allows_is_proposed(sam):
    link = make_link()
    for _number in range(30):
        make_click(link, clicked_at=NOW - DAY)
    experiment = make_experiment(link.affiliate, planned_units=100)
    page = sam.get(address("detail", experiment)).content.decode()
    assert f'value="{NOW + 101 * DAY:%Y-%m-%d}"' in page


def test_a_draft_is_discarded_and_what_ran_is_not(sam):
    draft, ended = make_experiment(make_affiliate()), make_ended(make_affiliate())
    for one in (draft, ended):
        sam.post(address("discard", one), {"reason": "Not now."})
        one.refresh_from_db()
    assert (draft.status, ended.status) == ("discarded", "ended")


def test_a_switchback_draws_its_calendar_and_tells_it(sam):
    experiment = make_experiment(make_affiliate(), Design.SWITCHBACK, planned_units=0)
    first = (NOW + (Programme.get().notice_days + 3) * DAY).date().isoformat()
    soon = (NOW + 2 * DAY).date().isoformat()
    for day in (soon, first):
        sam.post(
            address("calendar", experiment), {"starts_on": day, "block_days": "3", "pairs": "4"}
        )
        assert experiment.blocks.count() == 8
        sam.post(address("begin", experiment))
        experiment.refresh_from_db()
        assert experiment.status == ("running" if day == first else "draft")
    assert Delivery.objects.count() == 1
    shown = sam.get(address("detail", experiment)).content.decode().split("<main", 1)[1]
    assert shown.count(">Off<") == 4


def test_a_result_says_the_share_the_interval_and_what_it_is_not(sam):
    page = sam.get(address("detail", make_ended(make_affiliate()))).content.decode()
    for said in (
        "It brings more",
        "20% of these orders came only because of it (95 % interval 4% to 36%).",
        "of 8,000 visitors",
        "50.0",
        "Difference with its 95 % interval",
        "10,000 visitors",
        "+2.0 to +18.0",
        "−3.0 to +23.0",
        "80% of the variance is left, as if 25% more visitors had been seen.",
        "What it may not be read as",
        "Use it as factor",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stopped": True}, "It was ended before its time"),
        ({"verdict": "not_enough"}, "Not enough data"),
        ({"verdict": "negative"}, "It brings less"),
        (
            {"verdict": "not_enough", "figures": dict.fromkeys(
                ["low", "high", "always_low", "always_high"])},
            "not known yet",
        ),
    ],
)  # fmt: skip
def test_what_is_no_result_cannot_be_used(sam, changes, said):
    experiment = make_ended(make_affiliate(), **changes)
    page = sam.get(address("detail", experiment)).content.decode()
    assert said in page
    assert "Use it as factor" not in page
    sam.post(address("use", experiment), {"begins_on": "2026-12-01"})
    assert not IncrementalityFactor.objects.exists()


def test_a_result_becomes_the_factor_with_notice(sam):
    affiliate = make_affiliate()
    experiment = make_ended(affiliate)
    early = sam.post(address("use", experiment), {"begins_on": f"{NOW + 2 * DAY:%Y-%m-%d}"})
    assert early.status_code == 422
    assert "is told 15 days before a lower factor" in early.content.decode()
    for _repeat in range(2):
        sam.post(address("use", experiment), {"begins_on": "2026-08-01"})
    factor = IncrementalityFactor.objects.get(affiliate=affiliate)
    assert (factor.factor_bps, factor.low_bps, factor.high_bps) == (2_000, 400, 3_600)
    assert factor.orders == 480
    assert "Ada's discount" in factor.source


def test_a_switchback_is_a_share_of_what_was_credited_on_its_days(sam):
    affiliate = make_affiliate()
    experiment = make_experiment(affiliate, Design.SWITCHBACK, planned_units=0)
    person = make_user().pk
    begin = NOW - 98 * DAY
    experiments.draw_calendar(
        experiment_id=experiment.pk, starts_at=begin, block_days=3, pairs=4, actor_id=person,
        now=NOW - 100 * DAY,
    )  # fmt: skip
    experiments.begin(
        experiment_id=experiment.pk, ends_at=begin + 24 * DAY, actor_id=person,
        now=NOW - 99 * DAY,
    )  # fmt: skip
    experiments.end_due(now=NOW - 60 * DAY)
    on = list(experiment.blocks.filter(is_control=False))
    for block in on:
        for _order in range(4):
            make_credit(affiliate, make_order(placed_at=block.starts_at + 2 * DAY))
        make_credit(affiliate, make_order(placed_at=block.starts_at + DAY / 2))  # Washed out.
    Analysis.objects.create(
        experiment=experiment, at=NOW, is_final=True, verdict="positive",
        figures={"on_blocks": 4, "off_blocks": 4, "on_per_day": 6.0, "off_per_day": 5.0,
                 "difference": 1.0, "low": 0.5, "high": 1.5, "confidence": 0.95,
                 "is_enough": True},
    )  # fmt: skip
    page = sam.get(address("detail", experiment)).content.decode()
    assert "50% of these orders came only because of it (95 % interval 25% to 75%)." in page
    assert "Found over 16 orders." in page


def test_a_look_is_kept_and_the_file_has_every_figure(sam):
    experiment = make_experiment(make_affiliate())
    sam.post(address("look", experiment))
    assert not Analysis.objects.exists()
    experiments.begin(
        experiment_id=experiment.pk, ends_at=NOW + DAY, actor_id=make_user().pk, now=NOW - DAY
    )
    Exposure.objects.create(
        experiment=experiment, unit="u", is_control=False, first_seen_at=NOW - DAY
    )
    sam.post(address("look", experiment))
    assert Analysis.objects.get().verdict == "not_enough"
    file = b"".join(sam.get(address("export", experiment)).streaming_content).decode()
    assert "treated_mean" in file
    assert "not_enough" in file


def test_the_list_costs_the_same_with_many(sam, django_assert_max_num_queries):
    for _number in range(3):
        make_ended(make_affiliate())
    make_experiment(make_affiliate())
    sam.get(reverse("portal:experiment-list"))
    with django_assert_max_num_queries(14):
        page = sam.get(reverse("portal:experiment-list")).content.decode()
    assert page.count("It brings more") == 3


def test_an_affiliate_reads_of_what_runs_on_it_and_of_nothing_else(client):
    ada = make_ada()
    client.force_login(person_of(ada))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    experiment = make_experiment(ada)
    make_ended(make_affiliate())
    terms = reverse("portal:my-terms")
    assert "Experiments under way" not in client.get(terms).content.decode()
    experiments.begin(
        experiment_id=experiment.pk, ends_at=NOW + 9 * DAY, actor_id=make_user().pk, now=NOW
    )
    page = client.get(terms).content.decode()
    assert "land with an extra (discount=ADA10)" in page
    assert "20% of those who agreed" in page
