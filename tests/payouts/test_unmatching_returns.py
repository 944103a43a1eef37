"""A return at the wrong payout is taken off it by two people, and is due no more (BK22 to BK24)."""

from datetime import timedelta

import pytest

from affiliates.models import Membership
from core.models import AuditEntry, Delivery
from payouts.models import Adjustment, BankEntry, BankFile, Item, ItemReturn, Transfer
from payouts.queries.balances import balances
from payouts.queries.paid_in_year import paid_in_year
from payouts.services import bank_files, batches, checks, invoices, unmatching
from payouts.services.items import FourEyesRefused
from payouts.services.unmatching import NotUnmatched
from tests.payouts.bank_messages import LATER, Sent, receive, returned_file
from tests.payouts.invoice_stories import CHARGED, COMPANY, paid
from tests.payouts.paydays import approve, finance, item_of, prepared, sent_batch
from tests.payouts.stories import assert_balances

pytestmark = pytest.mark.django_db

AFTER = LATER + timedelta(hours=1)
PART = 4_750


@pytest.fixture
def sent():
    """Three payouts that the bank booked."""
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))
    return sent


def match(entry, item, *, now=LATER):
    return bank_files.match(
        entry_id=entry.pk, item_id=item.pk, actor_id=finance().pk, reason="By its text.", now=now
    )


def back(sent, item, *, amount="47.50", ref="0726000003"):
    """A part that came back, taken for ``item`` by a person."""
    line = receive(returned_file(sent, amount=amount, ref=ref)).file.entries.get()
    return match(line, item)


def ask(line, actor=None):
    return unmatching.ask(
        entry_id=line.pk, actor_id=(actor or finance()).pk, reason="It was Bea's.", now=LATER
    )


def agree(line, actor=None):
    return unmatching.agree(entry_id=line.pk, actor_id=(actor or finance()).pk, now=AFTER)


def taken_off(line):
    ask(line)
    return agree(line)


def sums():
    """Every account, by what came in less what went out."""
    found = {}
    for one in Transfer.objects.select_related("debit", "credit"):
        found[one.debit.code] = found.get(one.debit.code, 0) - one.amount_minor
        found[one.credit.code] = found.get(one.credit.code, 0) + one.amount_minor
    return {code: minor for code, minor in found.items() if minor}


def test_bk22_taken_off_nothing_is_due_and_the_ledger_is_as_it_was(sent):
    before, kept = sums(), set(Transfer.objects.values_list("pk", flat=True))
    line = back(sent, sent.ada)
    assert_balances(sent.ada.affiliate_id, payable=PART)
    posted = Transfer.objects.exclude(pk__in=kept).count()

    line = taken_off(line)

    assert (line.state, line.item, line.unmatched) == ("unmatched", None, 1)
    assert sent.statuses() == ["settled"] * 3
    assert sums() == before
    assert Transfer.objects.exclude(pk__in=kept).count() == 2 * posted
    assert_balances(sent.ada.affiliate_id)
    assert balances(sent.ada.affiliate_id, "EUR").paid.minor == 5_000
    assert not ItemReturn.objects.standing().exists()
    assert ItemReturn.objects.count() == 1


def test_bk22_what_was_posted_stays_and_has_its_contrary(sent):
    taken_off(back(sent, sent.ada))

    came, off = Adjustment.objects.filter(reason="payment_back").order_by("pk")
    assert (came.amount_minor, off.amount_minor) == (PART, -PART)
    assert off.source_key == f"{came.source_key}:off"
    first = Transfer.objects.get(source_key=f"adjustment:{came.pk}")
    second = Transfer.objects.get(source_key=f"adjustment:{off.pk}")
    assert (first.debit, first.credit) == (second.credit, second.debit)
    assert (first.kind, second.kind) == ("came_back", "return_undone")
    assert (first.amount_minor, second.amount_minor) == (PART, PART)
    assert second.effective_at == AFTER


def test_bk22_a_return_before_its_booking_goes_back_through_the_account(sent):
    other = Sent()
    line = back(other, other.ada, ref="0726000077")
    assert other.statuses() == ["sent"] * 3
    assert Transfer.objects.filter(kind="given_back").count() == 1

    taken_off(line)

    off = Transfer.objects.get(source_key=f"camt:{line.reference}:off:1")
    assert (off.debit.code, off.credit.code) == ("clearing:sepa", "cash:bank")
    assert other.statuses() == ["sent"] * 3
    assert_balances(other.ada.affiliate_id)


def test_bk22_a_booking_that_came_between_does_not_matter():
    sent = Sent()
    line = back(sent, sent.ada)
    receive(sent.fill("camt053_08_day.xml"))

    taken_off(line)

    assert sent.statuses() == ["settled"] * 3
    assert_balances(sent.ada.affiliate_id)


def test_bk19_nothing_changes_before_another_person_agrees(sent):
    line, asker, own = back(sent, sent.ada), finance(), finance()
    Membership.objects.create(affiliate=sent.ada.affiliate, user=own)
    before = Transfer.objects.count()
    ask(line, asker)

    for person in (asker, own):
        with pytest.raises(FourEyesRefused):
            agree(line, person)

    line.refresh_from_db()
    assert (line.state, line.item, Transfer.objects.count()) == ("matched", sent.ada, before)
    assert_balances(sent.ada.affiliate_id, payable=PART)


def test_bk22_agreed_to_twice_it_is_taken_off_once(sent):
    line = back(sent, sent.ada)
    taken_off(line)
    before = Transfer.objects.count()

    agree(line)

    assert Transfer.objects.count() == before
    assert AuditEntry.objects.filter(verb="bank_entry.unmatched").count() == 1
    said = AuditEntry.objects.get(verb="bank_entry.unmatched")
    assert said.data["return_undone"] == line.reference


def test_bk24_the_line_is_matched_with_the_right_payout_and_may_be_taken_off_again(sent):
    line = taken_off(back(sent, sent.ada, amount="25.00"))
    assert bank_files.try_again(file_id=line.file_id, actor_id=finance().pk, now=AFTER) == 0

    match(line, sent.bea, now=AFTER)

    assert_balances(sent.ada.affiliate_id)
    assert_balances(sent.bea.affiliate_id, payable=2_500)
    references = ItemReturn.objects.order_by("pk").values_list("reference", flat=True)
    assert list(references) == [line.reference, f"{line.reference}:1"]
    taken_off(line)
    assert_balances(sent.bea.affiliate_id)
    match(line, sent.ada, now=AFTER)
    assert_balances(sent.ada.affiliate_id, payable=2_500)


def test_bk23_what_was_paid_again_is_not_taken_off(sent):
    line = back(sent, sent.ada)
    ask(line)
    again = sent_batch(now=AFTER, execution_date=AFTER.date())
    paid = item_of(again, sent.ada.affiliate)

    with pytest.raises(NotUnmatched, match=paid.reference):
        agree(line)

    line.refresh_from_db()
    assert (line.state, line.item) == ("matched", sent.ada)
    assert_balances(sent.ada.affiliate_id)


def test_bk23_what_stands_in_a_draft_is_left_out_there_first(sent):
    line = back(sent, sent.ada)
    ask(line)
    draft = prepared(now=AFTER, execution_date=AFTER.date())
    item = item_of(draft, sent.ada.affiliate)
    with pytest.raises(NotUnmatched, match=draft.reference):
        agree(line)

    batches.exclude_item(item_id=item.pk, actor_id=finance().pk, reason="Wrong.", now=AFTER)
    agree(line)

    assert_balances(sent.ada.affiliate_id)


def test_bk22_what_is_due_besides_is_paid_without_it(sent):
    line = taken_off(back(sent, sent.ada))
    match(line, sent.ada, now=AFTER)  # It was Ada's after all: once more, and due once.

    draft = prepared(now=AFTER + timedelta(hours=1), execution_date=AFTER.date())

    item = item_of(draft, sent.ada.affiliate)
    assert (item.amount_minor, item.lines.count()) == (PART, 3)
    batches.submit(batch_id=draft.pk, actor_id=finance().pk, now=AFTER + timedelta(hours=1))
    assert approve(draft, finance(), now=AFTER + timedelta(hours=1)).status == "approved"


def whole(sent):
    """All of Ada's payout came back, by its id."""
    return receive(returned_file(sent)).file.entries.get()


def test_bk22_a_payout_that_came_back_whole_is_settled_again(sent):
    before, line = sums(), whole(sent)
    assert sent.statuses()[0] == "returned"

    taken_off(line)

    assert sent.statuses() == ["settled"] * 3
    assert (sent.ada.reason, sums()) == ("", before)
    assert_balances(sent.ada.affiliate_id)


def test_bk22_what_was_not_booked_is_sent_again_and_booked_later():
    sent = Sent()
    taken_off(whole(sent))
    assert sent.statuses() == ["sent"] * 3
    assert_balances(sent.ada.affiliate_id)

    receive(sent.fill("camt053_08_day.xml"))

    assert sent.statuses() == ["settled"] * 3
    assert_balances(sent.ada.affiliate_id)


def test_bk22_a_refusal_before_the_booking_is_taken_off():
    sent = Sent()
    receive(sent.fill("pain002_10_two_refused.xml"))
    line = BankEntry.objects.get(item=sent.ada)
    assert line.kind == "rejected"

    taken_off(line)

    assert sent.statuses() == ["sent", "returned", "sent"]
    assert_balances(sent.ada.affiliate_id)
    assert_balances(sent.bea.affiliate_id, payable=3_000)


def test_bk23_of_two_lines_about_one_return_the_later_is_taken_off_first():
    sent = Sent()
    receive(sent.fill("pain002_10_two_refused.xml"))
    receive(sent.fill("camt053_08_day.xml"))
    refusal, line = BankEntry.objects.get(item=sent.ada, kind="rejected"), whole(sent)
    with pytest.raises(NotUnmatched, match="Another line"):
        ask(refusal)

    taken_off(line)
    assert sent.statuses()[0] == "returned"
    assert_balances(sent.ada.affiliate_id, payable=5_000)
    taken_off(refusal)

    assert sent.statuses()[0] == "settled"
    assert_balances(sent.ada.affiliate_id)


def test_bk23_a_payout_that_came_back_whole_and_was_paid_again_stays_returned(sent):
    line = whole(sent)
    ask(line)
    sent_batch(now=AFTER, execution_date=AFTER.date())

    with pytest.raises(NotUnmatched):
        agree(line)

    assert sent.statuses()[0] == "returned"


def test_bk23_of_two_returns_the_later_is_taken_off_first(sent):
    first = back(sent, sent.ada, amount="10.00")
    second = back(sent, sent.ada, amount="15.00", ref="0726000009")
    with pytest.raises(NotUnmatched, match="later"):
        ask(first)

    taken_off(second)
    taken_off(first)

    assert_balances(sent.ada.affiliate_id)


def test_bk20_once_the_return_is_taken_off_the_booking_may_be(sent):
    line, booking = back(sent, sent.ada), BankEntry.objects.get(item=sent.ada, kind="booked")
    with pytest.raises(NotUnmatched):
        ask(booking)

    taken_off(line)
    taken_off(booking)

    assert sent.statuses() == ["sent", "settled", "settled"]
    assert_balances(sent.ada.affiliate_id)


def test_bk22_the_year_counts_the_payment_again_and_the_payee_reads_why(sent):
    payee = sent.ada.affiliate_id
    line = back(sent, sent.ada)
    assert paid_in_year(2026)[payee].gross.minor == 5_000 - PART

    taken_off(line)

    assert paid_in_year(2026)[payee].gross.minor == 5_000
    assert Delivery.objects.filter(key__startswith="payout-arrived:").count() == 1
    assert Item.objects.get(pk=sent.ada.pk).status == "settled"


def returned_line(item, minor, *, reference="C:0726000009:"):
    """A line of a statement by which so much came back, and that names no payout."""
    file = BankFile.objects.create(
        kind="camt.053", name="statement.xml", message_id="STMT-9", body=b"<Document/>",
        sha256="9" * 64, received_at=LATER, received_by=finance(), currency="EUR",
    )  # fmt: skip
    return BankEntry.objects.create(
        file=file, reference=reference, kind="returned", amount_minor=minor, currency="EUR",
        booked_on=LATER.date(), state="unmatched",
    )  # fmt: skip


def test_bk22_vat_in_it_is_undone_too(settings):
    settings.COMPANY = COMPANY
    item = paid(CHARGED)
    before = balances(item.affiliate_id, "EUR")
    line = match(returned_line(item, item.amount_minor // 2), item)
    assert ItemReturn.objects.get().vat_minor > 0

    taken_off(line)

    assert balances(item.affiliate_id, "EUR") == before
    assert [str(one) for one in checks.check()] == []
    assert invoices.issue_missing(now=AFTER) == 1  # The invoice, and no credit note.


def test_bk23_once_a_credit_note_is_written_it_is_not_taken_off(settings):
    settings.COMPANY = COMPANY
    item = paid(CHARGED)
    line = match(returned_line(item, item.amount_minor // 2), item)
    assert invoices.issue_missing(now=LATER) == 2

    with pytest.raises(NotUnmatched, match="credit note"):
        ask(line)
