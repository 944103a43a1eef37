"""Tracking for managers: health in words, the live stream, rejects, the tag debugger."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from portal.tracking_tables import shown_line
from shop.models import InboundEvent, InboundStatus, WebhookSecret
from tests.builders import (
    NOW,
    make_affiliate,
    make_attribution,
    make_click,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_return,
    make_shop,
)
from tests.people import make_sam
from tests.portal_staff.world import make_failed_event
from tracking.domain.navigation import Fact
from tracking.domain.references import new_reference, to_text, to_uuid
from tracking.models import JourneyEvent, SpoolFile, SpoolHost, SpoolReject
from tracking.services.clicks import Landing, record_many

pytestmark = pytest.mark.django_db

NAMES = [
    "tracking", "tracking-stream", "tracking-rejects", "tracking-debug", "tracking-installation",
    "tracking-visit",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)
    cache.clear()


@pytest.fixture
def sam(client):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(client, name, headers=None, **query):
    answer = client.get(reverse(f"portal:{name}"), query, headers=headers or {})
    assert answer.status_code == 200, answer.headers
    return " ".join(answer.content.decode().split())


def make_host(**overrides):
    fields = {"name": "web-1", "watermark": NOW, "beat_at": NOW, **overrides}
    return SpoolHost.objects.create(**fields)


def make_step(visitor, kind="page_view", **overrides):
    fields = {
        "at": NOW - timedelta(minutes=90), "visitor": visitor, "shop_id": make_shop().pk,
        "kind": kind, "data": {"path": "/dresses"}, **overrides,
    }  # fmt: skip
    return JourneyEvent.objects.create(**fields)


def land(link, number=1, *, consent=False, navigation="followed", host="blog.example", **more):
    at = more.pop("at", NOW - timedelta(minutes=10))
    landing = Landing(
        link=link, consent=consent, navigation=navigation, referrer_host=host, at=at, **more
    )
    return record_many([landing] * number, now=NOW)


# --- overview ----------------------------------------------------------------------


def test_nothing_recorded_yet_says_how_to_begin(sam):
    shown = page(sam, "tracking")

    assert "No machine has recorded anything yet" in shown
    assert "bin/manage ship_clicks" in shown


def test_recording_is_said_in_words(sam):
    make_host(watermark=NOW - timedelta(seconds=1))

    shown = page(sam, "tracking")

    assert "Landings are being recorded, and every one of them reaches the reports." in shown
    assert "1 second ago" not in shown  # The machine's sign is of now.


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"beat_at": NOW - timedelta(seconds=61)}, "The shipper of web-1 has said nothing for 61"),
        ({"watermark": NOW - timedelta(minutes=3)}, "the reports are 3 minutes behind"),
    ],
)
def test_a_machine_that_is_late_or_silent(sam, fields, sentence):
    make_host(**fields)

    assert sentence in page(sam, "tracking")
    assert sentence in page(sam, "manage-home")


def test_silence_is_an_alarm_only_after_a_minute(sam):
    make_host(beat_at=NOW - timedelta(seconds=60))

    assert "has said nothing" not in page(sam, "tracking")


def test_lost_records_of_today_are_an_alarm_and_old_ones_a_number(sam):
    make_host(lost=5)
    old = SpoolFile.objects.create(
        name="a", host="web-1", lost=5, began_at=NOW, updated_at=NOW - timedelta(hours=25)
    )

    assert "was lost" not in page(sam, "tracking")

    old.updated_at = NOW
    old.save()
    assert "5 records of the last 24 hours were lost" in page(sam, "tracking")


def test_the_day_is_told_apart_by_consent_way_site_and_shop(sam):
    link = make_link()
    other = make_link(shop=make_shop(code="boutique", name="Boutique"))
    land(link, 3)
    land(link, 1, consent=True)
    land(link, 2, navigation="bot", host="")
    land(other, 4, host="m.blog.example")
    # Consent that came later: its landing is counted already.
    land(link, 1, consent=True, facts=int(Fact.EXCHANGED))

    answer = sam.get(reverse("portal:tracking"))
    day, ways = answer.context["day"], {row.label: row.number for row in answer.context["ways"]}

    assert (day.total.visits, day.total.consented, day.total.others) == (8, 2, 2)
    assert day.today.visits == 8
    assert ways == {"Followed on another site": 8, "A robot that says so": 2}
    assert [(row.label, row.number) for row in answer.context["hosts"]] == [
        ("blog.example", 4), ("m.blog.example", 4),
    ]  # fmt: skip
    assert [(row.name, row.landings.visits) for row in answer.context["shops"]] == [
        ("Atelier", 4), ("Boutique", 4),
    ]  # fmt: skip


def test_landings_of_yesterday_are_not_of_today(sam):
    link = make_link()
    land(link, 2, at=NOW - timedelta(hours=13))
    land(link, 3, at=NOW - timedelta(hours=24))

    day = sam.get(reverse("portal:tracking")).context["day"]

    assert (day.total.visits, day.today.visits) == (2, 0)
    assert len(day.hours) == 24


# --- live --------------------------------------------------------------------------


def make_everything():
    """One of each thing that the stream shows; return the reference it must not show."""
    link = make_link(make_affiliate(name="Le Carnet"), code="ete")
    [reference] = land(link, consent=True)
    make_click(link, visitor=to_uuid(reference), ip_hash=-8_123_456_789_012_345_678,
               sub_id="bio", clicked_at=NOW - timedelta(minutes=5))  # fmt: skip
    land(link, 3)
    make_step(to_uuid(reference))
    order = make_order(number="WEB-7", click_tokens=[reference], received_at=NOW)
    make_credit(link.affiliate, order, link=link)
    make_return(order)
    make_failed_event()
    return reference


def test_the_stream_shows_every_kind(sam):
    make_everything()

    shown = page(sam, "tracking-stream")

    assert "Landing through /c/ete" in shown
    assert "Sub-id bio" in shown
    assert "3 landings without consent through /c/ete in the hour from 11:00" in shown
    assert "Page seen" in shown
    assert "Order WEB-7 received" in shown
    assert "Brought by Le Carnet" in shown
    assert "Return of order WEB-7" in shown
    assert "Delivery evt-1 could not be worked on" in shown


def test_the_stream_identifies_nobody(sam):
    reference = make_everything()

    for shown in (page(sam, "tracking-stream"), page(sam, "tracking-debug", order="WEB-7")):
        assert reference not in shown
        assert str(to_uuid(reference)) not in shown
        assert "8123456789012345678" not in shown.replace(",", "")


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ({"kind": "order"}, "Order WEB-7", "Landing through"),
        ({"kind": "click"}, "Landing through", "Order WEB-7"),
        ({"affiliate": "carnet"}, "Order WEB-7", "Page seen"),
        ({"affiliate": "nobody"}, "Nothing in 24 hours", "WEB-7"),
        ({"code": "ete"}, "Return of order WEB-7", "evt-1"),
        ({"code": "https://shop.example/c/ete"}, "Landing through /c/ete", "evt-1"),
        ({"code": "other"}, "Nothing in 24 hours", "WEB-7"),
        ({"shop": "atelier"}, "Page seen", "Nothing in 24 hours"),
        ({"shop": "unknown"}, "Nothing in 24 hours", "WEB-7"),
    ],
)
def test_the_stream_narrowed(sam, query, seen, unseen):
    make_everything()

    shown = page(sam, "tracking-stream", headers={"HX-Request": "true"}, **query)

    assert seen in shown
    assert unseen not in shown


def test_what_is_asked_again_is_the_list_alone(sam):
    make_everything()

    shown = page(sam, "tracking-stream", headers={"HX-Request": "true"})

    assert "<html" not in shown
    assert "data-live-list" in shown
    assert "data-live-part" in shown


def test_a_count_that_grew_has_another_version(sam):
    link = make_link(code="ete")
    land(link, 3)
    before = page(sam, "tracking-stream", headers={"HX-Request": "true"})
    land(link, 1)
    after = page(sam, "tracking-stream", headers={"HX-Request": "true"})

    assert 'data-version="3-0"' in before
    assert 'data-version="4-0"' in after


def test_the_hour_before_is_counted_for_ten_minutes_more(sam, time_machine):
    land(make_link(), 3)

    assert "in the hour from 11:00" in page(sam, "tracking-stream")

    time_machine.move_to(NOW + timedelta(minutes=10), tick=False)
    assert "in the hour from 11:00" not in page(sam, "tracking-stream")


def test_an_old_day_is_not_in_the_stream(sam):
    make_click(clicked_at=NOW - timedelta(hours=25))

    assert "Nothing in 24 hours" in page(sam, "tracking-stream")


def test_every_question_to_the_months_has_bounds(sam):
    """Clicks and steps are kept by the month: a query without bounds reads them all."""
    reference = make_everything()
    make_order(number="WEB-8", click_tokens=[reference], received_at=NOW)
    link = make_link(code="test")

    with CaptureQueriesContext(connection) as asked:
        page(sam, "tracking-stream")
        page(sam, "tracking-stream", affiliate="carnet")
        page(sam, "tracking")
        page(sam, "tracking-installation")
        page(sam, "tracking-debug", order="WEB-7")
        sam.get(reverse("portal:tracking-visit"), {"code": link.code}, follow=True)

    statements = [query["sql"] for query in asked]
    of_clicks = [sql for sql in statements if '"tracking_click"' in sql or "_click c" in sql]
    of_steps = [sql for sql in statements if '"tracking_journeyevent"' in sql]
    assert of_clicks
    assert of_steps
    assert all("clicked_at" in sql.partition("WHERE")[2] for sql in of_clicks)
    assert all('"at" >=' in sql for sql in of_steps)


def test_the_pages_ask_as_often_with_many_rows_as_with_one(sam):
    def count(name):
        page(sam, name)
        with CaptureQueriesContext(connection) as asked:
            page(sam, name)
        return len(asked)

    make_host()
    make_everything()
    few = {name: count(name) for name in NAMES}
    for number in range(10):
        link = make_link()
        [reference] = land(link, consent=True)
        land(link, 2)
        make_step(to_uuid(reference))
        order = make_order(received_at=NOW, click_tokens=[reference])
        make_credit(link.affiliate, order, link=link)
        make_return(order)
        make_failed_event()
        make_host(name=f"web-{number + 2}")
        SpoolReject.objects.create(
            file="a", at_byte=number, text=b"c\t1", reason="torn", noticed_at=NOW
        )

    assert {name: count(name) for name in NAMES} == few
    assert few["tracking"] <= 16
    assert few["tracking-stream"] <= 21
    assert few["tracking-debug"] <= 9
    assert few["tracking-installation"] <= 17


# --- rejects -----------------------------------------------------------------------


def test_rejects_are_shown_safely_and_without_references(sam):
    reference = new_reference()
    text = f"c\t1750000000000000\t7\t9\t{reference}\tfollowed\t0\t<b>host\x1b[0m\t0\t0\tFR\t-81234"
    SpoolReject.objects.create(
        file="web-1.spool", at_byte=17, text=text.encode() + b"\xff\n", reason="a bad checksum",
        noticed_at=NOW,
    )  # fmt: skip
    make_failed_event()

    shown = page(sam, "tracking-rejects")

    assert "a bad checksum" in shown
    assert "web-1.spool" in shown
    assert reference not in shown
    assert "-81234" not in shown
    assert "<b>host" not in shown
    assert "\x1b" not in shown
    assert "Replay" in shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"w\t12\tAAAAAAAAAAAAAAAAAAAAAA\t00ff00ff\n", "w | 12 | ······ | 00ff00ff"),
        (b"j\t12\t3\ttorn", "j | 12 | 3 | ······"),
        (b"0123456789abcdefghij\tx", "······ | x"),
        (b"1750000000000000\t-8123456789012345678", "1750000000000000 | ······"),
        (b"", ""),
    ],
)
def test_a_line_hides_what_tells_visitors_apart(raw, shown):
    assert shown_line(raw) == shown


def test_a_failed_delivery_is_replayed_from_there(sam):
    event = make_failed_event()

    sam.post(reverse("portal:inbound-replay", args=[event.pk]))

    assert InboundEvent.objects.get(pk=event.pk).status == InboundStatus.NEW
    assert AuditEntry.objects.filter(verb="inbound.replayed").count() == 1


# --- one order ---------------------------------------------------------------------


def test_an_order_without_a_reference_says_what_others_carry(sam):
    make_order(number="WEB-1")
    make_order(click_tokens=[new_reference()])

    shown = page(sam, "tracking-debug", order="WEB-1")

    assert "The order carried no ap_ref" in shown
    assert "Of the last 2 orders of this shop 1 carried one." in shown
    assert "Other orders carry one" in shown


def test_when_no_order_carries_one_the_shop_has_to_act(sam):
    make_order(number="WEB-1")

    shown = page(sam, "tracking-debug", order="WEB-1")

    assert "Of the last 1 order of this shop 0 carried one." in shown
    assert "No order carries one: let the checkout send" in shown


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("click-12", "something that is no reference of ours"),
        (new_reference(), "a reference under which nothing is recorded"),
    ],
)
def test_a_reference_that_is_not_ours_or_not_known(sam, token, sentence):
    make_order(number="WEB-1", click_tokens=[token])

    assert sentence in page(sam, "tracking-debug", order="WEB-1")


def test_a_whole_journey_to_a_decision(sam):
    link = make_link(make_affiliate(name="Le Carnet"), code="ete")
    click = make_click(link, referrer_host="blog.example", facts=int(Fact.HIDDEN_REDIRECTOR))
    for kind in ("landing", "basket_changed", "checkout_opened"):
        make_step(click.visitor, kind)
    make_code(link.affiliate, code="ETE10")
    order = make_order(
        number="WEB-1", click_tokens=[to_text(click.visitor)], codes=["ete10", "OTHER"]
    )
    make_credit(link.affiliate, order, link=link)

    shown = page(sam, "tracking-debug", order="#WEB-1".removeprefix("#"))

    assert "so the visitor had agreed" in shown
    assert "The visitor followed 1 link before the order" in shown
    assert "Landing through /c/ete of Le Carnet" in shown
    assert "blog.example · A hidden redirect came before ours" in shown
    assert "Landing page, basket and checkout were all seen." in shown
    assert "Codes of affiliates: ete10 (Le Carnet)." in shown
    assert "Codes that belong to nobody: OTHER." in shown
    assert "Credited to Le Carnet." in shown
    assert reverse("portal:order-detail", args=[order.pk]) in shown


def test_who_looks_at_a_journey_is_kept_once_an_hour(sam):
    click = make_click()
    make_order(number="WEB-1", click_tokens=[to_text(click.visitor)])
    make_order(number="WEB-2")

    for number in ("WEB-1", "WEB-1", "WEB-2"):
        page(sam, "tracking-debug", order=number)

    assert AuditEntry.objects.filter(verb="order.journey_viewed").count() == 1


def test_missing_steps_are_named(sam):
    click = make_click()
    make_step(click.visitor, "landing")
    make_order(number="WEB-1", click_tokens=[to_text(click.visitor)])

    shown = page(sam, "tracking-debug", order="WEB-1")

    assert "Steps were seen, but not: the basket, the checkout." in shown


def test_the_message_that_brought_the_order(sam):
    order = make_order(number="WEB-1", external_id="order-9", received_at=NOW)
    make_attribution(order)
    done = {
        "status": InboundStatus.DONE, "status_changed_at": NOW,
        "received_at": NOW - timedelta(seconds=2),
    }  # fmt: skip
    make_failed_event(**done, event_id="evt-a", body=b'{"id": "order-8"}')
    make_failed_event(**done, event_id="evt-b", body=b'{"id": "order-9"}')

    shown = page(sam, "tracking-debug", order="WEB-1")

    assert "Its signature was right." in shown
    assert "evt-b" in shown
    assert "evt-a" not in shown
    assert "It is one of" not in shown


def test_deliveries_whose_bytes_are_gone_cannot_be_told_apart(sam):
    make_order(number="WEB-1", received_at=NOW)
    done = {"status": InboundStatus.DONE, "status_changed_at": NOW, "body": b""}
    make_failed_event(**done)
    make_failed_event(**done)

    assert "It is one of 2 deliveries" in page(sam, "tracking-debug", order="WEB-1")


def test_an_order_that_was_imported_had_no_message(sam):
    make_order(number="WEB-1")

    assert "No signed delivery is on record" in page(sam, "tracking-debug", order="WEB-1")


def test_a_number_of_several_shops_asks_which(sam):
    first = make_order(number="WEB-1")
    make_order(number="WEB-1", shop=make_shop(code="boutique", name="Boutique"))

    assert "Several orders have this number" in page(sam, "tracking-debug", order="WEB-1")
    shown = page(sam, "tracking-debug", order="WEB-1", id=str(first.pk))
    assert "What we know" in shown


def test_an_unknown_number_and_a_nul(sam):
    assert "No order has this number" in page(sam, "tracking-debug", order="nothing")
    for name in NAMES:
        for parameter in ("order", "id", "code", "mark", "affiliate", "shop", "kind", "cursor"):
            page(sam, name, **{parameter: "\0"})


# --- installation ------------------------------------------------------------------


def states(client):
    [shop] = client.get(reverse("portal:tracking-installation")).context["shops"]
    return {check.title: check.state for check in shop["checks"]}


def test_a_new_shop_has_everything_before_it(sam):
    make_shop(link_origin="https://shop.example")

    assert set(states(sam).values()) == {"missing"}


def test_a_shop_where_everything_works(sam):
    shop = make_shop(link_origin="https://shop.example")
    link = make_link()
    [reference] = land(link, consent=True, facts=int(Fact.STRICT_SEEN))
    make_step(to_uuid(reference), "landing", data={"path": "/", "redirects": 1})
    make_order(received_at=NOW, click_tokens=[reference])
    make_failed_event(shop=shop, status=InboundStatus.DONE)

    assert set(states(sam).values()) == {"ok"}


def test_a_shop_that_passes_nothing_on(sam):
    make_shop(link_origin="https://shop.example")
    link = make_link()
    land(link, consent=True)
    make_order(received_at=NOW, click_tokens=["something"])
    make_order(received_at=NOW, click_tokens=[new_reference()])
    make_failed_event()

    found = states(sam)

    assert found["/c/ on the shop's own origin"] == "warning"
    assert found["ap.js reports landings"] == "warning"
    assert found["Consent is seen"] == "ok"
    assert found["References of orders are known"] == "warning"
    assert found["Deliveries are worked on"] == "warning"


def test_orders_without_references_and_visits_without_consent(sam):
    make_shop()
    land(make_link(), 2)
    make_order(received_at=NOW)
    make_order(received_at=NOW, is_test=True, click_tokens=[new_reference()])

    found = states(sam)

    assert found["/c/ on the shop's own origin"] == "missing"
    assert found["Consent is seen"] == "warning"
    assert found["Orders carry ap_ref"] == "warning"


def test_wrong_signatures_are_counted_for_a_day(client, time_machine):
    shop = make_shop()
    WebhookSecret.objects.create(shop=shop, secret="s" * 32, created_at=NOW)
    for signature in ("t=1,v1=" + "0" * 64, "nonsense"):
        client.post(
            f"/webhooks/{shop.code}/", json.dumps({}), content_type="application/json",
            headers={"Apport-Event-Id": "a", "Apport-Signature": signature},
        )  # fmt: skip
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    assert "2 deliveries were refused" in page(client, "tracking-installation")

    time_machine.move_to(NOW + timedelta(hours=26), tick=False)
    assert "were refused" not in page(client, "tracking-installation")


# --- a test visit ------------------------------------------------------------------


def begun(client, link):
    answer = client.get(reverse("portal:tracking-visit"), {"code": f"/c/{link.code}"}, follow=True)
    return answer.context["visit"], answer.redirect_chain[0][0], answer.content.decode()


def test_a_test_visit_has_an_address_with_a_mark_of_its_own(sam):
    link = make_link(make_affiliate(), code="ete")

    first, _address, shown = begun(sam, link)
    second, _address, _shown = begun(sam, link)

    assert f"/c/ete?sub={first.mark}" in shown
    assert first.mark != second.mark


def test_what_arrives_of_a_test_visit(sam, time_machine):
    link = make_link(code="ete")
    land(link, 2)
    visit, address, shown = begun(sam, link)
    assert "Open the test address in another window." in shown

    time_machine.move_to(NOW + timedelta(seconds=5), tick=False)
    click = make_click(link, sub_id=visit.mark, clicked_at=NOW + timedelta(seconds=2))
    make_click(link, sub_id="debug-other1", clicked_at=NOW + timedelta(seconds=2))
    make_step(click.visitor, "landing", at=NOW + timedelta(seconds=3), data={"path": "/linen"})
    make_order(
        number="T-1", received_at=NOW + timedelta(seconds=4),
        click_tokens=[to_text(click.visitor)],
    )  # fmt: skip
    answer = sam.get(address, headers={"HX-Request": "true"})
    steps = {step.title: step for step in answer.context["steps"]}

    assert steps["Landing"].text == "12:00:02, with consent: Followed on another site."
    assert steps["Landing page seen"].text == "12:00:03, /linen"
    assert steps["Order with ap_ref"].is_here
    assert not steps["Basket changed"].is_here
    assert to_text(click.visitor) not in answer.content.decode()


def test_without_consent_only_the_count_tells(sam):
    link = make_link(code="ete")
    land(link, 2, at=NOW)
    _visit, address, _shown = begun(sam, link)
    land(link, 1, at=NOW)

    shown = sam.get(address).content.decode()

    assert "1 landing without consent was counted for this link since you began" in shown


def test_an_old_visit_is_no_longer_followed(sam, time_machine):
    link = make_link(code="ete")
    _visit, address, _shown = begun(sam, link)

    time_machine.move_to(NOW + timedelta(minutes=31), tick=False)

    shown = sam.get(address).content.decode()
    assert "no longer followed" in shown
    assert "hx-get" not in shown


def test_a_mark_that_nobody_here_made_begins_anew(sam):
    link = make_link(code="ete")

    for mark, since in (("<script>", "1"), ("debug-aaaaaa", "1"), ("debug-aaaaaa", "9" * 12)):
        answer = sam.get(
            reverse("portal:tracking-visit"),
            {"code": link.code, "mark": mark, "since": since, "base": "0"},
        )
        assert answer.status_code == 302


def test_a_code_that_no_link_has(sam):
    assert "No link has this code" in page(sam, "tracking-visit", code="nothing")
