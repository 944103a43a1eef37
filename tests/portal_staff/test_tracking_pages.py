"""How recording goes, the landings of a day, and what could not be recorded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from portal.tracking_tables import shown_line
from shop.models import InboundEvent, InboundStatus
from tests.builders import (
    NOW,
    make_credit,
    make_link,
    make_order,
    make_return,
    make_shop,
)
from tests.portal_staff.tracking_world import (
    NAMES,
    land,
    make_everything,
    make_host,
    make_step,
    page,
)
from tests.portal_staff.world import make_failed_event
from tracking.domain.navigation import Fact
from tracking.domain.references import new_reference, to_uuid
from tracking.models import SpoolFile, SpoolReject

pytestmark = pytest.mark.django_db


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


# --- rejects ------------------------------------------------------------------------


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


# --- questions to the database ------------------------------------------------------


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
