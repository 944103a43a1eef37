from datetime import timedelta

import pytest
from django.db import connection

from affiliates.domain import bank
from affiliates.models import Membership, Payee
from affiliates.services import payees
from core.models import AuditEntry, Delivery
from tests.builders import IBAN, NOW, make_affiliate, make_payee, make_user

pytestmark = pytest.mark.django_db

GERMAN = "DE89370400440532013000"
LATER = NOW + timedelta(days=1)


def save(affiliate, *, actor=None, now=NOW, **overrides):
    fields = {"legal_name": "Ada Blanchet", "iban": IBAN, "country": "FR", "town": "Lyon"}
    return payees.save_details(
        affiliate_id=affiliate.pk,
        actor_id=(actor or make_user()).pk,
        now=now,
        **{**fields, **overrides},
    )


def test_bank_details_are_kept_encrypted_and_audited_by_their_last_four():
    affiliate, actor = make_affiliate(), make_user()

    save(affiliate, actor=actor, iban=" fr76 3000 6000 0112 3456 7890 189 ", legal_name=" Ada  B ")

    payee = Payee.objects.get()
    assert (payee.affiliate, payee.iban, payee.iban_last4) == (affiliate, IBAN, "0189")
    assert (payee.legal_name, payee.country, payee.town) == ("Ada B", "FR", "Lyon")
    assert (payee.changed_at, payee.changed_by) == (NOW, actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT iban FROM affiliates_payee")
        assert IBAN not in cursor.fetchone()[0]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb) == (actor, "payee.saved")
    assert entry.data == {"iban_last4": "0189", "previous_last4": ""}


def test_the_same_details_again_change_nothing():
    affiliate = make_affiliate()
    save(affiliate)
    assert save(affiliate, now=LATER).changed_at == NOW
    assert AuditEntry.objects.count() == 1


def test_other_details_replace_them_and_say_what_they_were():
    affiliate = make_affiliate()
    save(affiliate)

    save(affiliate, iban=GERMAN, now=LATER)

    payee = Payee.objects.get()
    assert (payee.iban, payee.changed_at) == (GERMAN, LATER)
    assert AuditEntry.objects.last().data == {"iban_last4": "3000", "previous_last4": "0189"}


def test_everybody_of_the_affiliate_reads_of_another_account_in_their_language():
    zoe = make_user(email="zoe@example.com", name="Zoe Martin", language="fr")
    affiliate = make_affiliate(user=make_user(email="ada@example.com", name="Ada B"), name="Blog")
    for person in (zoe, make_user(email="gone@example.com", is_active=False)):
        Membership.objects.create(affiliate=affiliate, user=person)
    make_affiliate(user=make_user(email="mallory@example.com"))
    save(affiliate)
    assert not Delivery.objects.exists()

    for _twice in range(2):
        save(affiliate, iban=GERMAN, now=LATER)

    mails = {mail.recipient: mail for mail in Delivery.objects.all()}
    assert set(mails) == {"ada@example.com", "zoe@example.com"}
    ours = mails["ada@example.com"]
    assert ours.subject == "Your payment details have changed"
    assert ours.body.startswith(
        "Hello Ada,\n\nThe bank account on which “Blog” is paid has changed."
    )
    assert "Before: •••• 0189. Now: •••• 3000." in ours.body
    assert mails["zoe@example.com"].body.startswith("Bonjour Zoe,")
    for mail in mails.values():
        assert IBAN not in mail.body
        assert GERMAN not in mail.body


def test_each_change_of_the_account_is_told_and_nothing_else_is():
    affiliate = make_affiliate()
    save(affiliate)
    save(affiliate, town="Paris")
    assert not Delivery.objects.exists()

    save(affiliate, iban=GERMAN)
    save(affiliate, iban=IBAN)
    assert Delivery.objects.count() == 2


def test_equal_accounts_can_be_found_without_reading_them():
    first, second = (save(make_affiliate()) for _ in range(2))
    third = save(make_affiliate(), iban=GERMAN)
    assert first.iban_hash == second.iban_hash != third.iban_hash


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"iban": ""}, bank.InvalidIban),
        ({"iban": "FR7630006000011234567890188"}, bank.InvalidIban),
        ({"iban": "hello"}, bank.InvalidIban),
        ({"iban": "BR1500000000000010932840814P2"}, payees.OutsideSepa),
        ({"legal_name": " "}, payees.InvalidPayee),
        ({"legal_name": "a" * 71}, payees.InvalidPayee),
        ({"country": "France"}, payees.InvalidPayee),
        ({"country": ""}, payees.InvalidPayee),
        ({"town": "a" * 36}, payees.InvalidPayee),
    ],
)
def test_details_that_cannot_be_paid_to_are_refused(change, refusal):
    payee = make_payee(make_affiliate(), legal_name="As before")

    with pytest.raises(refusal) as refused:
        save(payee.affiliate, **change)

    payee.refresh_from_db()
    assert payee.legal_name == "As before"
    assert not AuditEntry.objects.exists()
    assert not change.get("iban") or change["iban"] not in str(refused.value)


def test_employees_are_paid_by_payroll():
    with pytest.raises(payees.PaidByPayroll):
        save(make_affiliate(kind="employee"))
    assert not Payee.objects.exists()
