"""A line of the bank at the wrong payout is taken off it by two people (BK19 to BK21)."""

from datetime import timedelta

import pytest

from affiliates.models import Membership
from core.models import AuditEntry
from payouts.models import BankEntry, Transfer
from payouts.services import bank_files, reconciliation, unmatching
from payouts.services.items import FourEyesRefused, ReasonMissing
from payouts.services.unmatching import NotUnmatched
from tests.payouts.bank_messages import LATER, Sent, receive, returned_file
from tests.payouts.paydays import finance
from tests.payouts.stories import assert_balances

pytestmark = pytest.mark.django_db

AFTER = LATER + timedelta(hours=1)


@pytest.fixture
def sent():
    """Three payouts that the bank booked."""
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))
    assert sent.statuses() == ["settled"] * 3
    return sent


def line_of(item):
    return BankEntry.objects.get(item=item, kind="booked")


def ask(line, actor=None, **given):
    asked = {"reason": "It was Bea's.", "now": LATER, **given}
    return unmatching.ask(entry_id=line.pk, actor_id=(actor or finance()).pk, **asked)


def agree(line, actor=None):
    return unmatching.agree(entry_id=line.pk, actor_id=(actor or finance()).pk, now=AFTER)


def taken_off(item):
    line = line_of(item)
    ask(line)
    return agree(line)


def test_bk19_nothing_changes_before_another_person_agrees(sent):
    line, fin = line_of(sent.ada), finance()
    before = Transfer.objects.count()

    ask(line, fin)
    ask(line, fin)
    with pytest.raises(FourEyesRefused):
        agree(line, fin)

    line.refresh_from_db()
    assert (line.state, line.item, line.unmatch_asked_by) == ("matched", sent.ada, fin)
    assert sent.statuses() == ["settled"] * 3
    assert Transfer.objects.count() == before
    assert AuditEntry.objects.filter(verb="bank_entry.unmatch_asked").count() == 1


def test_bk19_taken_off_the_payout_waits_for_its_booking_and_the_line_for_a_payout(sent):
    line = taken_off(sent.ada)

    assert sent.statuses() == ["sent", "settled", "settled"]
    assert (line.state, line.item, line.unmatched, line.unmatch_reason) == (
        "unmatched",
        None,
        1,
        "",
    )
    said = AuditEntry.objects.get(verb="bank_entry.unmatched")
    assert said.reason == "It was Bea's."
    assert said.data["item"] == sent.ada.reference
    assert_balances(sent.ada.affiliate_id)
    agree(line)
    assert AuditEntry.objects.filter(verb="bank_entry.unmatched").count() == 1


def test_bk20_the_ledger_keeps_what_it_said_and_says_the_contrary(sent):
    line = line_of(sent.ada)
    taken_off(sent.ada)

    first, contrary = Transfer.objects.filter(
        source_key__startswith=f"camt:{line.reference}"
    ).order_by("pk")
    assert (first.debit.code, first.credit.code) == ("clearing:sepa", "cash:bank")
    assert (contrary.debit.code, contrary.credit.code) == ("cash:bank", "clearing:sepa")
    assert first.amount_minor == contrary.amount_minor == 5_000
    assert (contrary.source_key, contrary.effective_at) == (f"{first.source_key}:off:1", AFTER)
    found = reconciliation.reconcile(now=AFTER).compared["found"]
    assert found == {"booked_unknown": 1}


def test_bk21_it_is_matched_by_people_alone_from_then_on_and_may_be_taken_off_again(sent):
    line = taken_off(sent.ada)

    assert bank_files.try_again(file_id=line.file_id, actor_id=finance().pk, now=AFTER) == 0
    bank_files.match(
        entry_id=line.pk, item_id=sent.ada.pk, actor_id=finance().pk, reason="It is Ada's.",
        now=AFTER,
    )  # fmt: skip

    assert sent.statuses() == ["settled"] * 3
    assert Transfer.objects.filter(source_key=f"camt:{line.reference}:1").count() == 1
    assert_balances(sent.ada.affiliate_id)
    taken_off(sent.ada)
    assert sent.statuses() == ["sent", "settled", "settled"]
    assert_balances(sent.ada.affiliate_id)


def test_bk19_who_acts_for_the_payee_does_not_agree(sent):
    line, own = line_of(sent.ada), finance()
    Membership.objects.create(affiliate=sent.ada.affiliate, user=own)
    ask(line)

    with pytest.raises(FourEyesRefused):
        agree(line, own)


def test_bk19_anybody_lets_it_stand_and_it_can_be_asked_again(sent):
    line = line_of(sent.ada)
    ask(line)
    with pytest.raises(NotUnmatched):
        ask(line)

    for _time in range(2):
        unmatching.let_stand(entry_id=line.pk, actor_id=finance().pk, now=LATER)

    with pytest.raises(NotUnmatched):
        agree(line)
    assert AuditEntry.objects.filter(verb="bank_entry.unmatch_declined").count() == 1
    ask(line)
    assert agree(line).state == "unmatched"


def test_bk20_the_booking_of_what_came_back_cannot_be_taken_off(sent):
    line = line_of(sent.ada)
    ask(line)
    receive(returned_file(sent))

    with pytest.raises(NotUnmatched):
        agree(line)
    assert sent.statuses() == ["returned", "settled", "settled"]


def test_bk19_a_reason_and_a_payout_are_needed(sent):
    line = line_of(sent.ada)
    with pytest.raises(ReasonMissing):
        ask(line, reason=" ")
    with pytest.raises(NotUnmatched):
        agree(line)
    taken_off(sent.ada)
    with pytest.raises(NotUnmatched):
        ask(line)
