"""Every kind of mail has a sample in both languages, in the real words, and stores nothing."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from affiliates.models import Programme
from core.letter_kinds import KINDS
from core.models import Delivery, Notification, User
from core.shown_letters import now_shown, shown_to
from portal.mail_previews import previews
from portal.mail_samples import SAMPLES, WITHOUT, samples_of
from tests.people import make_sam

UNFILLED = re.compile(r"%\(\w+\)|\{\w+\}|\bNone\b|<[A-Z]\w+")

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    Programme.get()
    return make_sam()


def test_every_kind_has_a_sample_but_those_that_are_named():
    assert set(KINDS) - set(SAMPLES) == WITHOUT
    assert set(SAMPLES) <= set(KINDS)


def test_the_list_of_kinds_without_a_sample_only_gets_shorter():
    assert frozenset() == WITHOUT


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_a_sample_is_whole_in_both_parts(sam, kind, language):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = previews(kind, viewer=sam, language=language, now=timezone.now())

    assert shown, "no mail of this kind"
    for one in shown:
        assert one.subject
        assert "Sam" in one.text or kind == "reconciliation_alert"
        assert not UNFILLED.search(one.subject + one.text), one
        assert f'lang="{language}"' in one.html
    assert {query["sql"].split()[0] for query in asked} <= {"SELECT"}
    assert not Delivery.objects.exists()
    assert not Notification.objects.exists()


def test_the_two_languages_are_not_the_same(sam):
    for kind in ("application_received", "payout_sent", "look_published", "digest_daily"):
        french, english = (
            samples_of(kind, viewer=sam, language=language, now=timezone.now())[0]
            for language in ("fr", "en")
        )
        assert french.body != english.body
        assert french.body.startswith("Bonjour Sam")
        assert english.body.startswith("Hello Sam")


def test_nothing_real_is_found_by_what_is_made_up(sam):
    """Rows begin at one, and what is made up has the number nought."""
    assert not User.objects.filter(pk=0).exists()


def test_letters_are_sent_again_after_somebody_looked(sam):
    with suppress(RuntimeError), shown_to(sam):
        assert now_shown() is not None
        raise RuntimeError

    assert now_shown() is None
