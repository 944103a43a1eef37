"""Encrypting anew while everything runs: what was readable stays so, under the newest key alone."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from affiliates.models import Payee
from core import crypto, key_rotation
from payouts.models import BatchAttachment
from payouts.services.batch_attachments import attach
from tests.builders import NOW, make_affiliate, make_payee, make_user
from tests.payouts.paydays import make_due, prepared

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
PAYEES = "affiliates_payee"


def of(name):
    return next(table for table in key_rotation.tables() if table.name == name)


def rotated(name, **options):
    """The last word about a table."""
    return list(key_rotation.rotate(of(name), using="default", **options))[-1]


def token_of(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        found = cursor.fetchone()[0]
    return found.encode() if isinstance(found, str) else bytes(found)


@pytest.fixture
def leaked(settings):
    """Rows are written under the old key; then a new one is put before it."""
    settings.FIELD_KEYS = (OLD,)
    make_payee(make_affiliate())
    settings.FIELD_KEYS = (NEW, OLD)


def test_every_encrypted_column_there_is_takes_part():
    known = {(table.name, column) for table in key_rotation.tables() for column in table.columns}
    encrypted = (crypto.EncryptedTextField, crypto.EncryptedBinaryField)

    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, encrypted):
                assert (model._meta.db_table, field.column) in known
    assert ("mfa_authenticator", "data") in known
    assert len(known) > 20


def test_rows_are_open_to_the_new_key_alone_afterwards(leaked, settings, as_owner):
    iban = Payee.objects.get().iban
    with as_owner():
        progress = rotated(PAYEES)

    assert (progress.seen, progress.outdated, progress.unreadable) == (1, 1, 0)
    settings.FIELD_KEYS = (NEW,)
    assert Payee.objects.get().iban == iban
    with pytest.raises(InvalidToken):
        Fernet(OLD).decrypt(token_of(PAYEES, "iban"))


def test_a_rehearsal_counts_and_changes_nothing(leaked):
    before = token_of(PAYEES, "iban")

    assert rotated(PAYEES, is_rehearsal=True).outdated == 1
    assert token_of(PAYEES, "iban") == before


def test_a_second_run_passes_over_what_the_first_did(leaked, as_owner):
    with as_owner():
        rotated(PAYEES)
        assert rotated(PAYEES).outdated == 0


def test_more_rows_than_one_batch_are_all_done(settings, monkeypatch, as_owner):
    monkeypatch.setattr(key_rotation, "ROWS_AT_ONCE", 2)
    settings.FIELD_KEYS = (OLD,)
    for _number in range(5):
        make_payee(make_affiliate())
    settings.FIELD_KEYS = (NEW, OLD)

    with as_owner():
        seen = [one.seen for one in key_rotation.rotate(of(PAYEES), using="default")]
        assert rotated(PAYEES).outdated == 0
    assert max(seen) == 5


def test_what_no_key_opens_is_told_and_left_alone(leaked, settings, as_owner):
    settings.FIELD_KEYS = (NEW,)
    before = token_of(PAYEES, "iban")

    with as_owner():
        assert rotated(PAYEES).unreadable == 1
    assert token_of(PAYEES, "iban") == before


@pytest.fixture
def document(settings):
    """A file that nobody may change, written under the old key."""
    settings.FIELD_KEYS = (OLD,)
    make_due()
    batch = prepared()
    attach(batch_id=batch.pk, name="a.pdf", body=b"%PDF-1.7 Hello.",
           actor_id=batch.created_by_id, now=NOW)  # fmt: skip
    settings.FIELD_KEYS = (NEW, OLD)


def test_documents_that_nobody_changes_are_encrypted_anew_and_stay_closed_to_change(
    document, settings, as_owner
):
    with as_owner():
        assert rotated("payouts_batchattachment").outdated == 1

    settings.FIELD_KEYS = (NEW,)
    assert bytes(BatchAttachment.objects.get().body) == b"%PDF-1.7 Hello."
    refused = pytest.raises(DatabaseError, match="append-only")
    with as_owner() as cursor, refused, transaction.atomic():
        cursor.execute("UPDATE payouts_batchattachment SET size = 1")


def test_who_serves_pages_may_not_let_the_trigger_rest(document):
    with pytest.raises(DatabaseError), transaction.atomic():
        rotated("payouts_batchattachment")


def test_second_factors_go_along(settings, as_owner):
    settings.FIELD_KEYS = (OLD,)
    person = make_user()
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(person).generate_codes()
    settings.FIELD_KEYS = (NEW, OLD)

    with as_owner():
        assert rotated("mfa_authenticator").outdated == 2

    settings.FIELD_KEYS = (NEW,)
    rows = {row.type: row for row in Authenticator.objects.filter(user=person)}
    assert crypto.decrypt(rows["totp"].data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert RecoveryCodes(rows["recovery_codes"]).generate_codes() == codes


def test_the_command_says_what_is_due_and_does_it(leaked, settings, as_owner):
    said = StringIO()
    call_command("rotate_keys", "fields", "--dry-run", database="default", stdout=said)
    assert "affiliates_payee: 1 rows, 1 to encrypt anew" in said.getvalue()

    with as_owner():
        call_command("rotate_keys", "fields", database="default", stdout=said)
    assert "affiliates_payee: 1 rows, 1 encrypted anew" in said.getvalue()

    settings.FIELD_KEYS = (NEW,)
    assert Payee.objects.get().iban
