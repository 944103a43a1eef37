"""What the bank's files do to payouts and to the ledger (docs/rules/bank-files.md)."""

from datetime import timedelta

import pytest

from core.models import AuditEntry, Delivery, User
from payouts.models import BankEntry, BankFile, ItemReturn, Transfer
from payouts.services import bank_files, batches
from payouts.services.bank_files import BankFileRefused, EntryRefused
from payouts.services.items import FourEyesRefused, ReasonMissing
from tests.payouts.bank_messages import BOOKED_ON, LATER, Sent, receive, returned_file
from tests.payouts.paydays import PAYDAY, approve, approved_batch, finance, sent_batch, submitted
from tests.payouts.stories import assert_balances

pytestmark = pytest.mark.django_db

WHY = "The bank wrote another reference."


def account(code):
    found = 0
    for transfer in Transfer.objects.select_related("debit", "credit"):
        found += transfer.amount_minor * (
            (transfer.credit.code == code) - (transfer.debit.code == code)
        )
    return found


def states(file):
    return sorted(file.entries.values_list("kind", "state"))


def test_what_the_statement_books_is_settled_and_leaves_the_account():
    sent = Sent()

    received = receive(sent.fill("camt053_08_day.xml"))

    assert received.is_new
    file = received.file
    assert (file.kind, file.message_id) == ("camt.053", "STMT-20260721-1")
    assert (file.opening_minor, file.closing_minor, file.day) == (1_000_000, 1_013_440, BOOKED_ON)
    assert sent.statuses() == ["settled"] * 3
    assert states(file) == [("booked", "matched")] * 3 + [("other", "ignored")] * 2
    assert (account("clearing:sepa"), account("cash:bank")) == (0, 10_000)
    assert_balances(sent.payees[0].pk)
    assert AuditEntry.objects.filter(verb="bank_file.received").count() == 1


def test_what_is_not_about_payouts_is_kept_without_its_words():
    sent = Sent()

    receive(sent.fill("camt053_08_day.xml"))

    assert set(BankEntry.objects.filter(kind="other").values_list("text", flat=True)) == {""}


def test_the_same_file_again_changes_nothing():
    sent = Sent()
    first = receive(sent.fill("camt053_08_day.xml"))
    transfers = Transfer.objects.count()

    again = receive(sent.fill("camt053_08_day.xml"), name="other.xml")

    assert not again.is_new
    assert again.file == first.file
    assert BankFile.objects.count() == 1
    assert Transfer.objects.count() == transfers


def test_the_same_bookings_in_another_file_are_known():
    sent = Sent()
    body = sent.fill("camt053_08_day.xml")
    receive(body)

    again = receive(body.replace(b"03:10:00", b"03:10:01"))

    assert again.is_new
    # A fee without any reference is told apart by its file.
    assert again.known == 5
    assert account("cash:bank") == 10_000


def test_a_batch_that_the_bank_books_in_one_sum_settles_every_payout_in_it():
    sent = Sent()

    received = receive(sent.fill("camt053_02_batch.xml", TOTAL="100.00", CLOSING="140.00"))

    assert sent.statuses() == ["settled"] * 3
    assert states(received.file) == [("booked", "matched")] * 3
    assert (received.file.opening_minor, received.file.closing_minor) == (-4_000, -14_000)
    assert_balances(sent.payees[0].pk)


def test_refused_before_the_booking_is_not_in_the_sum():
    sent = Sent()
    receive(sent.fill("pain002_10_two_refused.xml"))

    receive(sent.fill("camt053_02_batch.xml", TOTAL="20.00", CLOSING="60.00"))

    assert sent.statuses() == ["returned", "returned", "settled"]
    assert (account("clearing:sepa"), account("cash:bank")) == (0, 2_000)
    assert_balances(sent.payees[0].pk, payable=5_000)


def test_a_sum_that_is_not_the_batch_waits_for_a_person():
    sent = Sent()

    received = receive(sent.fill("camt053_02_batch.xml", TOTAL="99.00", CLOSING="139.00"))

    assert states(received.file) == [("booked", "unmatched")]
    assert sent.statuses() == ["sent"] * 3
    assert account("cash:bank") == 0


def test_two_lines_that_the_bank_refuses_are_due_again_and_paid_by_a_new_payout():
    sent = Sent()

    received = receive(sent.fill("pain002_10_two_refused.xml"))

    assert sent.statuses() == ["returned", "returned", "sent"]
    assert states(received.file) == [("rejected", "matched")] * 2
    assert sent.ada.reason.startswith("AC01")
    assert account("clearing:sepa") == 2_000
    assert_balances(sent.payees[0].pk, payable=5_000)
    assert_balances(sent.payees[2].pk)
    next_day = LATER + timedelta(days=1)
    again = sent_batch(now=next_day, execution_date=next_day.date())
    assert again.total_minor == 8_000
    assert_balances(sent.payees[0].pk)
    assert Delivery.objects.filter(key__startswith="payout-returned:").count() == 2


def test_the_payee_reads_in_their_language_what_to_do():
    sent = Sent()
    person = User.objects.get(memberships__affiliate=sent.payees[0])
    User.objects.filter(pk=person.pk).update(language="en")

    receive(sent.fill("pain002_10_two_refused.xml"))

    mail = Delivery.objects.get(key__startswith="payout-returned:", recipient=person.email)
    assert "check your details" in mail.subject
    assert "€50.00" in mail.body
    assert "The account number is wrong" in mail.body
    assert "/portal/payee/" in mail.body


def test_money_that_comes_back_days_later_is_due_again():
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))

    received = receive(returned_file(sent))

    assert sent.statuses() == ["returned", "settled", "settled"]
    assert states(received.file) == [("returned", "matched")]
    assert (account("clearing:sepa"), account("cash:bank")) == (0, 5_000)
    back = ItemReturn.objects.get()
    assert (back.amount_minor, back.reason) == (5_000, "AC06 The account is blocked.")
    assert_balances(sent.payees[0].pk, payable=5_000)


def test_money_that_comes_back_before_its_booking_was_seen_adds_up_too():
    sent = Sent()
    receive(returned_file(sent))
    assert sent.statuses() == ["returned", "sent", "sent"]
    assert_balances(sent.payees[0].pk, payable=5_000)

    receive(sent.fill("camt053_08_day.xml"))

    assert sent.statuses() == ["returned", "settled", "settled"]
    assert (account("clearing:sepa"), account("cash:bank")) == (0, 5_000)
    assert_balances(sent.payees[0].pk, payable=5_000)


def test_refused_then_booked_then_given_back_is_one_return():
    sent = Sent()
    receive(sent.fill("pain002_10_two_refused.xml"))
    receive(sent.fill("camt053_08_day.xml"))
    assert account("clearing:sepa") == -8_000  # The bank has it still.

    receive(returned_file(sent))

    assert ItemReturn.objects.filter(item=sent.ada).count() == 1
    assert account("clearing:sepa") == -3_000
    assert_balances(sent.payees[0].pk, payable=5_000)


def test_the_same_return_in_two_files_is_one():
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))
    receive(returned_file(sent))

    again = receive(returned_file(sent).replace(b"NTF-20260726-1", b"NTF-20260726-2"))

    assert again.known == 1
    assert account("cash:bank") == 5_000


def test_a_second_return_of_the_same_payout_waits_for_a_person():
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))
    receive(returned_file(sent))

    again = receive(returned_file(sent, ref="0727000009"))

    assert states(again.file) == [("returned", "unmatched")]
    assert account("cash:bank") == 5_000
    assert_balances(sent.payees[0].pk, payable=5_000)


def test_a_wrong_amount_settles_nothing():
    sent = Sent()
    body = sent.fill("camt053_08_day.xml").replace(b">50.00<", b">49.00<")
    body = body.replace(b">100.00<", b">99.00<").replace(b"10134.40", b"10135.40")

    received = receive(body)

    assert sent.statuses() == ["sent", "settled", "settled"]
    assert ("booked", "unmatched") in states(received.file)


def test_an_unknown_id_settles_nothing():
    sent = Sent()
    unknown = sent.fill("camt053_08_day.xml", ADA="AP9999999999")

    received = receive(unknown)

    assert sent.statuses() == ["sent", "settled", "settled"]
    assert received.file.entries.get(state="unmatched").end_to_end_id == "AP9999999999"


def test_a_second_booking_of_a_payout_is_never_taken_for_it():
    sent = Sent()
    body = sent.fill("camt053_08_day.xml")
    receive(body)

    again = receive(body.replace(b"0721000017", b"0722000001").replace(b"-1</Msg", b"-9</Msg"))

    assert again.file.entries.filter(kind="booked", state="unmatched").count() == 3
    assert account("cash:bank") == 10_000


def test_a_notice_under_another_reference_of_what_a_statement_booked_is_the_same():
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))
    receive(returned_file(sent))
    statement = returned_file(sent, ref="X-1").replace(b"BkToCstmrDbtCdtNtfctn", b"BkToCstmrStmt")
    statement = statement.replace(b"camt.054", b"camt.053").replace(b"Ntfctn", b"Stmt")

    received = receive(statement)

    assert not received.file.entries.exists()
    assert account("cash:bank") == 5_000


def test_what_came_before_the_batch_was_marked_as_sent_is_looked_at_again():
    sent = Sent(approved_batch)
    batches.make_file(batch_id=sent.batch.pk, actor_id=finance().pk, now=PAYDAY)
    file = receive(sent.fill("camt053_02_batch.xml", TOTAL="100.00", CLOSING="140.00")).file
    assert states(file) == [("booked", "unmatched")]
    batches.mark_sent(batch_id=sent.batch.pk, actor_id=finance().pk, now=PAYDAY)

    matched = bank_files.try_again(file_id=file.pk, actor_id=finance().pk, now=LATER)

    assert matched == 3
    assert sent.statuses() == ["settled"] * 3
    assert bank_files.try_again(file_id=file.pk, actor_id=finance().pk, now=LATER) == 0


def test_a_file_of_another_account_is_refused():
    sent = Sent()
    body = sent.fill("camt053_08_day.xml").replace(
        b"FR7612345987650123456789014", b"FR7630006000011234567890189"
    )

    with pytest.raises(BankFileRefused, match="0189"):
        receive(body)

    assert not BankFile.objects.exists()


def test_a_line_without_our_id_and_the_amount_of_a_payout_is_matched_by_hand():
    sent = Sent()
    body = sent.fill("camt053_08_day.xml", ADA="NOTPROVIDED")
    entry = receive(body.replace(b"<PmtInfId>", b"<ChqNb>").replace(b"</PmtInfId>", b"</ChqNb>"))
    entry = entry.file.entries.get(state="unmatched")
    person = finance()

    with pytest.raises(ReasonMissing):
        hand(entry, sent.ada, person, reason=" ")
    with pytest.raises(EntryRefused, match="booked this payout before"):
        hand(entry, sent.bea, person)
    hand(entry, sent.ada, person)
    hand(entry, sent.ada, person)

    assert sent.statuses() == ["settled"] * 3
    said = AuditEntry.objects.get(verb="bank_entry.matched")
    assert (said.actor, said.reason) == (person, WHY)
    assert_balances(sent.payees[0].pk)


def hand(entry, item, person, reason=WHY):
    bank_files.match(
        entry_id=entry.pk, item_id=item.pk, actor_id=person.pk, reason=reason, now=LATER
    )


def test_a_return_less_charges_is_taken_by_a_person():
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))
    entry = receive(returned_file(sent, amount="47.50")).file.entries.get()
    assert entry.state == "unmatched"

    hand(entry, sent.ada, finance())

    assert sent.statuses()[0] == "settled"
    assert account("cash:bank") == 10_000 - 4_750
    assert_balances(sent.payees[0].pk, payable=4_750)


def test_a_line_is_set_aside_for_a_reason_and_stays_so():
    sent = Sent()
    file = receive(sent.fill("camt053_02_batch.xml", TOTAL="99.00", CLOSING="139.00")).file
    entry, person = file.entries.get(), finance()

    with pytest.raises(ReasonMissing):
        bank_files.set_aside(entry_id=entry.pk, actor_id=person.pk, reason="", now=LATER)
    for _twice in range(2):
        bank_files.set_aside(entry_id=entry.pk, actor_id=person.pk, reason=WHY, now=LATER)

    entry.refresh_from_db()
    assert entry.state == "ignored"
    assert AuditEntry.objects.filter(verb="bank_entry.set_aside").count() == 1


def test_a_matched_line_is_not_set_aside_nor_matched_again():
    sent = Sent()
    file = receive(sent.fill("camt053_08_day.xml")).file
    entry = file.entries.get(end_to_end_id=sent.ada.reference)

    with pytest.raises(EntryRefused, match="already"):
        bank_files.set_aside(entry_id=entry.pk, actor_id=finance().pk, reason=WHY, now=LATER)
    with pytest.raises(EntryRefused, match="already"):
        hand(entry, sent.bea, finance())


def test_a_refusal_of_the_whole_file_before_it_is_sent_says_where_to_go():
    sent = Sent(approved_batch)
    batches.make_file(batch_id=sent.batch.pk, actor_id=finance().pk, now=PAYDAY)

    entry = receive(sent.fill("pain002_03_whole.xml")).file.entries.get()

    assert (entry.kind, entry.state, entry.reason_code) == ("rejected", "unmatched", "FF01")
    assert entry.amount_minor == 10_000
    with pytest.raises(EntryRefused, match="file was refused"):
        return_whole(entry, finance())


def return_whole(entry, person, reason=WHY):
    return bank_files.return_whole(entry_id=entry.pk, actor_id=person.pk, reason=reason, now=LATER)


def test_a_whole_file_refused_after_it_was_sent_is_returned_by_a_second_person():
    checker, bringer, second = finance(), finance(), finance()
    sent = Sent(lambda: approve(submitted(), checker))
    batches.make_file(batch_id=sent.batch.pk, actor_id=finance().pk, now=PAYDAY)
    batches.mark_sent(batch_id=sent.batch.pk, actor_id=finance().pk, now=PAYDAY)
    entry = receive(sent.fill("pain002_03_whole.xml"), actor=bringer).file.entries.get()

    for person in (checker, bringer):
        with pytest.raises(FourEyesRefused):
            return_whole(entry, person)
    with pytest.raises(ReasonMissing):
        return_whole(entry, second, reason="")
    assert return_whole(entry, second) == 3

    assert sent.statuses() == ["returned"] * 3
    assert account("clearing:sepa") == 0
    assert_balances(sent.payees[0].pk, payable=5_000)
    assert return_whole(entry, second) == 0


def test_a_refusal_of_a_payout_whose_file_was_called_back_changes_nothing():
    sent = Sent(approved_batch)
    batches.make_file(batch_id=sent.batch.pk, actor_id=finance().pk, now=PAYDAY)
    batches.file_refused(
        batch_id=sent.batch.pk, actor_id=finance().pk, reason="Wrong account.", now=PAYDAY
    )

    files = [receive(sent.fill("pain002_10_two_refused.xml")).file,
             receive(sent.fill("camt053_08_day.xml")).file]  # fmt: skip

    assert sent.statuses() == ["released"] * 3
    for file in files:
        assert not file.entries.filter(state="matched").exists()
    assert_balances(sent.payees[0].pk, payable=5_000)
