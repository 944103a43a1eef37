"""Photos of customers (rules CU1 to CU8 of docs/rules/look-moderation.md)."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from core.models import AuditEntry, Delivery
from influencers.domain.customer_photo import PER_DAY, Closed, Standing, closed
from influencers.models import (
    CustomerInvite,
    CustomerPhoto,
    ImageLicence,
    Look,
    LookAct,
    LookEvent,
    LookStatus,
    Picture,
    VersionStatus,
)
from influencers.services import (
    customer_photo_edits,
    customer_photo_erasure,
    customer_photos,
    look_clock,
    look_states,
    moderation,
)
from influencers.services.customer_photo_edits import NotCompletable, ProductUnknown
from influencers.services.customer_photos import InviteClosed, InviteRefused, PhotoRefused
from influencers.services.moderation import NotReady
from influencers.services.pictures import PictureRefused
from tests.builders import NOW, make_product
from tests.influencers.moderation_world import (
    approve,
    jpeg,
    make_invite,
    make_manager,
    send,
    submitted,
)

STANDING = {"ends_at": NOW + timedelta(days=1), "ended_at": None, "most": 3, "sent": 0}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"ends_at": NOW}, Closed.OVER),
        ({"ended_at": NOW}, Closed.OVER),
        ({"sent": 3}, Closed.FULL),
        ({"sent_today": PER_DAY - 1}, None),
        ({"sent_today": PER_DAY}, Closed.DAILY),
    ],
)
def test_when_an_invitation_takes_nothing(changes, why):
    """CU2, CU5."""
    assert closed(Standing(**{**STANDING, **changes}), NOW) == why


@pytest.mark.django_db
def test_of_the_key_only_a_hash_is_kept():
    """CU1."""
    invite, key = make_invite()

    assert key not in str(CustomerInvite.objects.filter(pk=invite.pk).values())
    assert len(invite.key_hash) == 64


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"ends_at": NOW},
        {"ends_at": NOW + timedelta(days=400)},
        {"most": 0},
        {"most": 10_001},
    ],
)
def test_an_invitation_that_cannot_be_is_refused(wrong):
    with pytest.raises(InviteRefused):
        make_invite(**wrong)

    assert not CustomerInvite.objects.exists()


@pytest.mark.django_db
def test_a_photo_waits_in_the_queue_of_looks_and_says_little_of_its_sender():
    """CU3, CU4."""
    _invite, key = make_invite()

    photo = send(key, story="I wear it every week.")

    look, version = photo.look, photo.look.versions.get()
    assert (look.affiliate, look.status, version.status) == (None, "draft", "submitted")
    assert (version.title, version.story) == ("Worn by Camille", "I wear it every week.")
    assert version.images.get().alt == "A green dress at the sea"
    assert photo.shown_name == "Camille"
    assert "camille@" not in str(CustomerPhoto.objects.values()).lower()
    licence = ImageLicence.objects.get()
    assert licence.scopes == ["pdp", "site"]
    assert (licence.ends_on - licence.starts_on).days == 730
    assert "Camille" not in licence.credit
    agreed = AuditEntry.objects.get(verb="customer_photo.sent").data
    assert licence.text_sha256 == agreed["sha256"]
    assert len(agreed["words"]) == len(customer_photos.words())
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_form_sent_twice_is_one_photo():
    """CU4."""
    _invite, key = make_invite()
    form_key = uuid4()

    first, second = send(key, form_key=form_key), send(key, form_key=form_key)

    assert first == second
    assert Picture.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"is_of_age": False},
        {"is_without_minors": False},
        {"shown_name": " "},
        {"shown_sha256": "0" * 64},
    ],
)
def test_what_has_to_be_said_is_said(wrong):
    """CU3."""
    _invite, key = make_invite()

    with pytest.raises(PhotoRefused):
        send(key, **wrong)

    assert not Look.objects.exists()
    assert not Picture.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_no_photo_is_refused():
    _invite, key = make_invite()

    with pytest.raises(PictureRefused):
        send(key, content=b"%PDF-1.7 no photo")

    assert not Look.objects.exists()


@pytest.mark.django_db
def test_an_invitation_takes_nothing_once_it_is_ended_over_full_or_unknown():
    """CU2, CU5."""
    invite, key = make_invite(most=1)
    with pytest.raises(InviteClosed):
        send("another-key")
    with pytest.raises(InviteClosed):
        send(key, now=NOW + timedelta(days=31))
    send(key)
    with pytest.raises(InviteClosed):
        send(key, email="another@example.com")
    customer_photos.end_invite(invite.pk, by_id=make_manager().pk, now=NOW)
    with pytest.raises(InviteClosed):
        send(key)

    assert CustomerPhoto.objects.count() == 1


@pytest.mark.django_db
def test_one_person_sends_five_photos_a_day():
    """CU5."""
    _invite, key = make_invite(most=50)
    for _photo in range(PER_DAY):
        send(key)

    with pytest.raises(InviteClosed):
        send(key, email="CAMILLE@example.com")

    send(key, email="another@example.com")
    send(key, now=NOW + timedelta(days=1, minutes=1))


@pytest.mark.django_db
def test_the_team_names_products_before_a_photo_appears():
    """CU6."""
    _invite, key = make_invite()
    photo, sam, dress = send(key), make_manager(), make_product(name="Green dress")
    version = photo.look.versions.get()
    with pytest.raises(NotReady):
        approve(version, manager=sam)
    spot = (Decimal("0.5"), Decimal("0.4"))

    for _time in range(2):
        customer_photo_edits.add_product(
            version.pk, sku=dress.sku.lower(), role="dress", spot=spot, by_id=sam.pk, now=NOW
        )
    customer_photo_edits.complete(
        version.pk, title="The green dress", story="", alt="At the sea", by_id=sam.pk, now=NOW
    )
    version.refresh_from_db()
    slot = version.slots.get()
    assert (slot.role, slot.options.get().product, slot.options.get().added_by) == (
        "dress", dress, "staff",
    )  # fmt: skip
    assert (slot.hotspots.get().x, slot.hotspots.get().y) == spot
    assert version.title == "The green dress"

    approve(version, manager=sam)

    look = Look.objects.get()
    assert (look.status, look.link) == (LookStatus.PUBLISHED, None)
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_product_is_taken_off_again():
    """CU6."""
    _invite, key = make_invite()
    version, sam = send(key).look.versions.get(), make_manager()
    sku = make_product().sku
    customer_photo_edits.add_product(
        version.pk, sku=sku, role="top", spot=(Decimal("0.1"), Decimal("0.1")), by_id=sam.pk,
        now=NOW,
    )  # fmt: skip

    customer_photo_edits.drop_product(version.pk, version.slots.get().key, by_id=sam.pk, now=NOW)

    assert not version.slots.exists()


@pytest.mark.django_db
def test_the_team_completes_nothing_but_photos_of_customers_that_wait():
    """CU6."""
    _invite, key = make_invite()
    sam, product = make_manager(), make_product()
    creators = submitted()
    with pytest.raises(NotCompletable):
        customer_photo_edits.complete(
            creators.pk, title="Mine", story="", alt="", by_id=sam.pk, now=NOW
        )
    version = send(key).look.versions.get()
    with pytest.raises(ProductUnknown):
        customer_photo_edits.add_product(
            version.pk, sku="nothing", role="top", spot=None, by_id=sam.pk, now=NOW
        )
    moderation.refuse(version.pk, "quality", "", by_id=sam.pk, now=NOW)
    with pytest.raises(NotCompletable):
        customer_photo_edits.add_product(
            version.pk, sku=product.sku, role="top", spot=None, by_id=sam.pk, now=NOW
        )


def in_public(key):
    photo, sam = send(key), make_manager()
    version = photo.look.versions.get()
    customer_photo_edits.add_product(
        version.pk, sku=make_product().sku, role="dress", spot=None, by_id=sam.pk, now=NOW
    )
    approve(version, manager=sam)
    return photo


@pytest.mark.django_db
def test_what_is_erased_is_gone(django_capture_on_commit_callbacks):
    """CU7."""
    _invite, key = make_invite()
    photo = in_public(key)
    name = Picture.objects.get().name
    assert default_storage.exists(name)

    with django_capture_on_commit_callbacks(execute=True):
        customer_photo_erasure.erase(photo.pk, by_id=None, now=NOW + timedelta(days=1))
        customer_photo_erasure.erase(photo.pk, by_id=None, now=NOW + timedelta(days=2))

    photo.refresh_from_db()
    look = photo.look
    look.refresh_from_db()
    version = look.versions.get()
    assert (photo.shown_name, photo.email_hash) == ("", "")
    assert photo.erased_at == NOW + timedelta(days=1)
    assert look.status == LookStatus.WITHDRAWN
    assert (version.title, version.story, version.images.get().alt) == ("", "", "")
    assert not default_storage.exists(name)
    assert Picture.objects.get().deleted_at is not None
    assert ImageLicence.objects.get().revoked_at is not None
    assert LookEvent.objects.filter(look=look, act=LookAct.WITHDRAWN, code="erased").count() == 1


@pytest.mark.django_db
def test_a_photo_that_waits_leaves_the_queue_when_it_is_erased():
    """CU7."""
    _invite, key = make_invite()
    photo = send(key)

    customer_photo_erasure.erase(photo.pk, by_id=None, now=NOW)

    assert photo.look.versions.get().status == VersionStatus.DISCARDED


@pytest.mark.django_db
def test_the_command_erases_by_address_and_by_number(capsys):
    """CU7."""
    _invite, key = make_invite()
    photos = [send(key), send(key), send(key, email="other@example.com")]

    call_command("erase_customer_photo", email=" camille@EXAMPLE.com")
    call_command("erase_customer_photo", photo=str(photos[2].public_id))

    assert capsys.readouterr().out == "Erased: 2.\nErased: 1.\n"
    assert not CustomerPhoto.objects.filter(erased_at__isnull=True).exists()


@pytest.mark.django_db
def test_a_refused_photo_is_erased_after_thirty_days():
    """CU8."""
    _invite, key = make_invite()
    refused, waiting, shown = send(key), send(key), in_public(key)
    moderation.refuse(
        refused.look.versions.get().pk, "quality", "", by_id=make_manager().pk, now=NOW
    )

    look_clock.run(now=NOW + timedelta(days=29))
    assert not CustomerPhoto.objects.filter(erased_at__isnull=False).exists()
    look_clock.run(now=NOW + timedelta(days=31))

    erased = CustomerPhoto.objects.filter(erased_at__isnull=False)
    assert list(erased) == [refused]
    assert {waiting.pk, shown.pk} == set(
        CustomerPhoto.objects.exclude(pk=refused.pk).values_list("pk", flat=True)
    )


@pytest.mark.django_db
def test_photos_that_may_be_shown_no_more_are_not_kept():
    """CU9."""
    _invite, key = make_invite()
    undecided, shown = send(key), in_public(key)
    removed = in_public(key)
    look_states.remove(removed.look_id, "brands", "A trade mark", by_id=make_manager().pk, now=NOW)
    erased = CustomerPhoto.objects.filter(erased_at__isnull=False)

    look_clock.run(now=NOW + timedelta(days=182))
    assert not erased.exists()
    look_clock.run(now=NOW + timedelta(days=184))
    assert set(erased.all()) == {undecided, removed}

    look_clock.run(now=NOW + timedelta(days=730 + 30))
    assert set(erased.all()) == {undecided, removed}
    look_clock.run(now=NOW + timedelta(days=730 + 32))
    assert set(erased.all()) == {undecided, removed, shown}
    assert not Picture.objects.filter(deleted_at__isnull=True).exists()


def test_every_photo_of_the_tests_is_another_one():
    assert jpeg() != jpeg()
