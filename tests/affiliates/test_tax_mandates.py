"""Rules T16 to T19 of docs/rules/payees.md: the self-billing mandate."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from affiliates.models import Mandate, MandateText
from affiliates.services import mandates
from affiliates.services.tax_standing import standing_of
from core.models import AuditEntry
from tests.affiliates.tax_world import WORDS, make_text
from tests.builders import NOW, make_user
from tests.people import make_ada, make_mallory, person_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def ada():
    return make_ada()


@pytest.fixture
def text():
    return make_text()


def accept(affiliate, text, *, person=None, language="fr", now=NOW):
    return mandates.accept(
        affiliate_id=affiliate.pk,
        text_id=text.pk,
        language=language,
        actor_id=(person or person_of(affiliate)).pk,
        now=now,
    )


def end(affiliate, *, person=None, now=LATER):
    actor = person or person_of(affiliate)
    return mandates.end(affiliate_id=affiliate.pk, actor_id=actor.pk, now=now)


def publish(*, text_fr=WORDS, text_en=WORDS, valid_from=LATER, now=NOW):
    return mandates.publish(
        text_fr=text_fr,
        text_en=text_en,
        valid_from=valid_from,
        actor_id=make_user(roles=["finance"]).pk,
        now=now,
    )


def test_acceptance_keeps_the_words_the_time_the_person_and_the_language(ada, text):
    mandate = accept(ada, text)

    assert (mandate.text, mandate.language) == (text, "fr")
    assert (mandate.accepted_at, mandate.accepted_by) == (NOW, person_of(ada))
    entry = AuditEntry.objects.get()
    assert entry.verb == "mandate.accepted"
    assert entry.data["sha256"] == text.sha256
    assert not standing_of(ada.pk, NOW).is_asked_for_mandate


def test_accepting_twice_is_once(ada, text):
    assert accept(ada, text) == accept(ada, text, now=LATER, language="en")
    assert AuditEntry.objects.count() == 1


def test_a_stranger_and_an_employee_accept_nothing(ada, text):
    mallory = person_of(make_mallory())
    left = person_of(ada)
    left.is_active = False
    left.save()
    for person in (mallory, left, make_user(roles=["finance"])):
        with pytest.raises(mandates.NotTheirMandate):
            accept(ada, text, person=person)
    assert not Mandate.objects.exists()


def test_a_new_text_is_asked_for_and_the_mandate_in_old_words_lives_until_then(ada, text):
    accept(ada, text)
    new = publish()

    assert not standing_of(ada.pk, NOW).is_asked_for_mandate
    standing = standing_of(ada.pk, LATER)
    assert (standing.text, standing.mandate.text) == (new, text)
    assert standing.is_asked_for_mandate
    assert standing.has_mandate

    accept(ada, new, now=LATER)

    old, live = ada.mandates.order_by("pk")
    assert (old.ended_at, live.text, live.ended_at) == (LATER, new, None)


def test_a_page_older_than_the_text_accepts_nothing(ada, text):
    new = publish()
    with pytest.raises(mandates.TextHasChanged):
        accept(ada, text, now=LATER)
    with pytest.raises(mandates.TextHasChanged):
        accept(ada, new)
    with pytest.raises(mandates.TextHasChanged):
        accept(ada, text, language="de")
    assert not Mandate.objects.exists()


def test_a_mandate_ends_once_and_can_be_given_again(ada, text):
    accept(ada, text)

    assert end(ada).ended_at == LATER
    assert end(ada, now=LATER + timedelta(days=1)).ended_at == LATER
    assert AuditEntry.objects.filter(verb="mandate.ended").count() == 1
    assert not standing_of(ada.pk, LATER).has_mandate

    accept(ada, text, now=LATER)
    assert standing_of(ada.pk, LATER).has_mandate


def test_a_mandate_is_ended_by_its_people_only(ada, text):
    with pytest.raises(mandates.NoMandate):
        end(ada)
    accept(ada, text)
    with pytest.raises(mandates.NotTheirMandate):
        end(ada, person=person_of(make_mallory()))
    assert mandates.live_of(ada.pk) is not None


def test_what_was_accepted_cannot_be_rewritten(ada, text):
    mandate = accept(ada, text)
    for rows, change in (
        (Mandate.objects.filter(pk=mandate.pk), {"language": "en"}),
        (MandateText.objects.filter(pk=text.pk), {"text_fr": "Something else"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


def test_texts_are_numbered_and_the_same_words_are_one_text(text):
    new = publish()
    assert new.number == text.number + 1
    assert new.sha256 == mandates.digest_of(text_fr=new.text_fr, text_en=new.text_en)
    assert publish(text_fr=f"  {WORDS}  ") == new
    assert AuditEntry.objects.filter(verb="mandate_text.published").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"text_fr": "Short"},
        {"text_en": ""},
        {"text_en": "a" * 20_001},
        {"valid_from": NOW - timedelta(seconds=1)},
    ],
)
def test_a_text_that_nobody_could_accept_is_refused(change):
    before = MandateText.objects.count()
    with pytest.raises(mandates.MandateTextRefused):
        publish(**change)
    assert MandateText.objects.count() == before


def test_texts_begin_one_after_the_other():
    publish(valid_from=LATER)
    with pytest.raises(mandates.MandateTextRefused):
        publish(text_en=WORDS + "More.", valid_from=NOW)
