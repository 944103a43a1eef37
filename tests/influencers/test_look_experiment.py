"""Does the widget add sales? Half of the visitors who agreed see none, and both are logged."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from experiments.models import Design, Experiment, ExperimentStatus, Exposure
from experiments.services.exposures import does_without
from influencers.services.look_experiment import SUBJECT
from tests.builders import NOW, make_click, make_shop, make_user
from tests.influencers.look_surface_world import make_look
from tests.visitors import seen
from tracking.domain.references import new_reference, to_uuid
from tracking.services import erasure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looks_today")]


@pytest.fixture
def sku():
    return make_look().live.slots.first().options.get().product.sku


def make_experiment(**overrides):
    fields = {
        "name": "Widget", "question": "Does it add sales?", "design": Design.SURFACE,
        "subject": SUBJECT, "shop": make_shop(), "control_bps": 5_000, "planned_units": 1_000,
        "effect_bps": 1_000, "status": ExperimentStatus.RUNNING, "status_changed_at": NOW,
        "starts_at": NOW - timedelta(days=1), "ends_at": NOW + timedelta(days=30),
        "author": make_user(), "created_at": NOW, **overrides,
    }  # fmt: skip
    return Experiment.objects.create(**fields)


def ask(client, sku, reference=""):
    return client.get("/looks/widget", {"shop": "atelier", "sku": sku, "ref": reference})


def test_either_arm_is_logged_and_the_one_without_gets_nothing(client, sku):
    experiment = make_experiment()
    references = [seen() for _ in range(40)]

    shown = {reference: ask(client, sku, reference).status_code == 200 for reference in references}

    assert {ref: not does_without(experiment, ref) for ref in references} == shown
    assert set(shown.values()) == {True, False}
    arms = Exposure.objects.values_list("is_control", flat=True)
    assert sorted(arms) == sorted(not is_shown for is_shown in shown.values())
    for reference in references[:5]:
        ask(client, sku, reference)
    assert Exposure.objects.count() == 40


def test_what_depends_on_a_visitor_is_kept_by_no_cache(client, sku):
    make_experiment()

    assert ask(client, sku, seen())["Cache-Control"] == "private, no-store"
    assert ask(client, sku)["Cache-Control"].startswith("public")


@pytest.mark.parametrize("reference", ["", "short", "x" * 22 + "é", "' OR 1=1 --aaaaaaaaaaaaa"])
def test_without_consent_there_is_no_experiment(client, sku, reference):
    make_experiment(control_bps=9_999)

    assert ask(client, sku, reference).status_code == 200
    assert not Exposure.objects.exists()


def test_a_reference_that_somebody_made_up_is_never_counted(client, sku):
    make_experiment()
    made_up = [new_reference() for _ in range(10)]

    for reference in made_up:
        ask(client, sku, reference)
        ask(client, sku, reference)

    assert not Exposure.objects.exists()


def test_a_visitor_is_logged_as_soon_as_a_click_or_a_page_of_theirs_is_known(client, sku):
    make_experiment()
    by_click, by_page = new_reference(), new_reference()
    for reference in (by_click, by_page):
        ask(client, sku, reference)
    assert not Exposure.objects.exists()

    make_click(visitor=to_uuid(by_click))
    seen(by_page)
    for reference in (by_click, by_page):
        ask(client, sku, reference)

    assert Exposure.objects.count() == 2


def test_who_took_the_consent_back_is_not_logged_again(client, sku):
    make_experiment()
    reference = seen()
    ask(client, sku, reference)
    assert Exposure.objects.count() == 1

    erasure.erase(visitor=to_uuid(reference), until=NOW)
    cache.clear()
    ask(client, sku, reference)

    assert not Exposure.objects.exists()


def test_a_visitor_is_looked_up_until_logged_and_no_more(client, sku):
    make_experiment()
    reference = seen()

    def looked_up():
        with CaptureQueriesContext(connection) as queries:
            ask(client, sku, reference)
        return sum("tracking_journeyevent" in one["sql"] for one in queries.captured_queries)

    assert [looked_up(), looked_up()] == [1, 0]


def test_whoever_had_nothing_to_see_is_not_logged(client, sku):
    make_experiment()

    assert ask(client, "NOBODY", seen()).status_code == 204
    assert not Exposure.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"status": ExperimentStatus.ENDED},
        {"design": Design.CODE},
        {"subject": "surface:looks-page"},
        {"ends_at": NOW},
    ],
)
def test_another_experiment_hides_nothing(client, sku, other):
    make_experiment(control_bps=9_999, **other)

    assert ask(client, sku, seen()).status_code == 200
    assert not Exposure.objects.exists()


def test_the_experiment_of_another_shop_hides_nothing(client, sku):
    make_experiment(control_bps=9_999, shop=make_shop(code="other", name="Other"))

    assert ask(client, sku, seen()).status_code == 200
    assert not Exposure.objects.exists()
