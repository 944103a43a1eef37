"""Incidents (docs/rules/incidents.md): told in both languages, ended once, mailed once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus, Impact, Incident, IncidentUpdate, ServicePart
from affiliates.services import incidents
from affiliates.services.incidents import IncidentRefused, Words
from core.models import AuditEntry, Delivery
from tests.builders import NOW, make_affiliate, make_user
from tests.people import make_sam

HOUR = timedelta(hours=1)
TITLE = Words(fr="Clics en retard", en="Clicks come late")
TEXT = Words(fr="Nous cherchons.", en="We are looking for the cause.")
GOOD = Words(fr="Tout est rattrapé.", en="All of them were made good.")

pytestmark = pytest.mark.django_db


def begin(**overrides):
    values = {
        "part": ServicePart.TRACKING,
        "impact": Impact.PARTLY,
        "title": TITLE,
        "text": TEXT,
        "began_at": NOW - HOUR,
        "actor_id": (overrides.pop("by", None) or make_sam()).pk,
        "now": NOW,
        **overrides,
    }
    return incidents.begin(**values)


def test_an_incident_is_told_with_its_first_words():
    """IN1."""
    made = begin()

    said = made.updates.get()
    assert (made.title("fr"), made.title("en")) == (TITLE.fr, TITLE.en)
    assert (said.text("fr"), said.text("en")) == (TEXT.fr, TEXT.en)
    assert AuditEntry.objects.get(verb="incident.begun").data["part"] == "tracking"
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": Words(fr="Clics", en=" ")},
        {"text": Words(fr="", en="Late.")},
        {"began_at": NOW + HOUR},
    ],
)
def test_it_lacks_no_language_and_is_not_foretold(wrong):
    """IN1."""
    with pytest.raises(IncidentRefused):
        begin(**wrong)
    assert not Incident.objects.exists()


def test_more_is_said_and_the_same_twice_in_a_row_once():
    """IN2."""
    sam = make_sam()
    made = begin(by=sam)

    for _n in range(2):
        incidents.say(incident_id=made.pk, text=GOOD, actor_id=sam.pk, now=NOW + HOUR)

    assert [one.text_en for one in made.updates.order_by("pk")] == [TEXT.en, GOOD.en]
    assert AuditEntry.objects.filter(verb="incident.updated").count() == 1


def test_it_ends_once_and_what_is_said_afterwards_changes_no_end():
    """IN3."""
    sam = make_sam()
    made = begin(by=sam)

    for later in (NOW + HOUR, NOW + 2 * HOUR):
        incidents.say(
            incident_id=made.pk, text=GOOD, ended_at=later, actor_id=sam.pk, now=NOW + 2 * HOUR
        )

    made.refresh_from_db()
    assert made.ended_at == NOW + HOUR
    assert AuditEntry.objects.filter(verb="incident.ended").count() == 1


@pytest.mark.parametrize("ended_at", [NOW - 2 * HOUR, NOW + HOUR])
def test_it_ends_neither_before_it_began_nor_later_than_now(ended_at):
    """IN3."""
    sam = make_sam()
    made = begin(by=sam)

    with pytest.raises(IncidentRefused):
        incidents.say(incident_id=made.pk, text=GOOD, ended_at=ended_at, actor_id=sam.pk, now=NOW)

    made.refresh_from_db()
    assert made.ended_at is None
    assert made.updates.count() == 1


def test_what_is_let_go_out_reaches_everybody_of_open_accounts_once():
    """IN4."""
    sam, ada = make_sam(), make_user(language="en", name="Ada")
    ines = make_user(language="fr", name="Inès")
    make_affiliate(user=ada)
    make_affiliate(user=ines)
    make_affiliate(user=make_user(), status=AffiliateStatus.CLOSED)
    make_affiliate(user=make_user(is_active=False))
    said = begin(by=sam).updates.get()
    assert incidents.mail_due(now=NOW) == 0

    for _n in range(2):
        incidents.ask_to_mail(update_id=said.pk, actor_id=sam.pk, now=NOW)
    assert [incidents.mail_due(now=NOW) for _n in range(2)] == [1, 0]

    mails = {one.recipient: one for one in Delivery.objects.filter(kind="incident_told")}
    assert set(mails) == {ada.email, ines.email}
    assert mails[ada.email].subject == TITLE.en
    assert TEXT.en in mails[ada.email].body
    assert mails[ines.email].subject == TITLE.fr
    assert mails[ines.email].body.startswith("Bonjour Inès")
    assert "/status/" in mails[ines.email].body
    said = IncidentUpdate.objects.get()
    assert (said.mailed_at, said.mailed) == (NOW, 2)
    assert AuditEntry.objects.filter(verb="incident.mailed").count() == 1


def test_three_mails_of_an_incident_go_out_within_a_day_and_the_next_one_later():
    """IN8."""
    sam = make_sam()
    made, other = begin(by=sam), begin(by=sam)
    for n in range(3):
        text = Words(fr=f"Nouvelle {n}.", en=f"News {n}.")
        incidents.say(incident_id=made.pk, text=text, actor_id=sam.pk, now=NOW)

    def ask(said, now):
        incidents.ask_to_mail(update_id=said.pk, actor_id=sam.pk, now=now)

    first, *others, last = made.updates.order_by("pk")
    for said in (first, *others):
        ask(said, NOW)
    with pytest.raises(IncidentRefused):
        ask(last, NOW + 23 * HOUR)
    last.refresh_from_db()
    assert last.mail_asked_at is None
    assert AuditEntry.objects.filter(verb="incident.mailed").count() == 3

    ask(first, NOW + HOUR)  # Once more is no fourth mail.
    ask(other.updates.get(), NOW + HOUR)
    ask(last, NOW + 24 * HOUR)
    last.refresh_from_db()
    assert last.mail_asked_at == NOW + 24 * HOUR


def test_lately_knows_what_goes_on_and_what_was_over_within_the_days():
    sam = make_sam()
    open_one = begin(by=sam, began_at=NOW - timedelta(days=200))
    old, recent = (begin(by=sam, began_at=NOW - timedelta(days=120)) for _n in range(2))
    Incident.objects.filter(pk=old.pk).update(ended_at=NOW - timedelta(days=100))
    Incident.objects.filter(pk=recent.pk).update(ended_at=NOW - timedelta(days=80))

    assert set(incidents.lately(now=NOW, days=90)) == {open_one, recent}
    assert incidents.is_told(ServicePart.TRACKING, now=NOW)
    assert not incidents.is_told(ServicePart.API, now=NOW)
