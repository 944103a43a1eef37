"""Erasing a person: what goes, what stays and why, once, and again after a restore (PV5, PV6)."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, transaction

from affiliates.models import (
    Affiliate,
    AffiliateStatus,
    Application,
    ApplicationStatus,
    Membership,
    Payee,
)
from core import audit, staff
from core.models import AuditEntry, ErasureEntry, User
from core.privacy import erasing, journal, registry
from core.privacy.declaring import Person
from core.privacy.erasing import CannotEraseYet
from influencers.models import CustomerPhoto, Delivery, InfluencerNote, LookStatus, Picture
from influencers.services import customer_photo_erasure
from payouts.models import Transfer
from tests.builders import NOW, make_affiliate, make_case, make_user
from tests.core.staff_world import WHY, accept, confirm, confirmed, invite
from tests.influencers.moderation_world import make_invite, send
from tests.payouts.stories import accrued
from tests.people import make_ada, make_fin, make_sam, person_of
from tests.privacy.erasure_world import BOOKS, EMAIL, MARK, make_creator, tables_with
from tracking.models import CouponCode, Link

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def erase(person, actor=None):
    return erasing.erase(registry.person_of(person.pk), actor_id=(actor or make_sam()).pk, now=NOW)


def test_nothing_names_an_erased_person_any_more_but_what_the_law_keeps(as_superuser):
    _creator, person, _look = make_creator()
    with as_superuser():
        assert len(tables_with(MARK)) > 12

    erase(person)

    with as_superuser():
        assert tables_with(MARK) - BOOKS == set()
        assert tables_with(EMAIL) == set()


def test_a_post_that_was_delivered_by_its_address_leaves_an_address_of_nobody():
    _creator, person, look = make_creator()
    erase(person)
    assert list(Delivery.objects.order_by("number").values_list("look", "url")) == [
        (None, "https://erased.invalid/"), (look.pk, ""),
    ]  # fmt: skip


def test_an_open_application_is_withdrawn_and_one_that_was_decided_stays_so():
    person, sam = make_user(email="new@example.com"), make_sam()
    terms = make_affiliate().group.terms.get()
    for status in (ApplicationStatus.REJECTED, ApplicationStatus.UNDER_REVIEW):
        Application.objects.create(
            user=person, name=MARK, kind="content", country="FR", status=status, reason="–",
            submitted_at=NOW, status_changed_at=NOW, terms=terms, reviewer=sam,
        )  # fmt: skip

    erase(person, sam)

    decided, waited = Application.objects.order_by("pk")
    assert (decided.status, waited.status) == (
        ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN,
    )  # fmt: skip
    assert (waited.name, waited.status_changed_at) == ("", NOW)
    entry = AuditEntry.objects.get(verb="application.withdrawn")
    assert (entry.subject_id, entry.actor_id) == (str(waited.pk), sam.pk)


def test_an_erasure_that_fails_loses_no_file(monkeypatch):
    creator, person, _look = make_creator()
    names = list(Picture.objects.filter(affiliate=creator).values_list("name", flat=True))

    def full(*_said, **_more):
        raise RuntimeError("No room is left.")

    monkeypatch.setattr(journal, "note", full)
    with pytest.raises(RuntimeError, match="No room"):
        erase(person)

    assert names == list(Picture.objects.filter(affiliate=creator).values_list("name", flat=True))
    assert all(default_storage.exists(name) for name in names)


def test_the_account_closes_its_look_goes_and_its_files_are_deleted(
    django_capture_on_commit_callbacks,
):
    creator, person, look = make_creator()
    names = list(Picture.objects.filter(affiliate=creator).values_list("name", flat=True))
    assert all(default_storage.exists(name) for name in names)

    with django_capture_on_commit_callbacks(execute=True):
        erase(person)

    creator.refresh_from_db()
    look.refresh_from_db()
    assert (creator.status, creator.erased_at) == (AffiliateStatus.CLOSED, NOW)
    assert creator.name == f"Erased account {creator.pk}"
    assert look.status == LookStatus.WITHDRAWN
    assert not any(default_storage.exists(name) for name in names)
    assert Link.objects.filter(affiliate=creator, archived_at__isnull=True).count() == 0
    assert CouponCode.objects.get(affiliate=creator).valid_to == NOW
    assert not Payee.objects.filter(affiliate=creator).exists()


def test_the_person_is_a_number_who_cannot_sign_in(client):
    _creator, person, _look = make_creator()
    erase(person)
    person.refresh_from_db()

    assert str(person) == "Erased person"
    assert person.email == f"erased-{person.pk}@erased.invalid"
    assert not person.is_active
    assert not person.has_usable_password()
    assert not Membership.objects.filter(user=person).exists()
    assert list(audit.broken_entries()) == []
    entry = AuditEntry.objects.get(verb="person.erased")
    assert entry.subject_id == str(person.pk)
    assert MARK not in str(entry.data)


def test_what_was_declared_is_what_a_preview_tells_and_a_receipt_keeps():
    _creator, person, _look = make_creator()
    told = erasing.preview(registry.person_of(person.pk))
    receipt = erase(person)

    assert told.obstacles == []
    assert {part.table for part in told.going} >= {"affiliates.Payee", "core.User"}
    assert all(part.why for part in told.staying)
    assert {one["table"] for one in receipt} >= {part.table for part in told.going} - {
        "core.ApiCall"
    }
    assert MARK not in str(receipt)


def test_a_second_time_does_nothing():
    _creator, person, _look = make_creator()
    erase(person)
    entries = AuditEntry.objects.count()
    assert erasing.erase(Person(person.pk), actor_id=None, now=NOW) == []
    assert AuditEntry.objects.count() == entries


def test_whom_money_is_owed_cannot_go_yet_and_nothing_changes():
    ada = make_ada()
    accrued(ada)
    transfers = Transfer.objects.count()

    with pytest.raises(CannotEraseYet, match="earned and not due yet"):
        erase(person_of(ada))

    assert person_of(ada).email == "ada@example.com"
    assert Transfer.objects.count() == transfers
    assert not ErasureEntry.objects.exists()


def test_an_open_case_is_decided_first():
    case = make_case()
    with pytest.raises(CannotEraseYet, match="decide it first"):
        erase(person_of(case.affiliate))


def test_a_team_keeps_its_account_when_one_of_it_goes_but_not_without_an_owner():
    ada = make_ada()
    second = make_user(email="second@example.com")
    Membership.objects.create(affiliate=ada, user=second, role="reader")
    first = Membership.objects.exclude(user=second).get(affiliate=ada).user

    sam = make_sam()
    with pytest.raises(CannotEraseYet, match="make somebody else an owner"):
        erase(first, sam)
    erase(second, sam)

    ada.refresh_from_db()
    assert ada.erased_at is None
    assert [one.user for one in Membership.objects.filter(affiliate=ada)] == [first]


@pytest.mark.parametrize("role", ["manager", "finance", "owner", ""])
def test_nobody_of_the_team_is_erased_before_they_left_it(role):
    sam = make_sam()
    colleague = make_user(roles=[role] if role else [], is_superuser=not role)
    with pytest.raises(CannotEraseYet, match="leaves that first"):
        erase(colleague, sam)
    colleague.refresh_from_db()
    assert colleague.erased_at is None

    colleague.groups.clear()
    User.objects.filter(pk=colleague.pk).update(is_superuser=False)
    erase(colleague, sam)
    colleague.refresh_from_db()
    assert colleague.erased_at == NOW


def test_who_joined_the_team_by_two_people_and_left_is_erased_and_the_proof_stays():
    sam, fin = make_sam(), make_fin()
    invitation = invite(sam, roles=["finance"], reason=WHY)
    confirm(invitation.proposal, fin)
    invitation.refresh_from_db()
    new = accept(invitation, confirmed(email="new@example.com"))
    staff.remove(email=new.email, role="finance", actor=None, now=NOW)

    erase(new, sam)

    invitation.refresh_from_db()
    assert (invitation.email, invitation.accepted_by) == ("", new)
    assert invitation.proposal.reason == WHY


def test_another_person_loses_nothing():
    _creator, person, _look = make_creator()
    other = make_affiliate(user=make_user(email="else@example.com", name="Somebody Else"))
    Application.objects.create(
        user=person_of(other), name="Else", kind=other.kind, country="FR", pitch="Mine",
        submitted_at=NOW, status_changed_at=NOW, terms=other.group.terms.get(),
    )  # fmt: skip
    erase(person)
    assert str(person_of(other)) == "Somebody Else"
    assert Application.objects.get(user=person_of(other)).pitch == "Mine"


# --- after a restore -----------------------------------------------------------------


def test_who_comes_back_with_a_backup_is_erased_again_by_the_files_of_the_journal(capsys):
    """The row as the backup had it is written back; the journal's rows are lost with the rest."""
    creator, person, _look = make_creator()
    before = User.objects.filter(pk=person.pk).values().get()
    erase(person)
    assert journal.file_pending(now=NOW) >= 1
    ErasureEntry.objects.all().delete()
    User.objects.filter(pk=person.pk).update(**{**before, "erased_at": None})
    Affiliate.objects.filter(pk=creator.pk).update(name=MARK, erased_at=None)
    Membership.objects.create(affiliate=creator, user=person)

    call_command("privacy", "--reapply")

    person.refresh_from_db()
    creator.refresh_from_db()
    assert person.erased_at is not None
    assert MARK not in (person.name, creator.name)
    assert ErasureEntry.objects.filter(kind="person").count() == 1
    assert "1  people erased again" in capsys.readouterr().out

    call_command("privacy", "--reapply")
    assert "0  people erased again" in capsys.readouterr().out


def test_somebody_new_who_got_the_same_number_is_not_erased():
    _creator, person, _look = make_creator()
    erase(person)
    User.objects.filter(pk=person.pk).update(
        erased_at=None, email="new@example.com", name="New", date_joined=NOW
    )
    assert registry.repeat(now=NOW)["people"] == 0
    person.refresh_from_db()
    assert person.name == "New"


def test_the_journal_says_nothing_of_a_person():
    _creator, person, _look = make_creator()
    erase(person)
    journal.file_pending(now=NOW)
    _folders, files = default_storage.listdir(journal.FOLDER)
    with default_storage.open(f"{journal.FOLDER}/{files[0]}") as file:
        text = file.read().decode()
    assert MARK.lower() not in text.lower()
    assert f'"{person.pk}"' not in text
    assert journal.file_pending(now=NOW) == 0


def test_a_photo_of_a_customer_that_comes_back_is_erased_again():
    _invite, key = make_invite()
    photo = send(key)
    customer_photo_erasure.erase(photo.pk, by_id=None, now=NOW)
    CustomerPhoto.objects.update(shown_name="Camille", email_hash="e" * 64, erased_at=None)

    assert registry.repeat(now=NOW)["photos of customers"] == 1

    photo.refresh_from_db()
    assert (photo.shown_name, photo.email_hash, photo.erased_at) == ("", "", NOW)
    assert registry.repeat(now=NOW)["photos of customers"] == 0


def test_a_note_of_the_team_is_emptied_and_never_rewritten():
    make_creator()
    for change, why in (({"text": "Rude."}, "only be emptied"), ({"at": NOW}, "permission denied")):
        with pytest.raises(DatabaseError, match=why), transaction.atomic():
            InfluencerNote.objects.update(**change)
    assert InfluencerNote.objects.update(text="") == 1
