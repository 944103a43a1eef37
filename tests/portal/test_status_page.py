"""The public status page: what is measured, what is told, and nothing that helps an attacker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache

from affiliates.models import Impact, Incident, ServicePart
from affiliates.services import incidents
from affiliates.services.incidents import Words
from payouts.models import PayoutStop
from portal.queries.service_status import DAYS, State, service
from tests.builders import NOW
from tests.payouts.paydays import make_due, sent_batch
from tests.people import make_ada, make_sam, person_of
from tests.portal_staff.service_places import make_incident
from tests.portal_staff.tracking_world import make_host

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)
    cache.clear()


def _state(part):
    return next(one for one in service(NOW).parts if one.part == part)


def test_everybody_reads_that_everything_works(client):
    make_host()

    answer = client.get("/status/", headers={"accept-language": "en"})

    said = answer.content.decode()
    assert answer.status_code == 200
    assert "Everything works" in said
    assert "No incident" in said
    assert "web-1" not in said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_incident_is_read_in_ones_language(client, language):
    found = make_incident()
    said = client.get("/status/", headers={"accept-language": language}).content.decode()

    other = {"fr": "en", "en": "fr"}[language]
    assert found.title(language) in said
    assert found.updates.get().text(language) in said
    assert found.title(other) not in said


def test_what_is_measured_and_what_is_told_are_both_believed():
    make_host(beat_at=NOW - timedelta(minutes=20))
    assert _state(ServicePart.TRACKING).state == State.PARTLY
    assert _state(ServicePart.API).state == State.RUNS

    cache.clear()
    make_incident(part=ServicePart.API, impact=Impact.DOWN)
    assert _state(ServicePart.API).state == State.DOWN
    assert service(NOW).state == State.DOWN


def test_without_a_machine_tracking_is_not_known_and_nothing_is_bad():
    assert _state(ServicePart.TRACKING).state == State.UNKNOWN
    assert service(NOW).state == State.RUNS


def test_a_stop_of_payouts_is_said_and_no_reason(client):
    sam = make_sam()
    PayoutStop.objects.create(began_at=NOW, began_by=sam, reason="Somebody stole a key")

    said = client.get("/status/", headers={"accept-language": "en"}).content.decode()

    assert _state(ServicePart.PAYOUTS).state == State.PARTLY
    assert "stole" not in said
    assert sam.name not in said


def test_the_day_of_the_last_payout_is_shown_and_no_amount(client):
    make_due()
    batch = sent_batch()
    type(batch).objects.filter(pk=batch.pk).update(status="done", status_changed_at=NOW)

    said = client.get("/status/", headers={"accept-language": "en"}).content.decode()

    assert "Payouts last left on" in said
    assert "€" not in said
    assert batch.reference not in said


def test_each_of_ninety_days_says_the_worst_of_it():
    found = make_incident(began_at=NOW - timedelta(days=3))
    Incident.objects.filter(pk=found.pk).update(ended_at=NOW - timedelta(days=2))
    make_incident(began_at=NOW - timedelta(days=3), impact=Impact.DOWN)

    days = _state(ServicePart.TRACKING).days

    assert len(days) == DAYS
    assert days[-5:] == (State.RUNS, State.DOWN, State.DOWN, State.DOWN, State.DOWN)


def test_for_a_minute_the_same_is_said_and_what_is_told_is_seen_at_once(client, browse):
    client.get("/status/")
    begun = make_incident()
    assert service(NOW).incidents == ()

    browse(make_sam()).post(
        f"/manage/incidents/{begun.public_id}/", {"text_fr": "Rattrapé.", "text_en": "Made good."}
    )
    assert [one.pk for one in service(NOW).incidents] == [begun.pk]


@pytest.mark.parametrize("count", [1, 20])
def test_it_asks_as_much_however_much_there_is(client, django_assert_num_queries, count):
    sam = make_sam()
    for _n in range(count):
        found = make_incident(actor_id=sam.pk)
        incidents.say(
            incident_id=found.pk, text=Words(fr="Oui.", en="Yes."), actor_id=sam.pk, now=NOW
        )
    with django_assert_num_queries(7):
        assert client.get("/status/").status_code == 200
    with django_assert_num_queries(0):
        assert client.get("/status/").status_code == 200


def test_a_partner_reads_it_too(client):
    client.force_login(person_of(make_ada()))
    assert client.get("/status/").status_code == 200
    assert client.post("/status/").status_code == 405


def test_every_page_leads_to_it_from_its_foot(client):
    leads = '<a href="/status/">Does everything run?</a>'
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    for address in ("/", "/status/", "/account/login/"):
        assert leads in client.get(address, follow=True).text, address
    for person, address in ((person_of(make_ada()), "/portal/"), (make_sam(), "/manage/")):
        client.force_login(person)
        assert leads in client.get(address).text, address
