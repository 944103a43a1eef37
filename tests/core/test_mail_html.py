"""Mails in two parts: what is a link, who may stop them, and nothing that people wrote runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail

from core import deliveries, letters
from core.letter_kinds import Category
from core.mail_html import read_token
from core.models import Delivery
from tests.builders import make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def _sent(said, *, kind="claim_decided", language="en"):
    person = make_user(language=language, name="Ada")
    letters.tell([person], "fact", NOW, lambda: "Subject", lambda: said, kind=kind)
    deliveries.send_due(now=NOW)
    message = mail.outbox[-1]
    html, kind_of_part = message.alternatives[0]
    assert kind_of_part == "text/html"
    return person, message, html


def test_a_mail_has_text_and_html_with_a_button_to_its_object(settings):
    own = f"{settings.PUBLIC_URL}/portal/claims/7/"
    person, message, html = _sent(["See it.", f"Here: {own}"])

    assert message.body.startswith("Hello Ada,\n\nSee it.")
    assert f'<a class="button" href="{own}">Open it</a>' in html
    assert "<p>See it.</p>" in html
    assert "Kind of mail: Claim answered." in html
    assert f"{settings.PUBLIC_URL}/settings/notifications/" in message.body


def test_what_people_wrote_is_no_markup_and_no_link(settings):
    _person, _message, html = _sent(
        ['<img src=x onerror="x"> https://evil.example/', f"{settings.PUBLIC_URL}.evil.example/x"]
    )

    assert "<img" not in html
    assert 'href="https://evil' not in html
    assert ".evil.example/x</a>" not in html
    assert 'class="button"' not in html


def test_what_can_be_switched_off_is_stopped_by_one_click_of_the_mail_program(settings):
    person, message, html = _sent(["Said."])

    address = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address.startswith(f"{settings.PUBLIC_URL}/letters/")
    assert read_token(address.rstrip("/").rsplit("/", 1)[-1]) == (person.pk, Category.SALES)
    assert address in html
    assert address in message.body


def test_money_cannot_be_stopped_and_says_so():
    _person, message, html = _sent(["Said."], kind="payout_sent")

    assert "List-Unsubscribe" not in message.extra_headers
    assert "Always sent: it is about your money." in html


def test_a_token_that_was_tampered_with_stops_nothing():
    assert read_token("nonsense") is None


def test_the_mail_is_in_the_language_of_its_reader():
    _person, message, html = _sent(["Dit."], language="fr")

    assert message.body.startswith("Bonjour Ada,")
    assert '<html lang="fr">' in html


def test_a_mail_of_before_there_were_kinds_leaves_as_text():
    Delivery.objects.create(
        key="old", recipient="a@example.com", subject="S", body="B", status_changed_at=NOW,
        next_attempt_at=NOW,
    )  # fmt: skip

    deliveries.send_due(now=NOW)

    assert (mail.outbox[-1].body, mail.outbox[-1].alternatives) == ("B", [])
