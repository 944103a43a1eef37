"""Experiments where visitors meet them: the ghost log of links, and the check of a promo code."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from experiments.models import Design, Exposure
from experiments.services import experiments, exposures
from experiments.services.keys import unit_of
from shop.connectors import generic
from shop.models import WebhookSecret
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_link,
    make_shop,
    make_user,
)
from tracking.domain.references import new_reference
from tracking.services.erasure import erase
from tracking.services.exposing import expose_visitors, subject_of

SECRET = "a secret for tests only, 32 bytes"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
pytestmark = pytest.mark.django_db


def make_running(affiliate, design=Design.BENEFIT, *, begun=NOW - DAY):
    person = make_user().pk
    experiment = experiments.plan(
        name="Does it bring anybody?", question="Does it?", design=design,
        subject=subject_of(affiliate.pk), shop_id=make_shop().pk, control_bps=5_000,
        parameters={"discount": "ANNA10"}, planned_units=1_000, effect_bps=2_000,
        actor_id=person, now=begun,
    )  # fmt: skip
    return experiments.begin(
        experiment_id=experiment.pk, ends_at=begun + 60 * DAY, actor_id=person, now=begun
    )


def test_consenting_visitors_of_a_running_experiment_are_logged_once():
    link = make_link()
    experiment = make_running(link.affiliate)
    click = make_click(link)
    make_click(link, visitor=click.visitor)
    make_click(link, visitor=None)
    make_click(link, clicked_at=NOW - 2 * DAY)  # Before it began.
    make_click()  # Somebody else's.

    assert [expose_visitors(now=NOW) for _ in range(2)] == [1, 0]

    row = experiment.exposures.get()
    assert (row.unit, row.first_seen_at) == (unit_of(click.reference), click.clicked_at)
    make_click(link, clicked_at=NOW - HOUR)
    assert expose_visitors(now=NOW) == 1


def test_nothing_is_logged_when_nothing_runs():
    link = make_link()
    experiment = make_running(link.affiliate, begun=NOW - 9 * DAY)
    experiments.end(experiment_id=experiment.pk, actor_id=None, reason="Over.", now=NOW - 2 * DAY)
    make_click(link)
    assert expose_visitors(now=NOW) == 0


def test_a_visitor_who_takes_the_consent_back_is_forgotten():
    link = make_link()
    make_running(link.affiliate)
    click = make_click(link)
    expose_visitors(now=NOW)
    erase(visitor=click.visitor, until=NOW)
    assert not Exposure.objects.exists()


@pytest.fixture
def shop():
    shop = make_shop()
    WebhookSecret.objects.create(shop=shop, secret=SECRET, created_at=NOW - 9 * DAY)
    return shop


def ask(client, said, *, shop="atelier", secret=SECRET):
    body = json.dumps(said).encode() if not isinstance(said, bytes) else said
    signed = generic.signature(secret, timestamp=int(NOW.timestamp()), body=body)
    with time_machine.travel(NOW, tick=False):
        return client.post(
            reverse("tracking:code-check", args=[shop]),
            body,
            content_type="application/json",
            headers={"Apport-Signature": signed},
        )


def test_a_code_without_an_experiment_works(client, shop):
    code = make_code(shop=shop)
    said = ask(client, {"code": f" {code.code.lower()} ", "ref": new_reference()})
    assert (said.status_code, said.json()) == (200, {"known": True, "applies": True})


def test_a_code_of_nobodys_is_the_shops_own_affair(client, shop):
    old = make_code(shop=shop, valid_to=NOW - DAY)
    for code in ("NOBODYS", old.code):
        assert ask(client, {"code": code}).json() == {"known": False, "applies": True}


def test_a_share_of_the_visitors_does_without_and_both_are_logged(client, shop):
    affiliate = make_affiliate()
    code, experiment = make_code(affiliate, shop=shop), make_running(affiliate, Design.CODE)
    answers = {}
    for _visitor in range(30):
        reference = new_reference()
        answers[reference] = ask(client, {"code": code.code, "ref": reference}).json()["applies"]
        again = ask(client, {"code": code.code, "ref": reference}).json()["applies"]
        assert again == answers[reference]
    assert 5 < sum(answers.values()) < 25
    assert experiment.exposures.count() == 30
    for reference, applies in answers.items():
        row = experiment.exposures.get(unit=unit_of(reference))
        assert row.is_control == exposures.does_without(experiment, reference) == (not applies)


def test_nobody_without_a_reference_is_in_an_experiment(client, shop):
    affiliate = make_affiliate()
    code, experiment = make_code(affiliate, shop=shop), make_running(affiliate, Design.CODE)
    assert ask(client, {"code": code.code}).json() == {"known": True, "applies": True}
    assert not experiment.exposures.exists()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"{", 400),
        ([], 400),
        ({"ref": ""}, 400),
        ({"code": " "}, 400),
        ({"code": 7}, 400),
        ({"code": "A", "ref": "no reference"}, 400),
        ({"code": "A", "ref": 7}, 400),
    ],
)
def test_what_is_no_question_is_refused(client, shop, said, status):
    answer = ask(client, said)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_strangers_are_refused(client, shop):
    assert ask(client, {"code": "A"}, shop="other").status_code == 404
    assert ask(client, {"code": "A"}, secret="another secret, 32 bytes long...").status_code == 401
    plain = client.post(reverse("tracking:code-check", args=["atelier"]), b"{}", "application/json")
    assert plain.status_code == 400
    assert client.get(reverse("tracking:code-check", args=["atelier"])).status_code == 405
