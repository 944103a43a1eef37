"""Where money goes is changed only by who has just proved who they are."""

import time

import pytest
from django.contrib.sessions.models import Session

from affiliates.models import Payee, TaxProfile
from tests.affiliates.tax_world import EXEMPT
from tests.builders import IBAN, PASSWORD, make_payee
from tests.people import make_ada, make_ines, person_of

pytestmark = pytest.mark.django_db

PAGE = "/portal/payee/"
TAX = "/portal/payee/tax/"
GERMAN = "DE89370400440532013000"
DETAILS = {"legal_name": "Ada Blanchet", "iban": GERMAN, "country": "FR", "town": ""}


@pytest.fixture(autouse=True)
def real(settings):
    settings.ON_THIS_MACHINE = False


@pytest.fixture
def ada(client):
    affiliate = make_ada()
    make_payee(affiliate)
    client.force_login(person_of(affiliate))
    return affiliate


def iban_of(affiliate):
    return Payee.objects.get(affiliate=affiliate).iban


def test_a_session_alone_changes_nothing_and_keeps_no_account_in_clear(client, ada):
    assert client.get(PAGE).status_code == 200

    response = client.post(PAGE, DETAILS)

    assert response["Location"].startswith("/account/reauthenticate/")
    assert iban_of(ada) == IBAN
    assert GERMAN not in str(Session.objects.get().get_decoded())


def test_the_password_completes_the_change_without_typing_it_again(client, ada):
    ask = client.post(PAGE, DETAILS)["Location"]

    done = client.post(ask, {"password": PASSWORD}, follow=True)

    assert done.status_code == 200
    assert done.redirect_chain[-1][0] == PAGE
    assert iban_of(ada) == GERMAN
    client.post(PAGE, {**DETAILS, "iban": IBAN})
    assert iban_of(ada) == IBAN


def test_a_wrong_password_changes_nothing(client, ada):
    ask = client.post(PAGE, DETAILS)["Location"]
    client.post(ask, {"password": "something else"})
    assert iban_of(ada) == IBAN


def test_a_proof_given_for_another_page_completes_nothing(client, ada):
    client.post(PAGE, DETAILS)
    client.post("/account/reauthenticate/?next=/account/2fa/", {"password": PASSWORD})
    assert iban_of(ada) == IBAN


def test_details_with_a_mistake_are_corrected_before_anybody_is_asked(client, ada):
    assert client.post(PAGE, {**DETAILS, "iban": "hello"}).status_code == 422


def test_details_that_were_not_sealed_here_are_refused(client, ada):
    assert client.post(PAGE, {"sealed": "hello"}).status_code == 400
    assert iban_of(ada) == IBAN


def test_on_this_machine_nobody_is_asked(client, settings):
    settings.ON_THIS_MACHINE = True
    ines = make_ines()
    client.force_login(person_of(ines))
    assert client.post(PAGE, DETAILS)["Location"] == PAGE
    assert iban_of(ines) == GERMAN


def test_a_tax_profile_wants_the_same_proof_and_completes_with_the_password(client, ada):
    answer = client.post(TAX, EXEMPT)
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert not TaxProfile.objects.exists()
    assert EXEMPT["siret"] not in str(Session.objects.get().get_decoded())

    client.post(answer["Location"], {"password": PASSWORD}, follow=True)

    assert TaxProfile.objects.get().siret == EXEMPT["siret"]


def test_a_tax_profile_with_a_mistake_is_corrected_before_anybody_is_asked(client, ada):
    assert client.post(TAX, {**EXEMPT, "siret": "1"}).status_code == 422
    assert client.post(TAX, {"sealed": "hello"}).status_code == 400


def test_somebody_without_a_password_or_passkey_has_to_have_signed_in_just_now(client, ada):
    person = person_of(ada)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    client.force_login(person)

    refused = client.post(PAGE, DETAILS, headers={"accept-language": "en"})

    assert refused.status_code == 403
    assert "sign in again" in refused.content.decode()
    assert iban_of(ada) == IBAN

    session = client.session
    session["account_authentication_methods_user"] = str(person.pk)
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session.save()
    client.post(PAGE, DETAILS)
    assert iban_of(ada) == GERMAN
