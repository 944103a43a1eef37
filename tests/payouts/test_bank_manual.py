"""Payouts made by hand, each with its reference and its proof (BK15 to BK18)."""

from datetime import date, timedelta

import pytest

from affiliates.models import Membership
from core.attachments import AttachmentRefused
from core.errors import InvalidTransition
from core.models import AuditEntry
from payouts.models import Commission, ManualProof, Statement
from payouts.services import manual_payouts, statements
from payouts.services.items import FourEyesRefused, ReasonMissing
from payouts.services.manual_payouts import ManualRefused
from payouts.services.payout_stops import PayoutsStopped, stop
from tests.builders import make_affiliate, make_payee
from tests.payouts.bank_messages import LATER as BANK_LATER
from tests.payouts.bank_messages import receive
from tests.payouts.paydays import (
    LATER,
    PAYDAY,
    approve,
    approved_batch,
    finance,
    item_of,
    make_due,
    submitted,
)
from tests.payouts.stories import assert_balances

pytestmark = pytest.mark.django_db

BRAZILIAN = "BR1800360305000010009795493C1"
PDF = b"%PDF-1.7 the bank's confirmation"
PAID_ON = PAYDAY.date()
NOTICE = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>N7</MsgId><CreDtTm>2026-07-21T08:00:00Z</CreDtTm></GrpHdr>
<Ntfctn><Acct><Id><IBAN>FR7612345987650123456789014</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-07-21</Dt></BookgDt><AcctSvcrRef>B-1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>SWIFT-1</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""


def abroad(**overrides):
    affiliate = make_affiliate(**overrides)
    make_payee(affiliate, iban=BRAZILIAN, country="BR", town="Recife")
    return make_due(affiliate=affiliate)


def begun(*payees):
    batch = approved_batch(rail="manual")
    manual_payouts.begin(batch_id=batch.pk, actor_id=finance().pk, now=PAYDAY)
    batch.refresh_from_db()
    return batch, *(item_of(batch, payee) for payee in payees)


def pay(item, *, actor=None, **overrides):
    fields = {
        "reference": "SWIFT-1",
        "paid_on": PAID_ON,
        "proof_name": "avis.pdf",
        "proof": PDF,
        "actor_id": (actor or finance()).pk,
        "now": LATER,
        **overrides,
    }
    return manual_payouts.mark_paid(item_id=item.pk, **fields)


def test_each_is_paid_with_its_reference_and_proof_and_then_the_batch_is_done():
    ines, ada = abroad(), abroad()
    batch, first, second = begun(ines, ada)
    person = finance()

    pay(first, actor=person)
    batch.refresh_from_db()
    assert batch.status == "executing"
    pay(second, actor=person, reference="SWIFT-2")

    batch.refresh_from_db()
    first.refresh_from_db()
    assert (batch.status, first.status, first.rail_reference) == ("done", "sent", "SWIFT-1")
    kept = ManualProof.objects.get(item=first)
    assert (bytes(kept.body), kept.name, kept.added_by) == (PDF, "avis.pdf", person)
    assert {one.status for one in Commission.objects.all()} == {"paid"}
    assert_balances(ines.pk)
    assert statements.issue_missing(now=LATER) == 2
    assert Statement.objects.count() == 2
    assert AuditEntry.objects.filter(verb="batch.item_paid_by_hand", actor=person).count() == 2


def test_the_statement_settles_it_by_the_reference_that_was_entered():
    ines = abroad()
    _batch, item = begun(ines)
    pay(item)

    received = receive(NOTICE.encode(), now=BANK_LATER)

    item.refresh_from_db()
    assert item.status == "settled"
    assert received.file.entries.get().end_to_end_id == item.reference
    assert_balances(ines.pk)


def test_the_same_payment_said_twice_is_one():
    ines = abroad()
    _batch, item = begun(ines)
    pay(item)

    pay(item, proof=PDF + b" again")

    assert bytes(ManualProof.objects.get().body) == PDF
    assert_balances(ines.pk)


def test_who_approved_pays_nothing():
    abroad()
    checker = finance()
    batch = submitted(rail="manual")
    approve(batch, checker)
    with pytest.raises(FourEyesRefused, match="approved this batch"):
        manual_payouts.begin(batch_id=batch.pk, actor_id=checker.pk, now=PAYDAY)
    manual_payouts.begin(batch_id=batch.pk, actor_id=finance().pk, now=PAYDAY)

    with pytest.raises(FourEyesRefused, match="approved this batch"):
        pay(batch.items.get(), actor=checker)


def test_nobody_pays_the_payee_for_whom_they_act():
    ines, person = abroad(), finance()
    Membership.objects.create(affiliate=ines, user=person)
    _batch, item = begun(ines)

    with pytest.raises(FourEyesRefused, match="act for this payee"):
        pay(item, actor=person)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reference": "  "}, ManualRefused),
        ({"reference": "R" * 81}, ManualRefused),
        ({"paid_on": PAID_ON - timedelta(days=1)}, ManualRefused),
        ({"paid_on": date(2027, 1, 1)}, ManualRefused),
        ({"proof": b""}, AttachmentRefused),
        ({"proof": b"MZ a program"}, AttachmentRefused),
        ({"proof": b"%PDF-" + b"0" * 2 * 1024 * 1024}, AttachmentRefused),
    ],
)
def test_what_is_odd_is_refused_and_nothing_is_paid(change, refusal):
    ines = abroad()
    _batch, item = begun(ines)

    with pytest.raises(refusal):
        pay(item, **change)

    assert not ManualProof.objects.exists()
    assert_balances(ines.pk, reserved=5_000)


def test_a_reference_stands_for_one_payout():
    ines, ada = abroad(), abroad()
    _batch, first, second = begun(ines, ada)
    pay(first)

    with pytest.raises(ManualRefused, match="Another payout"):
        pay(second)


def test_what_cannot_be_paid_is_due_again():
    ines, ada = abroad(), abroad()
    batch, first, second = begun(ines, ada)
    with pytest.raises(ReasonMissing):
        give_up(first, reason="")

    give_up(first)
    give_up(first)
    pay(second)

    batch.refresh_from_db()
    assert batch.status == "done_with_exceptions"
    assert_balances(ines.pk, payable=5_000)
    with pytest.raises(InvalidTransition):
        give_up(second)


def give_up(item, reason="The bank is closed."):
    manual_payouts.give_up(item_id=item.pk, reason=reason, actor_id=finance().pk, now=LATER)


def test_when_all_are_given_up_the_batch_is_cancelled():
    ines = abroad()
    batch, item = begun(ines)

    give_up(item)

    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert_balances(ines.pk, payable=5_000)


def test_nothing_is_paid_before_it_was_begun_or_while_payouts_are_stopped():
    ines = abroad()
    batch = approved_batch(rail="manual")
    with pytest.raises(InvalidTransition):
        pay(batch.items.get())
    stop(actor_id=finance().pk, reason="A doubt.", now=PAYDAY)

    with pytest.raises(PayoutsStopped):
        manual_payouts.begin(batch_id=batch.pk, actor_id=finance().pk, now=PAYDAY)
    assert_balances(ines.pk, reserved=5_000)


def test_a_batch_of_another_rail_is_refused():
    make_due()
    batch = approved_batch()

    with pytest.raises(ManualRefused):
        manual_payouts.begin(batch_id=batch.pk, actor_id=finance().pk, now=PAYDAY)
