"""Rules T13 to T15 of docs/rules/payees.md: changes after which nothing is paid for a while."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import DatabaseError, transaction

from affiliates.models import Membership, PayeeChange
from affiliates.services import payee_changes, payees
from core.models import AuditEntry, Delivery
from tests.builders import IBAN, NOW, make_affiliate, make_user

pytestmark = pytest.mark.django_db

GERMAN = "DE89370400440532013000"
LATER = NOW + timedelta(days=1)
COOLING = timedelta(hours=72)


def save(affiliate, *, now=NOW, **changes):
    details = {"legal_name": "Ada Blanchet", "iban": IBAN, "country": "FR", "town": "Lyon"}
    return payees.save_details(
        affiliate_id=affiliate.pk, actor_id=make_user().pk, now=now, **{**details, **changes}
    )


def email_changed(person, *, before="ada@old.example", after="eve@new.example", now=NOW):
    return payee_changes.email_changed(user_id=person.pk, before=before, after=after, now=now)


def test_first_details_cool_nothing():
    save(make_affiliate())
    assert not PayeeChange.objects.exists()


def test_another_account_cools_for_72_hours():
    affiliate = make_affiliate()
    save(affiliate)
    for _twice in range(2):
        save(affiliate, iban=GERMAN, now=LATER)

    change = PayeeChange.objects.get()
    assert (change.kind, change.before, change.after) == ("account", "•••• 0189", "•••• 3000")
    assert (change.at, change.cools_until) == (LATER, LATER + COOLING)
    assert change.by is not None


def test_another_holder_cools_too_and_is_told():
    affiliate = make_affiliate(user=make_user(email="ada@example.com"))
    save(affiliate)
    save(affiliate, legal_name="Eve Thief", now=LATER)

    change = PayeeChange.objects.get()
    assert (change.kind, change.before, change.after) == ("holder", "Ada Blanchet", "Eve Thief")
    assert "Eve Thief" in Delivery.objects.get(recipient="ada@example.com").body


def test_another_town_cools_nothing():
    affiliate = make_affiliate()
    save(affiliate)
    save(affiliate, town="Paris", now=LATER)
    assert not PayeeChange.objects.exists()


def test_how_long_is_a_setting(settings):
    settings.PAYEE_COOLING_HOURS = 1
    affiliate = make_affiliate()
    save(affiliate)
    save(affiliate, iban=GERMAN)
    assert PayeeChange.objects.get().cools_until == NOW + timedelta(hours=1)


def test_another_account_is_told_to_confirmed_addresses_beside_the_one_in_use():
    ada = make_user(email="eve@new.example")
    EmailAddress.objects.create(user=ada, email="eve@new.example", verified=True, primary=True)
    EmailAddress.objects.create(user=ada, email="ada@old.example", verified=True)
    EmailAddress.objects.create(user=ada, email="never@confirmed.example")
    affiliate = make_affiliate(user=ada)
    save(affiliate)
    save(affiliate, iban=GERMAN)

    told = set(Delivery.objects.values_list("recipient", flat=True))
    assert told == {"eve@new.example", "ada@old.example"}


def test_another_address_cools_and_the_old_one_is_told():
    ada = make_user(email="eve@new.example", name="Ada Blanchet")
    affiliate = make_affiliate(user=ada, name="Blog")
    colleague = make_user(email="zoe@example.com")
    Membership.objects.create(affiliate=affiliate, user=colleague)

    for _twice in range(2):
        email_changed(ada)

    change = PayeeChange.objects.get()
    assert (change.kind, change.affiliate, change.by) == ("email", affiliate, ada)
    assert (change.before, change.after) == ("a•••@old.example", "e•••@new.example")
    assert change.cools_until == NOW + COOLING
    mails = {mail.recipient: mail.body for mail in Delivery.objects.all()}
    assert set(mails) == {"ada@old.example", "zoe@example.com"}
    assert "Nothing is paid before" in mails["ada@old.example"]
    assert "eve@new.example" not in str(mails)
    assert AuditEntry.objects.get().verb == "payee.email_changed"


@pytest.mark.parametrize(
    ("before", "after"), [("", "ada@example.com"), ("Ada@example.com", "ada@example.com ")]
)
def test_a_first_or_the_same_address_is_no_change(before, after):
    ada = make_user()
    make_affiliate(user=ada)
    assert email_changed(ada, before=before, after=after) == 0
    assert not PayeeChange.objects.exists()
    assert not Delivery.objects.exists()


def test_who_acts_for_nobody_or_is_paid_with_wages_cools_nothing():
    employee = make_user()
    make_affiliate(user=employee, kind="employee")
    assert email_changed(make_user()) == email_changed(employee) == 0
    assert not PayeeChange.objects.exists()


def test_the_change_in_the_account_pages_arrives_here(client):
    ada = make_user(email="ada@old.example")
    affiliate = make_affiliate(user=ada)
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    new = EmailAddress.objects.create(user=ada, email="eve@new.example", verified=True)
    client.force_login(ada)
    from_page = {"action_primary": "", "email": new.email}

    answer = client.post("/account/email/", from_page)
    if "reauthenticate" in answer.headers.get("Location", ""):
        client.post(answer["Location"], {"password": "correct horse battery staple"})

    ada.refresh_from_db()
    assert ada.email == "eve@new.example"
    change = PayeeChange.objects.get(affiliate=affiliate)
    assert (change.kind, change.before) == ("email", "a•••@old.example")
    assert Delivery.objects.filter(recipient="ada@old.example").exists()


def test_a_change_is_never_rewritten():
    affiliate = make_affiliate()
    save(affiliate)
    save(affiliate, iban=GERMAN)
    with pytest.raises(DatabaseError), transaction.atomic():
        PayeeChange.objects.update(cools_until=NOW)
