"""The team's pages of incidents: begun, gone on with, and mailed after a look at the mail."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from affiliates.models import Incident
from affiliates.services import incidents
from core.models import Delivery, User
from tests.builders import NOW, make_affiliate, make_user
from tests.portal_staff.service_places import make_incident
from tests.portal_staff.tracking_world import make_host, page
from tracking.models import SpoolFile

TYPED = {
    "part": "tracking",
    "impact": "partly",
    "began_at": "2026-06-15T10:00",
    "title_fr": "Des clics en retard",
    "title_en": "Clicks come late",
    "text_fr": "Nous cherchons.",
    "text_en": "We are looking.",
}

pytestmark = pytest.mark.django_db


def _of(found):
    return reverse("portal:incident-detail", args=[found.public_id])


def test_an_incident_is_begun_and_found_in_the_list(sam):
    assert "No incident yet" in page(sam, "incident-list")

    answer = sam.post(reverse("portal:incident-new"), TYPED)

    found = Incident.objects.get()
    assert answer["Location"] == _of(found)
    assert "Clicks come late" in page(sam, "incident-list")
    assert found.began_at.isoformat() == "2026-06-15T08:00:00+00:00"


def test_what_is_missing_is_said_and_what_was_typed_stays(sam):
    answer = sam.post(reverse("portal:incident-new"), TYPED | {"text_en": ""})

    assert answer.status_code == 422
    assert "Nous cherchons." in answer.content.decode()
    assert not Incident.objects.exists()


def test_lost_visits_propose_an_incident_until_one_is_told(sam):
    make_host()
    assert "Tell affiliates" not in page(sam, "tracking")
    SpoolFile.objects.create(host="web-1", name="a", lost=3, began_at=NOW, updated_at=NOW)

    assert "/manage/incidents/new/?from=tracking" in page(sam, "tracking")
    begun = sam.get(f"{reverse('portal:incident-new')}?from=tracking").content.decode()
    assert "Some visits were not recorded" in begun
    assert not Delivery.objects.exists()

    make_incident()
    assert "Tell affiliates" not in page(sam, "tracking")


def test_more_is_said_and_it_is_over(sam):
    found = make_incident()

    sam.post(
        _of(found),
        {"text_fr": "Rattrapé.", "text_en": "Made good.", "ended_at": "2026-06-15T12:00"},
    )

    found.refresh_from_db()
    said = sam.get(_of(found)).content.decode()
    assert "Made good." in said
    assert found.ended_at == NOW


def test_a_mail_is_looked_at_before_it_goes_out_and_sent_once(sam):
    ada = make_user(language="en", name="Ada")
    make_affiliate(user=ada)
    found = make_incident()
    update = found.updates.get()
    said = sam.get(_of(found)).content.decode()
    assert "The mail that it makes" in said
    assert "Hello Sam" in said
    assert "Bonjour Sam" in said
    assert "It goes to 1 person" in said

    url = reverse("portal:incident-mail", args=[found.public_id, update.pk])
    for _n in range(2):
        sam.post(url)
    assert "Goes out in a moment." in sam.get(_of(found)).content.decode()
    incidents.mail_due(now=NOW)

    assert Delivery.objects.get(kind="incident_told").recipient == ada.email
    assert "Went out to 1 person" in sam.get(_of(found)).content.decode()


def test_a_mail_goes_out_only_for_who_gave_a_passkey_or_a_code_lately(sam, settings):
    """IN8."""
    found = make_incident()
    update = found.updates.get()
    Authenticator.objects.create(user=User.objects.get(name="Sam Petit"), type="totp", data={})
    settings.STAFF_NEED_SECOND_FACTOR, settings.ON_THIS_MACHINE = True, False

    answer = sam.post(reverse("portal:incident-mail", args=[found.public_id, update.pk]))

    update.refresh_from_db()
    assert update.mail_asked_at is None
    assert answer["Location"].startswith("/account/2fa/reauthenticate/?next=")
    assert str(found.public_id) in answer["Location"]


def test_a_mail_too_many_is_refused_with_a_sentence(sam):
    """IN8."""
    found = make_incident()
    for n in range(3):
        sam.post(_of(found), {"text_fr": f"Nouvelle {n}.", "text_en": f"News {n}."})

    for update in found.updates.order_by("pk"):
        url = reverse("portal:incident-mail", args=[found.public_id, update.pk])
        answer = sam.post(url, follow=True)

    assert "3 mails of this incident went out within a day" in answer.text
    assert found.updates.filter(mail_asked_at__isnull=False).count() == 3


def test_an_update_of_another_incident_is_not_found(sam):
    one, other = make_incident(), make_incident()
    url = reverse("portal:incident-mail", args=[one.public_id, other.updates.get().pk])

    assert sam.post(url).status_code == 404
    assert other.updates.get().mail_asked_at is None
