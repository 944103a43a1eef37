"""Who else an applicant or an affiliate may be: rule V12."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession

from affiliates.models import IdentityKey, Property
from fraud.queries.duplicates import Shared, duplicates_of, plain_email
from tests.builders import NOW, make_affiliate, make_payee, make_user
from tests.people import person_of
from tests.portal_staff.world import make_application

pytestmark = pytest.mark.django_db


def found(**subject):
    return {one.name: set(one.shared) for one in duplicates_of(now=NOW, **subject)}


@pytest.mark.parametrize(
    ("email", "plain"),
    [
        ("Ada.L+shop@Gmail.com", "adal@gmail.com"),
        ("a.d@googlemail.com", "ad@gmail.com"),
        ("ada.l+x@example.com", "ada.l@example.com"),
    ],
)
def test_an_address_is_compared_by_its_mailbox(email, plain):
    assert plain_email(email) == plain


def test_an_applicant_is_compared_with_accounts_and_applications():
    application = make_application(
        user=make_user(email="ada.l@gmail.com"), sites=["https://www.carnet.example/blog/"]
    )
    closed = make_affiliate(name="Closed", status="closed")
    person_of(closed).delete()
    closed = make_affiliate(name="Closed site", status="closed")
    Property.objects.create(affiliate=closed, url="http://carnet.example/blog", declared_at=NOW)
    near = make_affiliate(name="Other path")
    Property.objects.create(affiliate=near, url="https://carnet.example/other", declared_at=NOW)
    make_application(name="Mailbox", user=make_user(email="adal+2@googlemail.com"),
                     sites=["https://else.example/"])  # fmt: skip
    make_application(name="Stranger", user=make_user(email="bob@gmail.com"),
                     sites=["https://bob.example/"])  # fmt: skip
    assert found(application=application) == {
        "Closed site": {Shared.SITE},
        "Mailbox": {Shared.EMAIL},
    }


def test_an_affiliate_is_compared_by_bank_account_and_keys():
    one, two = make_affiliate(name="One"), make_affiliate(name="Two")
    for affiliate in (one, two):
        make_payee(affiliate)
        IdentityKey.objects.create(
            affiliate=affiliate, kind="phone", key="k", source="payee", seen_at=NOW
        )
    IdentityKey.objects.create(
        affiliate=make_affiliate(), kind="address", key="k", source="payee", seen_at=NOW
    )
    assert found(affiliate=one) == {"Two": {Shared.IBAN, Shared.PHONE}}


def test_browsers_on_one_network_are_told_for_ninety_days():
    application, other = make_application(), make_affiliate(name="Same browser")
    for number, user in enumerate((application.user, person_of(other))):
        session = UserSession.objects.create(
            user=user, ip="192.0.2.1", user_agent="Browser", session_key=f"key{number}",
            created_at=NOW,
        )  # fmt: skip
        UserSession.objects.filter(pk=session.pk).update(last_seen_at=NOW)
    assert found(application=application) == {"Same browser": {Shared.DEVICE}}
    later = NOW + timedelta(days=91)
    assert duplicates_of(application=application, now=later) == []


def test_a_rejected_application_of_the_same_person_is_told():
    user = make_user()
    first = make_application(user=user, name="First")
    first.status, first.reason = "rejected", "No"
    first.save()
    second = make_application(user=user, name="Second", sites=["https://two.example/"])
    assert found(application=second) == {"First": {Shared.PERSON}}
