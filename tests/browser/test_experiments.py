"""An experiment is planned with a calculator that answers while one types, and read afterwards."""

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import expect

from experiments.models import Analysis, Design, Experiment
from experiments.services import experiments
from influencers.services.look_experiment import SUBJECT
from tests.browser.test_cases import picture
from tests.browser.test_every_page import faults_of
from tests.builders import NOW, make_shop, make_user
from tests.people import make_ada, make_sam, person_of
from tests.portal_staff.test_experiments import DAY, FIGURES, make_ended, make_experiment

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def make_switchback(ada):
    experiment = make_experiment(
        ada, Design.SWITCHBACK, name="Ada on and off", planned_units=0, now=NOW - DAY
    )
    person = make_user().pk
    experiments.draw_calendar(
        experiment_id=experiment.pk, starts_at=NOW + 20 * DAY, block_days=3, pairs=4,
        actor_id=person, now=NOW,
    )  # fmt: skip
    experiments.begin(experiment_id=experiment.pk, ends_at=NOW + 44 * DAY, actor_id=person, now=NOW)
    return experiment


def make_surface(ada):
    """Looks on product pages, ended, with margin of either basis."""
    experiment = make_experiment(
        ada, Design.SURFACE, name="Do looks add sales?", subject=SUBJECT, now=NOW - 100 * DAY
    )
    experiments.begin(
        experiment_id=experiment.pk, ends_at=NOW - 40 * DAY, actor_id=make_user().pk,
        now=NOW - 99 * DAY,
    )  # fmt: skip
    experiments.end_due(now=NOW - 40 * DAY)
    values = ("treated_mean", "control_mean", "difference", "low", "high", "always_low",
              "always_high")  # fmt: skip
    figures = dict(FIGURES)
    for prefix, each in (("margin_", 6_000), ("reference_margin_", 5_000)):
        figures |= {f"{prefix}{name}": FIGURES[name] for name in FIGURES}
        figures |= {f"{prefix}{name}": FIGURES[name] * each for name in values}
        figures[f"{prefix}verdict"] = "not_enough"
    for at, is_final in ((NOW - 60 * DAY, False), (NOW - DAY, True)):
        Analysis.objects.create(
            experiment=experiment, at=at, is_final=is_final, verdict="positive", figures=figures
        )
    return experiment


def test_an_experiment_is_planned_and_read(browsers):
    ada, sam = make_ada(), make_sam()
    make_shop()
    ended, switchback, surface = make_ended(ada), make_switchback(ada), make_surface(ada)
    sam.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    tab = browsers.open(sam, language="en", theme="auto")

    assert faults_of(tab, "/manage/experiments/new/") == []
    tab.set_viewport_size({"width": 1_280, "height": 900})
    tab.get_by_label("Name", exact=True).fill("Does the code pay?")
    tab.get_by_role("textbox", name="Question").fill("Does it?")
    tab.get_by_role("combobox", name="Affiliate").select_option(label=ada.name)
    tab.get_by_role("textbox", name="Added to the landing address").fill("discount=ADA10")
    tab.get_by_role("spinbutton", name="New visitors a day").fill("400")
    tab.get_by_role("spinbutton", name="Visitors who order").fill("4")
    expect(tab.get_by_text("Days at the present traffic")).to_be_visible()
    picture(tab, "plan")
    tab.set_viewport_size({"width": 1_280, "height": 900})
    tab.get_by_role("button", name="Plan it").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Does the code pay?")
    made = Experiment.objects.get(name="Does the code pay?")
    assert made.planned_units > 10_000

    shown = {"draft": made, "result": ended, "switchback": switchback, "surface": surface}
    for name, one in shown.items():
        assert faults_of(tab, f"/manage/experiments/{one.public_id}/") == []
        picture(tab, name)
    assert faults_of(tab, "/manage/experiments/") == []
    picture(tab, "list")

    hers = browsers.open(person_of(ada), language="en", theme="auto")
    assert faults_of(hers, "/portal/terms/") == []
    expect(hers.get_by_text("there are pauses in which")).to_be_visible()
    picture(hers, "told")
