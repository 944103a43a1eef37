"""The life of an experiment, its ghost log and what it shows, on rows."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, transaction

from core.errors import InvalidTransition
from core.models import AuditEntry
from experiments.models import Analysis, Design, Experiment, ExperimentStatus, Exposure
from experiments.services import experiments as lives
from experiments.services import exposures
from experiments.services.analysis import analyse, incremental_share
from tests.builders import NOW, make_order, make_shop, make_user
from tracking.domain.references import new_reference

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_experiment(**overrides):
    shop = overrides.pop("shop", None) or make_shop()
    fields = {
        "name": "Anna's code",
        "question": "Does the code bring anybody?",
        "design": Design.BENEFIT,
        "subject": "affiliate:12",
        "shop_id": shop.pk,
        "control_bps": 5_000,
        "parameters": {"discount": "ANNA10"},
        "planned_units": 1_000,
        "effect_bps": 2_000,
        "actor_id": make_user().pk,
        "now": NOW,
        **overrides,
    }
    return lives.plan(**fields)


def make_running(**overrides):
    experiment = make_experiment(**overrides)
    return lives.begin(
        experiment_id=experiment.pk, ends_at=NOW + 60 * DAY, actor_id=make_user().pk, now=NOW
    )


@pytest.mark.parametrize(
    "change",
    [{"name": " "}, {"question": ""}, {"subject": ""}, {"control_bps": 0}, {"control_bps": 5_001},
     {"parameters": {}}],
)  # fmt: skip
def test_a_plan_that_answers_nothing_is_refused(change):
    with pytest.raises(lives.ExperimentRefused):
        make_experiment(**change)
    assert not Experiment.objects.exists()


@pytest.mark.parametrize("old", ExperimentStatus.values)
@pytest.mark.parametrize("new", ExperimentStatus.values)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    experiment = Experiment(status=old, status_changed_at=NOW)
    if new in Experiment.ARROWS[old]:
        experiment.move_to(new, at=NOW)
    else:
        with pytest.raises(InvalidTransition):
            experiment.move_to(new, at=NOW)


def test_beginning_again_changes_nothing():
    experiment = make_running()
    again = lives.begin(
        experiment_id=experiment.pk, ends_at=NOW + DAY, actor_id=make_user().pk, now=NOW + DAY
    )
    assert (again.starts_at, again.ends_at) == (NOW, NOW + 60 * DAY)
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["experiment.planned", "experiment.begun"]


@pytest.mark.parametrize("ends_at", [NOW, NOW - DAY, NOW + 366 * DAY])
def test_an_end_that_is_none_is_refused(ends_at):
    experiment = make_experiment()
    with pytest.raises(lives.ExperimentRefused):
        lives.begin(experiment_id=experiment.pk, ends_at=ends_at, actor_id=make_user().pk, now=NOW)


def test_two_of_a_kind_do_not_run_on_one_subject():
    first = make_running()
    second = make_experiment(shop=first.shop)
    with pytest.raises(lives.AlreadyRunning):
        lives.begin(experiment_id=second.pk, ends_at=NOW + DAY, actor_id=make_user().pk, now=NOW)
    lives.end(experiment_id=first.pk, actor_id=None, reason="Enough.", now=NOW + DAY)
    lives.begin(
        experiment_id=second.pk, ends_at=NOW + 9 * DAY, actor_id=make_user().pk, now=NOW + DAY
    )


def test_what_never_ran_is_discarded_and_what_ran_is_not():
    draft, running = make_experiment(), make_running(subject="affiliate:13")
    lives.discard(experiment_id=draft.pk, actor_id=make_user().pk, reason="No.", now=NOW)
    with pytest.raises(InvalidTransition):
        lives.discard(experiment_id=running.pk, actor_id=make_user().pk, reason="No.", now=NOW)


def test_its_time_ends_it_once():
    experiment = make_running()
    assert [lives.end_due(now=NOW + days * DAY) for days in (59, 60, 61)] == [0, 1, 0]
    experiment.refresh_from_db()
    assert (experiment.status, experiment.ends_at) == ("ended", NOW + 60 * DAY)


def test_a_calendar_is_drawn_before_it_runs_and_can_be_drawn_again():
    experiment = make_experiment(design=Design.SWITCHBACK)
    draw = {"experiment_id": experiment.pk, "actor_id": make_user().pk, "now": NOW}
    for pairs in (4, 6):
        lives.draw_calendar(**draw, starts_at=NOW + DAY, block_days=3, pairs=pairs)
        assert experiment.blocks.count() == 2 * pairs
    for wrong in ({"starts_at": NOW}, {"block_days": 1}, {"block_days": 5}, {"pairs": 3}):
        asked = {"starts_at": NOW + DAY, "block_days": 3, "pairs": 4, **wrong}
        with pytest.raises(lives.ExperimentRefused):
            lives.draw_calendar(**draw, **asked)
    draw["experiment_id"] = make_running(subject="affiliate:13").pk
    with pytest.raises(lives.ExperimentRefused):
        lives.draw_calendar(**draw, starts_at=NOW + DAY, block_days=3, pairs=4)


def test_both_arms_are_logged_once_and_without_the_reference():
    experiment = make_running()
    references = [new_reference() for _ in range(200)]
    seen = [(reference, NOW + DAY) for reference in references] + [(references[0], NOW)]
    assert exposures.expose(experiment, seen) == 200
    assert exposures.expose(experiment, seen) == 0
    assert 60 < experiment.exposures.filter(is_control=True).count() < 140
    assert experiment.exposures.filter(first_seen_at=NOW).count() == 1
    kept = {row.unit for row in experiment.exposures.all()}
    assert not kept & set(references)
    assert exposures.erase(references[0]) == 1
    assert exposures.erase(references[0]) == 0


def test_running_experiments_are_found_by_their_subject():
    experiment = make_running()
    found = exposures.running(design=Design.BENEFIT, subjects=["affiliate:12", "affiliate:99"])
    assert found == {"affiliate:12": experiment}
    assert exposures.running(design=Design.CODE, subjects=["affiliate:12"]) == {}


def populate(experiment, *, treated_in, control_in, units=1_200):
    """Expose ``units``; every n-th of each arm orders once."""
    references = [new_reference() for _ in range(units)]
    exposures.expose(experiment, [(reference, NOW) for reference in references])
    count = {True: 0, False: 0}
    for reference in references:
        is_control = exposures.does_without(experiment, reference)
        count[is_control] += 1
        if count[is_control] % (control_in if is_control else treated_in) == 0:
            make_order(
                shop=experiment.shop, click_tokens=[reference], placed_at=NOW + DAY, email_key=""
            )


def test_a_look_says_what_is_known_and_is_kept():
    experiment = make_running()
    populate(experiment, treated_in=3, control_in=12)
    analysis = analyse(experiment_id=experiment.pk, now=NOW + 2 * DAY)
    assert (analysis.verdict, analysis.is_final) == ("positive", False)
    figures = analysis.figures
    assert figures["treated"] + figures["control"] == 1_200
    assert figures["difference"] == pytest.approx(1 / 3 - 1 / 12, abs=0.02)
    middle, low, high = incremental_share(figures)
    assert low < middle < high
    assert middle == pytest.approx(7_500, abs=600)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Analysis.objects.update(verdict="no_effect")


def test_orders_before_or_long_after_a_unit_was_seen_do_not_count():
    experiment = make_running(outcome_days=5)
    reference = new_reference()
    exposures.expose(experiment, [(reference, NOW + 2 * DAY)])
    for days in (1, 7, 3):
        make_order(shop=experiment.shop, click_tokens=[reference], placed_at=NOW + days * DAY)
    other = make_shop(code="other", link_hosts=["other.example"])
    make_order(shop=other, click_tokens=[reference], placed_at=NOW + 3 * DAY)
    make_order(
        shop=experiment.shop, click_tokens=[reference], placed_at=NOW + 3 * DAY, is_test=True
    )
    analysis = analyse(experiment_id=experiment.pk, now=NOW + 20 * DAY)
    assert (analysis.figures["outcomes"], analysis.verdict) == (1, "not_enough")
    arm = "control_mean" if exposures.does_without(experiment, reference) else "treated_mean"
    assert analysis.figures[arm] == 1


def test_the_end_is_final_only_when_everybody_had_time_to_order():
    experiment = make_running()
    populate(experiment, treated_in=6, control_in=6)
    lives.end(experiment_id=experiment.pk, actor_id=None, reason="Over.", now=NOW + 3 * DAY)
    looks = [analyse(experiment_id=experiment.pk, now=NOW + days * DAY) for days in (4, 33)]
    assert [look.is_final for look in looks] == [False, True]
    assert [look.verdict for look in looks] == ["not_enough", "not_enough"]


def test_blocks_are_compared_by_the_orders_of_the_whole_shop():
    experiment = make_experiment(design=Design.SWITCHBACK)
    person = make_user().pk
    lives.draw_calendar(
        experiment_id=experiment.pk, starts_at=NOW + DAY, block_days=2, pairs=4, actor_id=person,
        now=NOW,
    )  # fmt: skip
    lives.begin(experiment_id=experiment.pk, ends_at=NOW + 30 * DAY, actor_id=person, now=NOW)
    for place, block in enumerate(experiment.blocks.all()):
        for _order in range((2 if block.is_control else 6) + place % 2):
            make_order(shop=experiment.shop, placed_at=block.starts_at + 1.5 * DAY)
        make_order(shop=experiment.shop, placed_at=block.starts_at + DAY / 2)  # Washed out.
    analysis = analyse(experiment_id=experiment.pk, now=NOW + 25 * DAY)
    assert analysis.verdict == "positive"
    assert analysis.figures["on_per_day"] == pytest.approx(6.5, abs=0.5)
    early = analyse(experiment_id=experiment.pk, now=NOW + 4 * DAY)
    assert early.verdict == "not_enough"
    shortly_before = analyse(experiment_id=experiment.pk, now=NOW + 16.5 * DAY)
    assert shortly_before.verdict == "not_enough"


def test_blocks_after_an_early_end_are_not_counted():
    experiment = make_experiment(design=Design.SWITCHBACK)
    person = make_user().pk
    lives.draw_calendar(
        experiment_id=experiment.pk, starts_at=NOW + DAY, block_days=2, pairs=4, actor_id=person,
        now=NOW,
    )  # fmt: skip
    lives.begin(experiment_id=experiment.pk, ends_at=NOW + 30 * DAY, actor_id=person, now=NOW)
    ended = lives.end(experiment_id=experiment.pk, actor_id=person, reason="No.", now=NOW + 9 * DAY)
    analysis = analyse(experiment_id=experiment.pk, now=NOW + 25 * DAY)
    assert ended.was_stopped
    assert analysis.figures["on_blocks"] + analysis.figures["off_blocks"] == 4
    assert analysis.verdict == "not_enough"


@pytest.mark.parametrize(
    "wrong", [{"control_bps": 10_000}, {"control_bps": 0}, {"status": "running"}]
)
def test_the_database_refuses_what_cannot_be(wrong):
    experiment = make_experiment()
    with pytest.raises(IntegrityError), transaction.atomic():
        Experiment.objects.filter(pk=experiment.pk).update(**wrong)


def test_no_unit_is_logged_twice_by_the_database():
    experiment = make_running()
    exposures.expose(experiment, [(new_reference(), NOW)])
    row = Exposure.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Exposure.objects.create(
            experiment=experiment, unit=row.unit, is_control=True, first_seen_at=NOW
        )


LINES = "arm,visit,history\n" + "mail,1,10\nnone,0,10\nmail,0,5\nnone,0,5\nmail,1,7\nnone,1,9\n"


def run(tmp_path, capsys, text, *options):
    path = tmp_path / "trial.csv"
    path.write_text(text)
    call_command("analyse_experiment", "--csv", path, *options)
    return capsys.readouterr().out


def test_a_file_is_compared_with_its_control(tmp_path, capsys):
    printed = run(
        tmp_path, capsys, LINES, "--arm", "arm", "--outcome", "visit", "--control", "none", "--json"
    )
    found = json.loads(printed)["mail against none"]
    assert (found["treated"], found["control"], found["is_enough"]) == (3, 3, False)
    assert found["difference"] == pytest.approx(1 / 3)
    assert "difference: 0.333333" in run(
        tmp_path, capsys, LINES, "--arm", "arm", "--outcome", "visit", "--control", "none"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--arm", "arm"], "needs --arm and --outcome"),
        (["--arm", "arm", "--outcome", "bought"], "No column bought. The columns are: arm, visit"),
        (["--arm", "arm", "--outcome", "visit", "--control", "x"], "The arms are: mail, none"),
        (["--arm", "arm", "--outcome", "arm"], "Line 2: 'mail' in column arm is no number"),
        (["--arm", "arm", "--outcome", "visit", "--confidence", "95"], "such as 0.95"),
    ],
)
def test_what_cannot_be_analysed_is_said(tmp_path, capsys, options, said):
    with pytest.raises(CommandError, match=said):
        run(tmp_path, capsys, LINES, *options)


def test_one_arm_is_no_comparison_and_no_file_is_no_file(tmp_path, capsys):
    with pytest.raises(CommandError, match="two arms"):
        run(tmp_path, capsys, "arm,visit\nmail,1\n", "--arm", "arm", "--outcome", "visit")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command(
            "analyse_experiment", "--csv", tmp_path / "none.csv", "--arm", "a", "--outcome", "b"
        )
    with pytest.raises(CommandError, match="no experiment 7"):
        call_command("analyse_experiment", "--experiment", 7)
