"""What we signed stays ours when the key changes; what somebody signs with the old one does not."""

from datetime import timedelta

import pytest

from core import audit, signatures
from core.models import AuditEntry, SigningKey
from core.signatures import KeyRetired
from tests.builders import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def test_a_signature_is_of_one_purpose_and_one_message():
    signed = signatures.sign("a month", b"May", now=NOW)

    def signer_of(purpose, message, signature):
        return signatures.signer_of(purpose, message, signature, at=NOW)

    assert signer_of("a month", b"May", signed) == signatures.public_key("a month")
    assert signer_of("a year", b"May", signed) == ""
    assert signer_of("a month", b"June", signed) == ""
    assert signer_of("a month", b"May", "not hex") == ""


def test_a_key_is_kept_once_and_is_in_the_trail():
    signatures.sign("a month", b"May", now=NOW)
    signatures.sign("a month", b"June", now=LATER)

    assert SigningKey.objects.get().first_used_at == NOW
    assert AuditEntry.objects.get().verb == "signing_key.used"
    assert list(audit.broken_entries()) == []


def test_what_an_earlier_key_signed_stays_ours(settings):
    signed, before = signatures.sign("a month", b"May", now=NOW), signatures.public_key("a month")

    settings.SIGNING_KEY = "another"
    retired = signatures.retire_outdated(now=LATER)

    assert [row.public_key for row in retired] == [before]
    assert signatures.public_key("a month") != before
    assert signatures.signer_of("a month", b"May", signed, at=NOW) == before


def test_what_somebody_signs_with_a_key_that_leaked_is_not_ours(settings):
    forged = signatures.sign("a month", b"Forged", now=NOW)
    settings.SIGNING_KEY = "another"
    signatures.retire_outdated(now=LATER)

    assert signatures.signer_of("a month", b"Forged", forged, at=LATER + timedelta(days=1)) == ""


def test_replacing_twice_is_replacing_once(settings):
    signatures.sign("a month", b"May", now=NOW)
    settings.SIGNING_KEY = "another"

    assert len(signatures.retire_outdated(now=LATER)) == 1
    assert signatures.retire_outdated(now=LATER) == []
    assert SigningKey.objects.filter(retired_at__isnull=True).count() == 1


def test_a_key_that_was_retired_signs_nothing_more(settings):
    first = settings.SIGNING_KEY
    signatures.sign("a month", b"May", now=NOW)
    settings.SIGNING_KEY = "another"
    signatures.retire_outdated(now=LATER)
    settings.SIGNING_KEY = first

    with pytest.raises(KeyRetired, match="retired"):
        signatures.sign("a month", b"June", now=LATER + timedelta(days=1))
    assert "retired" in signatures.why_not_sign("a month")

    settings.SIGNING_KEY = "another"
    assert signatures.why_not_sign("a month") == ""
    signatures.sign("a month", b"June", now=LATER + timedelta(days=1))


def test_the_newest_key_is_not_retired_for_one_that_was(settings):
    first = settings.SIGNING_KEY
    signatures.sign("a month", b"May", now=NOW)
    settings.SIGNING_KEY = "another"
    signatures.retire_outdated(now=LATER)
    newest = signatures.public_key("a month")
    settings.SIGNING_KEY = first

    with pytest.raises(KeyRetired):
        signatures.retire_outdated(now=LATER)

    assert SigningKey.objects.get(retired_at__isnull=True).public_key == newest


def test_the_key_of_people_and_addresses_signs_until_there_is_one_of_its_own(settings):
    """HASH_KEY can never be replaced: what it hashed would be lost."""
    assert settings.SIGNING_KEY == settings.HASH_KEY
