"""Mails of the week, of codes that travel, of tracking that fails and of batches that wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from affiliates.models import AffiliateStatus, Membership
from core.models import Delivery, LetterChoice
from fraud.models import Observation
from payouts.services import batch_mails
from payouts.services.batches import send_back, submit
from portal.letters import code_leak, tracking_failing, week
from tests.builders import NOW, make_affiliate, make_click, make_code, make_link, make_user
from tests.payouts.paydays import PAYDAY, approve, finance, make_due, submitted
from tests.payouts.stories import accrued
from tests.people import make_sam
from tests.portal_staff.tracking_world import make_host
from tracking.models import SpoolFile

#: NOW is a Monday, 15 June 2026; this is the Monday after it, 8:00 in Paris.
MONDAY = datetime(2026, 6, 22, 6, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def _affiliate(language="en", **overrides):
    return make_affiliate(user=make_user(language=language, name="Ada"), **overrides)


def _mails(kind):
    return list(Delivery.objects.filter(kind=kind).order_by("pk"))


# The week.


def _sold(language="en"):
    ada = _affiliate(language)
    link = make_link(ada)
    for days in (0, 1, 9):
        make_click(link, clicked_at=NOW - timedelta(days=days) + timedelta(days=1))
    accrued(ada)
    return ada


def test_a_week_is_told_on_monday_beside_the_one_before():
    _sold()

    assert [week.tell(now=MONDAY + timedelta(hours=n)) for n in (0, 1)] == [1, 0]

    (mail,) = _mails("week_summary")
    assert mail.subject == "Your week: €10.00"
    assert "From 15 June 2026 to 21 June 2026" in mail.body
    assert "Orders: 1 (before: 0)" in mail.body
    assert "Commissions: €10.00 (before: €0.00)" in mail.body
    assert "1, €10.00" in mail.body
    assert "/portal/sales/?range=custom&from=2026-06-15&to=2026-06-21" in mail.body


def test_a_week_counts_its_orders_state_by_state_as_it_counts_them_together():
    ada = _affiliate()
    order = accrued(ada).credit.order
    accrued(ada, follows=order, is_addition=True)
    accrued(ada, is_test=True)
    accrued(ada, decision="refuse")

    week.tell(now=MONDAY)

    body = _mails("week_summary")[0].body
    assert "Orders: 2 (before: 0)" in body
    assert "Commissions: €20.00" in body
    _, stand = body.split("Where these sales stand now:\n")
    rows = [line.split(": ")[1] for line in stand.split("\n\n")[0].splitlines()]
    assert rows == ["1, €20.00", "1, €0.00"]


def test_a_week_says_what_an_edit_added_where_its_order_stands_elsewhere():
    ada = _affiliate()
    order = accrued(ada, decision="refuse").credit.order
    accrued(ada, follows=order, is_addition=True)

    week.tell(now=MONDAY)

    body = _mails("week_summary")[0].body
    assert "Orders: 1 (before: 0)" in body
    assert "0, €10.00" in body
    assert "1, €0.00" in body


def test_a_week_is_told_in_french():
    _sold("fr")
    week.tell(now=MONDAY)

    assert _mails("week_summary")[0].body.startswith("Bonjour Ada")


@pytest.mark.parametrize("now", [MONDAY - timedelta(minutes=1), MONDAY + timedelta(days=3)])
def test_a_week_is_told_from_monday_at_eight_to_wednesday_alone(now):
    _sold()

    assert week.tell(now=now) == 0


def test_a_week_without_a_sale_a_closed_account_and_whoever_wants_none_are_not_told():
    make_click(make_link(_affiliate()), clicked_at=NOW)
    closed, quiet = _sold(), _sold()
    closed.status = AffiliateStatus.CLOSED
    closed.save()
    person = Membership.objects.get(affiliate=quiet).user
    LetterChoice.objects.create(person=person, kind="week_summary", mail="off", in_app=False)

    week.tell(now=MONDAY)

    assert _mails("week_summary") == []


# Codes that travel.


def _observed(ada, **overrides):
    return Observation.objects.create(
        **{
            "affiliate": ada,
            "code": "leaked_code",
            "version": 1,
            "family": "statistics",
            "severity": "review",
            "evidence": {"by_code_only": 41, "orders": 52},
            "first_seen_at": NOW,
            "last_seen_at": NOW,
            **overrides,
        }
    )


def test_a_code_that_travels_is_told_to_both_sides_once():
    sam = make_sam()
    ada = _affiliate()
    make_code(ada, code="ADA10")
    _observed(ada)

    assert [code_leak.tell(now=NOW + timedelta(hours=n)) for n in (0, 1)] == [1, 0]

    (mail,) = _mails("code_travels")
    assert "41 of your 52 orders used ADA10" in mail.body
    assert "/portal/codes/" in mail.body
    (told,) = _mails("code_leaked")
    assert told.recipient == sam.email
    assert ada.name in told.subject
    assert f"/manage/affiliates/{ada.public_id}/" in told.body


def test_a_finding_that_comes_back_within_a_month_is_not_told_again():
    ada = _affiliate()
    first = _observed(ada)
    code_leak.tell(now=NOW)
    Observation.objects.filter(pk=first.pk).update(ended_at=NOW)
    _observed(ada, first_seen_at=NOW + timedelta(days=5))

    assert code_leak.tell(now=NOW + timedelta(days=5)) == 0
    assert code_leak.tell(now=NOW + timedelta(days=31)) == 1


@pytest.mark.parametrize(
    "overrides",
    [
        {"severity": "info"},
        {"is_shadow": True},
        {"ended_at": NOW},
        {"code": "many_returns"},
        {"first_seen_at": NOW - timedelta(days=40)},
    ],
)
def test_what_is_said_aloud_tried_out_or_over_is_not_told(overrides):
    make_sam()
    _observed(_affiliate(), **overrides)

    assert code_leak.tell(now=NOW) == 0
    assert not Delivery.objects.exists()


# Tracking that fails.


def test_lost_visits_are_told_to_managers_once_a_day():
    sam = make_sam()
    make_host()
    assert tracking_failing.tell(now=NOW) == 0

    SpoolFile.objects.create(host="web-1", name="a", lost=3, began_at=NOW, updated_at=NOW)

    assert [tracking_failing.tell(now=NOW + timedelta(minutes=n)) for n in (0, 1)] == [1, 0]
    (mail,) = _mails("tracking_failing")
    assert mail.recipient == sam.email
    assert mail.subject == "Tracking: Records lost"
    assert "/manage/incidents/new/?from=tracking" in mail.body


def test_a_machine_that_starts_anew_wakes_nobody():
    make_sam()
    make_host(beat_at=NOW - timedelta(minutes=5))
    assert tracking_failing.tell(now=NOW) == 0
    assert tracking_failing.tell(now=NOW + timedelta(minutes=10)) == 1


# Batches that wait.


def test_a_batch_is_told_to_who_may_approve_and_once_more_after_a_day():
    make_due()
    maker, other = finance(), finance()
    batch = submitted(maker=maker)

    times = [timedelta(0), timedelta(hours=1), timedelta(hours=24), timedelta(hours=48)]
    assert [batch_mails.tell(now=PAYDAY + later) for later in times] == [1, 0, 1, 0]

    first, again = _mails("batch_waiting")
    assert {first.recipient, again.recipient} == {other.email}
    assert batch.reference in first.subject
    assert f"/finance/batches/{batch.public_id}/" in first.body
    assert "more than a day" in again.body
    assert "more than a day" not in first.body


def test_a_batch_that_was_sent_back_and_submitted_anew_is_told_anew():
    make_due()
    maker, other = finance(), finance()
    batch = submitted(maker=maker)
    batch_mails.tell(now=PAYDAY)
    later = PAYDAY + timedelta(minutes=5)
    send_back(batch_id=batch.pk, actor_id=other.pk, reason="Look again.", now=later)
    assert batch_mails.tell(now=later) == 0
    submit(batch_id=batch.pk, actor_id=maker.pk, now=later)

    assert batch_mails.tell(now=later) == 1


def test_an_approved_batch_and_one_that_nobody_may_approve_are_not_told():
    make_due()
    batch = submitted(maker=finance())
    assert batch_mails.tell(now=PAYDAY) == 0
    approve(batch, finance())

    assert batch_mails.tell(now=PAYDAY) == 0
    assert _mails("batch_waiting") == []
