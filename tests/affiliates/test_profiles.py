"""Profiles (docs/rules/profiles.md): what an affiliate tells, and what the trail keeps of it."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from affiliates.models import AffiliateKind, AffiliateProfile, AffiliateStatus
from affiliates.services import profiles
from affiliates.services.profiles import ProfileRefused
from core.attachments import Attachment
from core.models import AuditEntry
from tests.builders import make_affiliate
from tests.portal.resource_world import PDF, file, make_profile, png

pytestmark = pytest.mark.django_db


def test_what_is_told_is_kept_and_the_same_again_changes_nothing():
    """PR1."""
    ada = make_affiliate(name="Ada")
    for _n in range(2):
        make_profile(ada, contact_phone="+33 1 23 45 67 89")

    found = AffiliateProfile.objects.get()
    assert found.description == "Coats and scarves."
    assert found.contact_phone == "+33 1 23 45 67 89"
    assert Image.open(BytesIO(profiles.picture_of(ada.pk))).size == (64, 64)
    entry = AuditEntry.objects.get(verb="profile.changed")
    assert "picture" in entry.data["changed"]


def test_a_picture_is_kept_without_the_place_where_it_was_taken():
    ada = make_affiliate(name="Ada")
    exif = Image.Exif()
    exif[0x010E] = "At home, 12 rue des Lilas"
    taken = BytesIO()
    Image.new("RGB", (2_400, 1_200), "red").save(taken, "JPEG", exif=exif)
    assert b"Lilas" in taken.getvalue()

    make_profile(ada, picture=Attachment(name="home.jpg", body=taken.getvalue()))

    kept = profiles.picture_of(ada.pk)
    assert b"Lilas" not in kept
    assert Image.open(BytesIO(kept)).size == (1_000, 500)


def test_a_picture_that_breaks_off_is_refused():
    ada = make_affiliate(name="Ada")
    with pytest.raises(ProfileRefused, match="cannot be read"):
        make_profile(ada, picture=Attachment(name="logo.png", body=png(64, 64)[:60]))
    assert not profiles.has_picture(ada.pk)


def test_the_trail_keeps_what_changed_and_nothing_that_was_told():
    """PR3."""
    ada = make_affiliate(name="Ada")
    make_profile(ada, name="Ada’s coats", contact_phone="+33 1 23 45 67 89")

    entry = AuditEntry.objects.get(verb="profile.changed")
    ada.refresh_from_db()
    assert ada.name == "Ada’s coats"
    assert "name" in entry.data["changed"]
    assert "Ada" not in str(entry.data)
    assert "press@" not in str(entry.data)
    assert "+33" not in str(entry.data)


def test_a_picture_goes_when_it_is_taken_away():
    """PR1."""
    ada = make_affiliate()
    make_profile(ada)
    make_profile(ada, picture=None)
    assert profiles.has_picture(ada.pk)

    make_profile(ada, picture=None, drop_picture=True)
    assert not profiles.has_picture(ada.pk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"contact_email": "nowhere"},
        {"picture": file("rules.pdf", PDF)},
        {"languages": ["fr"] * 61},
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(wrong):
    """PR2."""
    ada = make_affiliate(name="Ada")
    with pytest.raises(ProfileRefused):
        make_profile(ada, **wrong)

    assert not AffiliateProfile.objects.exists()
    assert not AuditEntry.objects.filter(verb="profile.changed").exists()


def test_closed_accounts_and_the_names_of_employees_stay():
    """PR2."""
    closed = make_affiliate(status=AffiliateStatus.CLOSED)
    nadia = make_affiliate(
        kind=AffiliateKind.EMPLOYEE, store="Paris", staff_number="12", name="Nadia"
    )
    for affiliate, told in ((closed, {}), (nadia, {"name": "Somebody"})):
        with pytest.raises(ProfileRefused):
            make_profile(affiliate, **told)

    make_profile(nadia)
    assert AffiliateProfile.objects.get().affiliate == nadia
