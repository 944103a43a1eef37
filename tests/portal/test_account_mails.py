"""Mails of an account itself look like every other, and managers can look at them first (L24)."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from core.account_mails import kind_of_mail
from core.models import Delivery, Notification
from tests.builders import PASSWORD, make_user
from tests.mails import code_in
from tests.people import make_sam

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(client, settings):
    settings.ACCOUNT_RATE_LIMITS = False  # One address in every test.
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def ada():
    user = make_user(name="Ada <b>Blanchet</b>", email="ada@example.com")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def html_of(one):
    ((body, kind),) = one.alternatives
    assert kind == "text/html"
    return body


def test_a_code_comes_as_text_and_html_and_names_no_host(client, ada):
    client.post(reverse("account_request_login_code"), {"email": ada.email})

    (sent,) = mail.outbox
    code = code_in(sent.body)
    assert f"<p>{code}</p>" in html_of(sent)
    assert "Kind of mail" not in sent.body + html_of(sent)
    for said in (sent.body, html_of(sent)):
        assert "Hello" in said
        assert "testserver" not in said
    assert not Notification.objects.exists()


def test_nobody_learns_the_name_of_whose_address_they_type(client, ada):
    client.post(reverse("account_signup"), {"email": ada.email, "password1": PASSWORD})

    assert "already exists" in mail.outbox[-1].body
    assert "Blanchet" not in mail.outbox[-1].body


def test_a_change_greets_by_name_and_nothing_of_it_runs(client, ada):
    client.force_login(ada)
    new = f"{PASSWORD}-new"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post(reverse("account_change_password"), typed)

    (sent,) = mail.outbox
    assert "Your password has been changed." in sent.body
    assert "<b>" not in html_of(sent)
    assert "Always sent: it shows you when somebody else uses your account." in sent.body


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("account/email/email_confirmation_signup", "account_code"),
        ("account/email/login_code", "account_code"),
        ("account/email/email_changed", "account_changed"),
        ("mfa/email/webauthn_added", "account_changed"),
    ],
)
def test_each_is_of_a_kind(prefix, kind):
    assert kind_of_mail(prefix).key == kind


@pytest.mark.parametrize("kind", ["account_code", "account_changed"])
def test_a_manager_looks_at_them_and_nothing_is_sent(client, kind):
    client.force_login(make_sam())

    page = client.get(reverse("portal:mail-detail", args=[kind]))

    assert page.status_code == 200
    assert not Delivery.objects.exists()
    assert mail.outbox == []


def test_there_is_nothing_to_choose_of_them(client, ada):
    client.force_login(make_sam())

    page = client.get("/settings/notifications/", follow=True).text

    assert "app-new_device" in page
    assert "app-account_" not in page
