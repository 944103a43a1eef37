"""Finance takes lines off payouts, explains together, keeps files, and lifts the minimum."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import AuditEntry
from payouts.models import BankEntry, BatchAttachment, Difference, MinimumRule
from payouts.queries.minimum_rules import months_at
from payouts.services import differences, minimum_rules, unmatching
from payouts.services.differences import Found
from tests.builders import NOW
from tests.payouts.bank_messages import LATER, Sent, receive
from tests.payouts.paydays import finance, make_due, submitted
from tests.people import make_ada, make_sam, person_of

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
PDF = b"%PDF-1.7 I agree."


@pytest.fixture(autouse=True)
def _later():
    with time_machine.travel(LATER, tick=False):
        yield


def page(client, name, *args):
    answer = client.get(reverse(f"portal:{name}", args=args), headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client, name, *args, **fields):
    answer = client.post(reverse(f"portal:{name}", args=args), fields, headers=ENGLISH)
    assert answer.status_code == 302
    return answer


@pytest.fixture
def line():
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))
    return BankEntry.objects.get(item=sent.ada)


def test_one_person_asks_and_cannot_agree_with_themselves(client, fin, line):
    assert "Wrong payout" in page(client, "bank-line", line.pk)

    post(client, "bank-line-unmatch", line.pk, reason="It was Bea's.")

    shown = page(client, "bank-line", line.pk)
    assert "It was Bea&#x27;s." in shown
    assert "You asked for it: another person agrees." in shown
    assert reverse("portal:bank-line-unmatch-agree", args=[line.pk]) not in shown
    post(client, "bank-line-unmatch-agree", line.pk)
    line.refresh_from_db()
    assert line.state == "matched"


def test_another_person_agrees_and_the_line_waits_again(client, fin, line):
    unmatching.ask(entry_id=line.pk, actor_id=finance().pk, reason="It was Bea's.", now=LATER)

    post(client, "bank-line-unmatch-agree", line.pk)

    line.refresh_from_db()
    assert (line.state, line.item) == ("unmatched", None)
    shown = page(client, "bank-line", line.pk)
    assert "It was taken off a payout again" in shown
    assert "Taken off its payout" in shown


def test_a_request_is_let_stand(client, fin, line):
    post(client, "bank-line-unmatch", line.pk, reason="It was Bea's.")
    post(client, "bank-line-let-stand", line.pk)

    assert "Wrong payout" in page(client, "bank-line", line.pk)
    assert BankEntry.objects.get(pk=line.pk).state == "matched"


@pytest.fixture
def found():
    differences.note(
        [Found(key=f"key:{one}", kind="not_booked", amount_minor=one) for one in (1, 2, 3)],
        kinds=["not_booked"],
        now=NOW,
    )
    return list(Difference.objects.order_by("pk"))


def test_several_differences_are_explained_and_given_at_once(client, fin, found):
    owner, chosen = finance(), [one.pk for one in found[:2]]
    assert 'name="selected"' in page(client, "reconciliation")

    post(client, "difference-together", selected=chosen, act="mind", owner=owner.pk, note="")
    assert Difference.objects.filter(owner=owner, state="open").count() == 2
    post(client, "difference-together", selected=chosen, act="explain", note="Bank holiday.")

    states = Difference.objects.order_by("pk").values_list("state", "note")
    assert list(states) == [("explained", "Bank holiday.")] * 2 + [("open", "")]


@pytest.mark.parametrize("given", [{}, {"selected": "x"}, {"selected": "9" * 30}, {"selected": 0}])
def test_without_a_choice_nothing_is_explained(client, fin, found, given):
    post(client, "difference-together", act="explain", note="Bank holiday.", **given)

    assert not Difference.objects.exclude(state="open").exists()


@pytest.fixture
def batch():
    make_due()
    return submitted()


def upload(client, batch, body=PDF):
    file = SimpleUploadedFile("accord.pdf", body)
    return post(client, "batch-attach", batch.public_id, file=file)


def test_a_file_is_kept_with_a_batch_and_finance_alone_reads_it(client, fin, batch):
    upload(client, batch)

    kept = BatchAttachment.objects.get()
    assert "accord.pdf" in page(client, "batch-detail", batch.public_id)
    address = reverse("portal:batch-attachment", args=[batch.public_id, kept.pk])
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="accord.pdf"'
    assert AuditEntry.objects.filter(verb="batch_attachment.viewed", actor=fin).exists()
    for person in (make_sam(), person_of(make_ada())):
        client.force_login(person)
        assert client.get(address).status_code == 403


def test_another_kind_of_file_is_refused_with_a_sentence(client, fin, batch):
    upload(client, batch, b"MZ not a document")

    assert "The file is no PDF, PNG or JPEG" in page(client, "batch-detail", batch.public_id)
    assert not BatchAttachment.objects.exists()


def test_the_months_are_proposed_on_their_page_and_shown_until_another_confirms(client, fin):
    post(client, "control-minimum-new", months=6, valid_from="")

    rule = MinimumRule.objects.get()
    shown = page(client, "control")
    assert "after 12 months without a payout" in shown
    assert "after 6 months without a payout" in shown
    post(client, "control-minimum-confirm", rule.pk)
    assert months_at(LATER) == 12
    post(client, "control-minimum-discard", rule.pk)
    assert not MinimumRule.objects.exists()


def test_another_person_confirms_the_months(client, fin):
    rule = minimum_rules.propose(months=0, valid_from=LATER, actor_id=finance().pk, now=LATER)

    post(client, "control-minimum-confirm", rule.pk)

    assert months_at(LATER) == 0
    shown = page(client, "control")
    assert "never" in shown
    assert "Lifting of the minimum confirmed" in shown


def test_odd_months_are_refused_in_the_form(client, fin):
    answer = client.post(reverse("portal:control-minimum-new"), {"months": 500}, headers=ENGLISH)

    assert answer.status_code == 422
    assert not MinimumRule.objects.exists()
