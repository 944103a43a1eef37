"""Managers and finance write the clauses of contracts; what is published was read (CT16, CT17)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from influencers.models import ContractText
from tests.influencers.contract_world import PURPOSES, drafted, law, make_influencer
from tests.people import make_fin, make_sam

pytestmark = pytest.mark.django_db

NEW = "/manage/contracts/texts/new/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _law():
    law()


@pytest.fixture
def sam(client):
    person = make_sam()
    client.force_login(person)
    return person


def typed(**changes):
    words = {f"{clause}_fr": f"Clause {clause} <b>." for clause in PURPOSES}
    words |= {f"{clause}_en": f"The clause of {clause}." for clause in PURPOSES}
    day = timezone.now().date() + timedelta(days=3)
    return {**words, "valid_from": day.isoformat(), "seen": "", **changes}


def post(client, **changes):
    return client.post(NEW, typed(**changes), headers=ENGLISH)


def test_a_version_begins_with_the_words_of_the_newest(client, sam):
    page = client.get(NEW)
    newest = ContractText.objects.order_by("-number").first()
    assert page.context["form"]["duties_fr"].value() == newest.clauses_fr["duties"]


def test_it_is_previewed_first_and_published_as_it_was_read(client, sam):
    before = ContractText.objects.count()
    shown = post(client)

    page = shown.content.decode()
    seen = shown.context["preview"]["sha256"]
    assert shown.status_code == 200
    assert ContractText.objects.count() == before
    assert seen in page
    assert "Clause duties &lt;b&gt;." in page
    answer = post(client, seen=seen)

    text = ContractText.objects.order_by("-number").first()
    assert answer["Location"] == reverse("portal:contract-text-detail", args=[text.number])
    assert (text.sha256, text.author) == (seen, sam)
    assert AuditEntry.objects.get(verb="contract_text.published").actor == sam
    told = client.get(answer["Location"], headers=ENGLISH).content.decode()
    assert seen in told
    assert "To come" in told


def test_words_changed_after_the_preview_are_shown_again_before(client, sam):
    before = ContractText.objects.count()
    seen = post(client).context["preview"]["sha256"]

    answer = post(client, seen=seen, duties_en="Something else.")

    assert answer.status_code == 200
    assert answer.context["preview"]["sha256"] != seen
    assert ContractText.objects.count() == before


@pytest.mark.parametrize("change", [{"law_fr": " "}, {"valid_from": "2020-01-01"}])
def test_what_cannot_be_published_says_why(client, sam, change):
    before = ContractText.objects.count()
    answer = post(client, **change)
    if answer.status_code == 200:
        answer = post(client, seen=answer.context["preview"]["sha256"], **change)

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert ContractText.objects.count() == before


def test_finance_reads_and_writes_them_too(client):
    client.force_login(make_fin())
    assert client.get(reverse("portal:contract-text-list")).status_code == 200
    seen = post(client).context["preview"]["sha256"]
    assert post(client, seen=seen).status_code == 302


def test_a_draft_says_that_another_version_is_in_force(client, sam):
    contract = drafted(make_influencer(), now=timezone.now())
    address = reverse("portal:contract-detail", args=[contract.public_id])
    assert client.get(address).context["newer_text"] is None
    today = timezone.localdate().isoformat()
    seen = post(client, valid_from=today).context["preview"]["sha256"]
    post(client, valid_from=today, seen=seen)

    assert client.get(address).context["newer_text"].sha256 == seen
