"""Claims for the team: the queue, the evidence, a decision that is seen before it is sent."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Delivery
from payouts.models import Adjustment, Claim
from tests.builders import make_attribution, make_code, make_order, make_user
from tests.payouts.claim_stories import claimed
from tests.payouts.stories import euros
from tests.people import make_ada, make_fin, make_mallory, make_sam

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(client):
    person = make_sam()
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return person


def missing(quantity=1, affiliate=None, **overrides):
    """A claim of today for an order of EUR 100.00 a unit that is nobody's."""
    now = timezone.now()
    order = make_order(number="WEB-7", placed_at=now, lines=[{"quantity": quantity}], **overrides)
    make_attribution(order)
    return claimed(
        affiliate or make_ada(), order_number="WEB-7", ordered_on=now.date(), now=now,
        amount_minor=12_000, text="From my letter",
    )  # fmt: skip


def page_of(claim):
    return reverse("portal:staff-claim-detail", args=[claim.public_id])


def decide(client, claim, act, step="", **typed):
    fields = {"code": "tracking_gap", "text": "You are right.", **typed}
    return client.post(f"{page_of(claim)}decide/", {"act": act, "step": step, **fields})


def test_the_page_shows_evidence_and_what_to_grant_with_its_steps(client, sam):
    make_code(make_mallory(), code="MALL5")
    claim = missing(codes=["MALL5", "SUMMER"])

    page = client.get(page_of(claim)).content.decode()

    for said in (
        "From my letter", "Nobody&#x27;s", "€100.00: they say €120.00", "MALL5 (Bons Plans",
        "SUMMER", "€10.00", "Rate: 20", "No click and no code",
    ):  # fmt: skip
        assert said in page, said
    grant = client.get(f"{page_of(claim)}?act=grant").content.decode()
    assert 'name="amount" value="10.00"' in grant.replace("&quot;", '"')


def test_a_decision_is_seen_before_it_is_sent_in_the_affiliates_language(client, sam):
    claim = missing()
    claim.author.language = "fr"
    claim.author.save()

    seen = decide(client, claim, "grant", amount="10,00")

    assert seen.status_code == 200
    assert b"You are right." in seen.content
    assert 'lang="fr"' in seen.content.decode()
    assert "Français" in seen.content.decode()
    assert Claim.objects.get().status == "open"
    assert not Adjustment.objects.exists()
    changed = decide(client, claim, "grant", step="edit", amount="10,00")
    assert b"You are right." in changed.content

    sent = decide(client, claim, "grant", step="send", amount="10,00")

    assert sent["Location"] == reverse("portal:staff-claim-list")
    assert Adjustment.objects.get().amount == euros(1_000)
    assert Delivery.objects.filter(key__contains=":granted:").count() == 1


def test_after_a_decision_the_next_claim_opens(client, sam):
    first = missing()
    second = claimed(make_mallory(), ordered_on=timezone.now().date(), now=timezone.now())

    answer = decide(client, first, "decline", step="send", code="no_click", text="No click.")

    assert answer["Location"] == page_of(second)
    assert Claim.objects.get(pk=first.pk).answer == "No click."


def test_a_question_is_seen_and_sent(client, sam):
    claim = missing()
    assert b"How?" in decide(client, claim, "ask", text="How?").content

    decide(client, claim, "ask", step="send", text="How?")

    assert Claim.objects.get().status == "question"


@pytest.mark.parametrize(
    ("act", "typed", "says"),
    [
        ("grant", {"text": ""}, "Write the answer"),
        ("grant", {"amount": "-3"}, "greater than or equal"),
        ("grant", {"amount": "100.01"}, "more than the price of the order"),
        ("decline", {"text": "x" * 501}, "at most 500"),
    ],
)
def test_what_is_refused_says_why_and_decides_nothing(client, sam, act, typed, says):
    claim = missing()
    answer = decide(client, claim, act, step="send", **typed)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Claim.objects.get().status == "open"


def test_from_the_limit_on_the_preview_says_that_a_second_person_decides(client, sam):
    claim = missing(quantity=20)
    assert b"second person" in decide(client, claim, "grant", amount="150").content

    decide(client, claim, "grant", step="send", amount="150")

    page = client.get(page_of(claim)).content.decode()
    assert "The amount waits for a second person" in page
    assert "See the message" not in page
    listed = client.get(reverse("portal:staff-claim-list"), {"state": "second_person"})
    assert b"WEB-7" in listed.content
    assert "150.00" in listed.content.decode()


def test_a_claim_that_somebody_decided_meanwhile_is_not_decided_again(client, sam):
    claim = missing()
    decide(client, claim, "decline", step="send", text="No.")
    answer = decide(client, claim, "grant", step="send", amount="10")
    assert answer.status_code == 422
    assert not Adjustment.objects.exists()


def test_the_queue_is_narrowed(client, sam):
    missing()
    later = claimed(make_mallory(), order_number="ODD-1", ordered_on=timezone.now().date(),
                    now=timezone.now())  # fmt: skip
    client.post(f"{page_of(later)}assign/", {"assignee": sam.pk})
    address = reverse("portal:staff-claim-list")

    def numbers(**query):
        page = client.get(address, query).content.decode()
        return {number for number in ("WEB-7", "ODD-1") if number in page}

    assert numbers() == {"WEB-7", "ODD-1"}
    assert numbers(assignee="mine") == {"ODD-1"}
    assert numbers(q="mallory") == {"ODD-1"}
    assert numbers(kind="wrong") == set()
    assert numbers(state="late") == set()
    assert numbers(state="all", kind="missing", q="#web") == {"WEB-7"}
    assert numbers(state="\0", q="\0", page="x") == {"WEB-7", "ODD-1"}


def test_a_claim_is_given_to_managers_alone(client, sam):
    claim = missing()
    client.post(f"{page_of(claim)}assign/", {"assignee": make_user().pk})
    assert Claim.objects.get().assignee is None

    client.post(f"{page_of(claim)}assign/", {"assignee": sam.pk})
    assert Claim.objects.get().assignee == sam
    client.post(f"{page_of(claim)}assign/", {"assignee": ""})
    assert Claim.objects.get().assignee is None


def test_finance_reads_and_decides_nothing(client):
    claim = missing()
    client.force_login(make_fin())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    page = client.get(page_of(claim)).content.decode()

    assert "Still due" in page
    assert "See the message" not in page
    assert decide(client, claim, "grant", step="send", amount="1").status_code == 403


def test_the_texts_of_answers_are_in_the_language_of_who_claimed(client, sam):
    claim = missing()
    page = client.get(f"{page_of(claim)}?answer=send_proof").content.decode()
    assert "Cover the" in page
    assert 'name="act" value="ask"' in page


def test_no_manager_decides_about_their_own_account(client):
    ada = make_ada()
    claim = missing(affiliate=ada)
    person = claim.author
    person.groups.set(make_sam().groups.all())
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    answer = decide(client, claim, "grant", step="send", amount="10")

    assert answer.status_code == 422
    assert b"You act for this account" in answer.content
