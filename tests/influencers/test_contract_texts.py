"""The clauses that are the same for everybody, version by version (CT16 to CT18)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from core.models import AuditEntry
from influencers.models import Contract, ContractText
from influencers.queries.contract_texts import changed_clauses, text_at, texts
from influencers.services import contract_texts, contracts
from influencers.services.contract_texts import ContractTextRefused
from influencers.services.contract_words import digest_of_clauses, document_of
from influencers.services.contracts import Agreed
from tests.builders import NOW, make_user
from tests.influencers.contract_world import (
    AGREED,
    PURPOSES,
    drafted,
    law,
    make_influencer,
    offered,
    sign,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=10)
FRENCH = {clause: f"Ce que dit le contrat de {clause}." for clause in PURPOSES}
ENGLISH = {clause: f"What the contract says of {clause} now." for clause in PURPOSES}


@pytest.fixture(autouse=True)
def _law():
    law()


def publish(**changes):
    given = {
        "clauses_fr": FRENCH, "clauses_en": ENGLISH, "valid_from": LATER, "now": NOW,
        "actor_id": make_user(roles=["manager"]).pk, **changes,
    }  # fmt: skip
    return contract_texts.publish(**given)


def test_ct16_a_version_is_numbered_digested_and_in_force_from_its_moment():
    before = text_at(NOW)

    text = publish(clauses_fr={**FRENCH, "duties": "  Avec soin.  \nToujours. \n", "other": "x"})

    assert text.number == before.number + 1
    assert text.clauses_fr == {**FRENCH, "duties": "Avec soin.\nToujours."}
    assert text.sha256 == digest_of_clauses(text.clauses_fr, text.clauses_en)
    assert text_at(LATER - timedelta(microseconds=1)) == before
    assert text_at(LATER) == text
    said = AuditEntry.objects.get(verb="contract_text.published")
    assert said.data["sha256"] == text.sha256
    assert (said.data["number"], said.actor) == (text.number, text.author)


@pytest.mark.parametrize(
    "change",
    [
        {"clauses_fr": {**FRENCH, "law": " \n"}},
        {"clauses_en": {clause: words for clause, words in ENGLISH.items() if clause != "duties"}},
        {"clauses_en": {**ENGLISH, "property": "a" * 8_001}},
        {"valid_from": NOW - timedelta(seconds=1)},
    ],
)
def test_ct16_what_leaves_something_open_or_begins_in_the_past_is_refused(change):
    before = ContractText.objects.count()
    with pytest.raises(ContractTextRefused):
        publish(**change)
    assert ContractText.objects.count() == before


def test_ct16_versions_begin_one_after_the_other():
    publish()
    other = {**ENGLISH, "law": "Something else."}
    with pytest.raises(ContractTextRefused, match="before begins later"):
        publish(clauses_en=other, valid_from=LATER - timedelta(days=1))
    assert publish(clauses_en=other).number == text_at(LATER).number


def test_ct17_the_same_words_are_one_version():
    text = publish()

    assert publish(valid_from=LATER + timedelta(days=1)) == text
    assert AuditEntry.objects.filter(verb="contract_text.published").count() == 1


def test_ct16_a_version_is_never_changed_nor_deleted():
    rows = ContractText.objects.filter(pk=publish().pk)
    for act in (lambda: rows.update(clauses_fr={}), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_ct18_what_was_offered_keeps_its_words_and_new_contracts_have_the_new_ones():
    ines = make_influencer()
    old = offered(ines)
    shown = document_of(old, "en")

    text = publish()
    later = drafted(ines, now=LATER)

    old = Contract.objects.get(pk=old.pk)
    assert document_of(old, "en") == shown
    sign(old, now=LATER, shown_sha256=shown.sha256)
    assert (Contract.objects.get(pk=old.pk).text.number, later.text) == (text.number - 1, text)
    assert "What the contract says of duties now." in document_of(later, "en").as_json()
    assert [(one.number, one.offered, one.alive) for one in texts()[:2]] == [
        (text.number, 0, 0),
        (text.number - 1, 1, 1),
    ]


def test_ct18_a_draft_takes_the_version_in_force_when_it_is_saved_again():
    contract, text = drafted(make_influencer()), publish()
    assert contract.text != text

    contracts.revise(
        contract_id=contract.pk, agreed=Agreed(**AGREED), actor_id=make_user().pk, now=LATER
    )

    assert Contract.objects.get(pk=contract.pk).text == text


def test_what_changed_is_told_by_clause():
    text = publish()
    english = {**ENGLISH, "payment": "Otherwise."}
    french = {**FRENCH, "law": "Autrement."}
    assert changed_clauses(text, FRENCH, ENGLISH) == []
    assert changed_clauses(text, french, english) == ["payment", "law"]
    assert len(changed_clauses(None, FRENCH, ENGLISH)) == len(PURPOSES)
