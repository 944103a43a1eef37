"""Webhooks and postbacks in the browser, of an affiliate and of the programme."""

import re
from datetime import timedelta

import pytest
import time_machine
from jsonschema import Draft202012Validator

from affiliates.domain.event_types import EVENT_TYPES, PING, Audience, types_for
from affiliates.models import Endpoint, EventDelivery, Membership
from affiliates.services import endpoints
from affiliates.services.event_sending import settle
from affiliates.services.events import Fact, tell
from portal.webhook_language import GROUPS
from tests.affiliates.hook_world import (
    Clock,
    Scripted,
    make_endpoint,
    make_own_endpoint,
    told,
    turn,
)
from tests.builders import NOW, PASSWORD, make_user
from tests.people import make_ada, make_fin, make_mallory, make_sam, person_of

pytestmark = pytest.mark.django_db

LIST, OWN = "/portal/webhooks/", "/manage/webhooks/"
SALES = ["sale.tracked", "sale.approved"]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada():
    return make_ada()


@pytest.fixture
def portal(browse, ada):
    return browse(person_of(ada))


def page_of(endpoint):
    return f"{LIST}{endpoint.public_id}/"


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_first_visit_says_what_it_is_for(portal):
    answer = portal.get(LIST)
    assert "Nobody is told yet" in text(answer)
    assert "New postback" in text(answer)


def test_a_webhook_is_made_and_its_secret_is_shown_this_once(portal, ada):
    answer = portal.post(
        f"{LIST}new/",
        {"name": "Till", "url": "https://hooks.example/a", "events_0": SALES},
    )
    endpoint = Endpoint.objects.get()
    assert (endpoint.affiliate, endpoint.kind, endpoint.method) == (ada, "webhook", "POST")
    assert sorted(endpoint.subscriptions.values_list("type", flat=True)) == sorted(SALES)
    assert endpoint.secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    for address in (LIST, page_of(endpoint), f"{page_of(endpoint)}edit/"):
        assert endpoint.secret not in portal.get(address).content.decode()


def test_a_postback_is_made_with_its_macros(portal):
    asked = portal.get(f"{LIST}new/?kind=postback")
    assert "{sale_ref}" in text(asked)
    url = "https://t.example/p?c={sub1}&amp;s={commission}"
    portal.post(
        f"{LIST}new/?kind=postback",
        {"name": "Tracker", "url": url, "method": "GET", "events_0": ["sale.approved"]},
    )
    endpoint = Endpoint.objects.get()
    assert (endpoint.kind, endpoint.method, endpoint.secret) == ("postback", "GET", "")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"url": "http://hooks.example/"}, "Give a public address"),
        ({"url": "https://10.0.0.1/"}, "Give a public address"),
        ({"events_0": []}, "Choose at least one event"),
        ({"events_0": ["batch.sent"]}, "Select a valid choice"),
        ({"name": ""}, "required"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(portal, said, why):
    entered = {"name": "Till", "url": "https://hooks.example/a", "events_0": SALES, **said}
    answer = portal.post(f"{LIST}new/", entered)
    assert answer.status_code == 422
    assert why in text(answer)
    assert not Endpoint.objects.exists()


def test_the_sixth_is_not_offered_and_says_why(portal, ada):
    for _number in range(5):
        make_endpoint(ada)
    assert "There may be 5. Delete one first." in text(portal.get(LIST))


def test_an_address_is_changed_with_what_it_wants(portal, ada):
    endpoint = make_endpoint(ada)
    asked = text(portal.get(f"{page_of(endpoint)}edit/"))
    assert 'value="sale.tracked"' in asked
    answer = portal.post(
        f"{page_of(endpoint)}edit/",
        {"name": "Two", "url": "https://two.example/", "events_1": ["payout.paid"]},
    )
    assert answer["Location"] == page_of(endpoint)
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.url) == ("Two", "https://two.example/")
    assert list(endpoint.subscriptions.values_list("type", flat=True)) == ["payout.paid"]


def test_a_new_secret_is_shown_once_and_both_sign_for_a_day(portal, ada):
    endpoint = make_endpoint(ada)
    answer = portal.post(f"{page_of(endpoint)}secret/")
    old, endpoint = endpoint.secret, Endpoint.objects.get()
    assert endpoint.secret in answer.content.decode()
    assert old not in answer.content.decode()
    assert "Two secrets sign until" in text(portal.get(page_of(endpoint)))


def test_a_stolen_session_makes_and_moves_no_address_and_sees_no_secret(client, ada, settings):
    settings.ON_THIS_MACHINE = False
    endpoint = make_endpoint(ada)
    client.force_login(person_of(ada))
    entered = {"name": "Till", "url": "https://two.example/", "events_0": SALES}

    for address, said in (
        (f"{LIST}new/", entered), (f"{page_of(endpoint)}edit/", entered),
        (f"{page_of(endpoint)}secret/", {}),
    ):  # fmt: skip
        asked = client.post(address, said)["Location"]
        assert asked.startswith("/account/reauthenticate/"), address

    kept = Endpoint.objects.get()
    assert (kept.url, kept.secret) == (endpoint.url, endpoint.secret)


def test_who_proves_who_they_are_needs_not_type_it_again(client, ada, settings):
    settings.ON_THIS_MACHINE = False
    client.force_login(person_of(ada))
    tracker = {"name": "Tracker", "url": "https://t.example/?s={sale_ref}", "method": "GET",
               "events_0": SALES, "kind": "postback"}  # fmt: skip
    page = client.get(f"{LIST}new/?kind=postback").content.decode()
    assert f'action="{LIST}new/"' in page
    assert '<input type="hidden" name="kind" value="postback">' in page

    asked = client.post(f"{LIST}new/", tracker)["Location"]
    client.post(asked, {"password": PASSWORD})

    made = Endpoint.objects.get()
    assert (made.kind, made.url, made.method) == ("postback", tracker["url"], "GET")


def test_pausing_going_on_and_deleting(portal, ada):
    endpoint = make_endpoint(ada)
    portal.post(f"{page_of(endpoint)}pause/")
    paused = text(portal.get(page_of(endpoint)))
    assert "Events wait until you let it go on" in paused or "Paused" in paused
    assert "Let it go on first." in paused
    portal.post(f"{page_of(endpoint)}resume/")
    assert Endpoint.objects.get().is_active
    assert portal.post(f"{page_of(endpoint)}delete/")["Location"] == LIST
    assert portal.get(page_of(endpoint)).status_code == 404


def test_the_log_shows_what_was_sent_and_is_narrowed(portal, ada):
    endpoint = make_endpoint(ada)
    told(endpoint, 1)
    turn(endpoint, Scripted(200), Clock())
    failed = told(endpoint, 2)
    EventDelivery.objects.filter(pk=failed.pk).update(status="failed", http_status=404)

    everything = text(portal.get(page_of(endpoint)))
    assert "HTTP 200" in everything
    assert "HTTP 404" in everything
    only = text(portal.get(f"{page_of(endpoint)}?status=failed"))
    assert "HTTP 200" not in only
    assert "HTTP 404" in only
    none = text(portal.get(f"{page_of(endpoint)}?event=payout.paid"))
    assert "Nothing like that was sent" in none
    assert portal.get(f"{page_of(endpoint)}?status=x&event=y&cursor=z").status_code == 200


def test_one_delivery_shows_request_and_answer_as_text(portal, ada):
    endpoint = make_endpoint(ada)
    delivery = told(endpoint, url="https://shop.example/<b>")
    answer = Scripted(200).send("POST", "", headers={})
    said = type(answer)(status=500, body=b"<script>alert(1)</script>", duration_ms=31)
    settle(delivery_id=delivery.pk, answer=said, now=NOW)

    shown = portal.get(f"{page_of(endpoint)}deliveries/{delivery.pk}/").content.decode()

    assert "HTTP 500" in shown
    assert "31 ms" in shown
    assert str(delivery.event.public_id) in shown
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert endpoint.secret not in shown


def test_events_are_sent_again_one_and_all(portal, ada):
    endpoint = make_endpoint(ada)
    deliveries = [told(endpoint, number) for number in (1, 2)]
    turn(endpoint, Scripted(410), Clock())
    again = f"{page_of(endpoint)}deliveries/{deliveries[0].pk}/resend/"
    portal.post(again)
    assert EventDelivery.objects.filter(status="failed").count() == 2, "it is switched off"

    endpoints.resume(endpoint_id=endpoint.pk, actor_id=make_user().pk, now=NOW)
    portal.post(again)
    assert EventDelivery.objects.filter(status="waiting").count() == 1
    portal.post(f"{page_of(endpoint)}resend/", {"since": "2026-06-15"})
    assert EventDelivery.objects.filter(status="waiting").count() == 2
    assert portal.post(f"{page_of(endpoint)}resend/", {"since": "soon"}).status_code == 302


def test_a_try_is_written_and_stands_in_the_log(portal, ada):
    endpoint = make_endpoint(ada)
    portal.post(f"{page_of(endpoint)}test/")
    assert EventDelivery.objects.get().event.type == PING
    assert "A try" in text(portal.get(page_of(endpoint)))


def test_too_many_tries_and_repetitions_a_minute_are_refused(portal, ada, settings):
    settings.WEBHOOK_ASKS_PER_MINUTE = 1
    endpoint = make_endpoint(ada)
    delivery = told(endpoint)
    said = text(portal.post(f"{page_of(endpoint)}test/", follow=True))
    assert "A try is on its way" in said
    for act, fields in (
        ("test", {}), (f"deliveries/{delivery.pk}/resend", {}), ("resend", {"since": "2026-06-15"}),
    ):  # fmt: skip
        said = text(portal.post(f"{page_of(endpoint)}{act}/", fields, follow=True))
        assert "1 try or repetition a minute is enough" in said, act
    assert EventDelivery.objects.filter(event__type=PING).count() == 1


def test_one_that_rests_because_it_is_slow_says_so(portal, ada):
    endpoint = make_endpoint(ada)
    assert "It answers slowly" not in text(portal.get(page_of(endpoint)))
    until = NOW + timedelta(minutes=5)
    Endpoint.objects.update(slow_turns=1, rests_until=until)
    assert "It answers slowly" in text(portal.get(page_of(endpoint)))


def test_switched_off_says_why_and_how_it_goes_on(portal, ada):
    endpoint = make_endpoint(ada)
    told(endpoint)
    turn(endpoint, Scripted(410), Clock())
    shown = text(portal.get(page_of(endpoint)))
    assert "It answered 410: gone." in shown
    assert "Switch on" in shown


# --- strangers, and the programme -------------------------------------------------------


def test_nobody_else_finds_them(browse, ada):
    endpoint = make_endpoint(ada)
    delivery = told(endpoint)
    mallory = browse(person_of(make_mallory()))
    gets = [page_of(endpoint), f"{page_of(endpoint)}edit/",
            f"{page_of(endpoint)}deliveries/{delivery.pk}/"]  # fmt: skip
    posts = [f"{page_of(endpoint)}{act}/" for act in
             ("secret", "pause", "resume", "delete", "test", "resend")]  # fmt: skip
    posts.append(f"{page_of(endpoint)}deliveries/{delivery.pk}/resend/")
    for address in gets:
        assert mallory.get(address).status_code == 404, address
    for address in posts:
        assert mallory.post(address).status_code == 404, address
    for user in (make_sam(), make_fin()):
        assert browse(user).get(page_of(endpoint)).status_code == 403


def test_a_delivery_of_another_address_is_not_found_under_ones_own(portal, ada):
    mine, theirs = make_endpoint(ada), make_endpoint(make_mallory())
    delivery = told(theirs)
    assert portal.get(f"{page_of(mine)}deliveries/{delivery.pk}/").status_code == 404
    assert portal.post(f"{page_of(mine)}deliveries/{delivery.pk}/resend/").status_code == 404


def test_only_owners_of_an_account_get_in(browse, ada):
    Membership.objects.update(role="manager", is_owner=False)
    assert browse(person_of(ada)).get(LIST).status_code == 403


def test_managers_have_the_programmes_own_and_finance_has_none(browse):
    endpoint = make_own_endpoint()
    tell([Fact(type="batch.sent", key="1", at=NOW)], now=NOW)
    sam = browse(make_sam())
    shown = text(sam.get(f"{OWN}{endpoint.public_id}/"))
    assert "A batch is sent" in shown
    assert "New postback" not in text(sam.get(OWN))
    sam.post(
        f"{OWN}new/", {"name": "Chat", "url": "https://c.example/", "events_4": ["batch.sent"]}
    )
    assert Endpoint.objects.filter(affiliate__isnull=True).count() == 2
    assert browse(make_fin()).get(OWN).status_code == 403


def test_a_manager_does_not_find_an_affiliates_address_among_the_programmes(browse, ada):
    endpoint = make_endpoint(ada)
    assert browse(make_sam()).get(f"{OWN}{endpoint.public_id}/").status_code == 404


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_and_the_log_ask_as_often_for_one_as_for_many(
    portal, ada, count, django_assert_max_num_queries
):
    made = [make_endpoint(ada) for _number in range(count)]
    for number in range(1, count * 6):
        told(made[0], number)
    with django_assert_max_num_queries(20):
        portal.get(LIST)
    with django_assert_max_num_queries(22):
        portal.get(page_of(made[0]))


# --- schemas ----------------------------------------------------------------------------


def test_schemas_are_published_to_anybody(client):
    for name in (*EVENT_TYPES, PING):
        answer = client.get(f"/webhooks/events/{name}.json")
        assert answer["Content-Type"] == "application/schema+json"
        body = answer.json()
        Draft202012Validator(body).validate(body["examples"][0])
    assert client.get("/webhooks/events/sale.deleted.json").status_code == 404


def test_every_event_is_called_something_and_stands_in_one_group():
    grouped = [name for _label, events in GROUPS for name in events]
    assert sorted(grouped) == sorted(EVENT_TYPES)
    for _label, events in GROUPS:
        for audience in Audience:
            assert set(events) <= set(types_for(audience)) or not set(events) & set(
                types_for(audience)
            )
