"""Ledger, payouts, bank and Stripe against each other (CL10 to CL17; D6 44)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.models import AuditEntry, Delivery
from core.money import Money
from payouts.domain.bank_days import bank_days_before
from payouts.domain.rail_books import Made
from payouts.gateways.rail import RailUnavailable
from payouts.models import (
    BankEntry,
    BankFile,
    Difference,
    DifferenceState,
    Reconciliation,
    Transfer,
)
from payouts.services import differences, reconciliation
from payouts.services.comparisons import stripe
from payouts.services.differences import AlreadyClosed, NotFinance
from payouts.services.items import ReasonMissing
from tests.builders import make_user
from tests.payouts.paydays import EXECUTION, PAYDAY, finance, make_due, sent_batch

pytestmark = pytest.mark.django_db
NEXT_DAY = PAYDAY + timedelta(days=1)
LATE = datetime(2026, 7, 29, 9, tzinfo=UTC)


def reconcile(*made, now=NEXT_DAY, books=True):
    return reconciliation.reconcile(stripe_books=(lambda _since: made) if books else None, now=now)


def kinds(state="open"):
    return sorted(Difference.objects.filter(state=state).values_list("kind", flat=True))


def bank_file(kind="camt.053", **overrides):
    number = BankFile.objects.count() + 1
    fields = {
        "kind": kind, "name": f"{number}.xml", "message_id": f"M{number}", "body": b"<x/>",
        "sha256": str(number), "received_at": PAYDAY, "currency": "EUR", **overrides,
    }  # fmt: skip
    return BankFile.objects.create(**fields)


def entry(file, minor, **overrides):
    number = BankEntry.objects.count() + 1
    fields = {
        "file": file, "reference": f"E{number}", "kind": "booked", "amount_minor": minor,
        "currency": "EUR", "booked_on": EXECUTION, "state": "unmatched", **overrides,
    }  # fmt: skip
    return BankEntry.objects.create(**fields)


def transfer_of(item=None, *, reference="tr_1", minor=5_000, group="", reversed_minor=0):
    return Made(
        reference=reference, group=group, item_id=item.pk if item else 0,
        amount=Money(minor, "EUR"), reversed_minor=reversed_minor, at=PAYDAY,
    )  # fmt: skip


def test_nothing_differs_when_all_say_the_same():
    make_due()
    sent_batch()

    done = reconcile()

    assert kinds() == []
    assert done.compared["sides"] == {"ledger": "compared", "bank": "silent", "stripe": "compared"}
    assert not Delivery.objects.filter(key__startswith="reconciliation:").exists()


def test_a_payout_that_counts_as_sent_and_was_not_posted_is_one_line(as_superuser):
    make_due()
    batch = sent_batch()
    with as_superuser() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM payouts_transfer WHERE kind = 'sent'")

    reconcile()

    assert kinds() == ["clearing_balance", "reserved", "sent_not_posted"]
    assert Difference.objects.get(kind="sent_not_posted").item == batch.items.get()


def test_a_posting_of_a_payout_that_never_left_is_one_line():
    affiliate = make_due()
    stored = Transfer.objects.filter(kind="approved").get()
    clearing = type(stored.debit).objects.create(code="clearing:sepa", currency="EUR")
    Transfer.objects.create(
        debit=stored.credit, credit=clearing, amount_minor=700, currency="EUR", kind="sent",
        source_key="item:77:sent", effective_at=PAYDAY, recorded_at=PAYDAY,
    )  # fmt: skip

    # The row of the payout itself is gone: nothing can point to it.
    reconcile()

    assert affiliate.pk
    assert kinds() == ["clearing_balance", "posted_not_sent"]


def test_a_payment_is_late_after_five_bank_days_once_the_bank_tells_us_of_bookings():
    make_due()
    batch = sent_batch()

    reconcile(now=LATE)
    assert kinds() == []

    bank_file("camt.054")
    reconcile(now=datetime(2026, 7, 27, 9, tzinfo=UTC))
    assert kinds() == []

    reconcile(now=datetime(2026, 7, 28, 9, tzinfo=UTC))
    late = Difference.objects.get()
    assert (late.kind, late.amount_minor, late.item) == ("not_booked", -5_000, batch.items.get())


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2026, 7, 27), 5, date(2026, 7, 20)),
        (date(2026, 7, 26), 5, date(2026, 7, 19)),
        (date(2026, 7, 15), 2, date(2026, 7, 12)),
        (date(2026, 7, 15), 0, date(2026, 7, 15)),
    ],
)
def test_bank_days_leave_out_weekends_and_holidays(day, count, found):
    assert bank_days_before(day, count) == found


def test_a_booking_without_a_payout_is_open_until_it_is_matched():
    strange = entry(bank_file("camt.054"), -1_234)

    reconcile()
    found = Difference.objects.get()
    assert (found.kind, found.amount_minor, found.data["reference"]) == (
        "booked_unknown", -1_234, "E1",
    )  # fmt: skip

    BankEntry.objects.filter(pk=strange.pk).update(state="ignored")
    reconcile(now=NEXT_DAY + timedelta(days=1))
    found.refresh_from_db()
    assert (found.state, found.closed_by) == (DifferenceState.GONE, None)


def test_statements_are_the_sum_of_their_lines_and_follow_on_each_other():
    first = bank_file(opening_minor=0, closing_minor=900, day=date(2026, 7, 20))
    entry(first, 900, kind="other")
    bank_file(opening_minor=800, closing_minor=750, day=date(2026, 7, 21))

    reconcile()

    assert {one.kind: one.amount_minor for one in Difference.objects.all()} == {
        "statement_gap": -100, "statement_sum": -50,
    }  # fmt: skip


def test_a_transfer_made_by_hand_is_one_unexplained_line_and_finance_hears_of_it_once():
    person = finance()

    reconcile(transfer_of(reference="tr_hand", minor=4_200))
    reconcile(transfer_of(reference="tr_hand", minor=4_200), now=LATE)

    found = Difference.objects.get()
    assert (found.key, found.kind, found.amount_minor) == (
        "stripe:tr_hand",
        "stripe_by_hand",
        4_200,
    )
    assert (found.first_seen_at, found.last_seen_at) == (NEXT_DAY, LATE)
    mail = Delivery.objects.get(key__startswith="reconciliation:")
    assert mail.recipient == person.email
    assert "stripe:tr_hand" in mail.body


def test_stripe_that_does_not_answer_changes_nothing_of_what_it_said_before():
    finance()
    reconcile(transfer_of(reference="tr_hand"))

    def silent(_since):
        raise RailUnavailable("Stripe: APIConnectionError")

    done = reconciliation.reconcile(stripe_books=silent, now=LATE)

    assert kinds() == ["stripe_by_hand"]
    assert done.problem == "Stripe: APIConnectionError"
    assert Delivery.objects.filter(key__startswith="reconciliation:").count() == 2


def sent_by_stripe(as_superuser, reference="tr_1"):
    """A payout of EUR 50.00 that left by Stripe, as its rows are afterwards."""
    make_due()
    batch = sent_batch()
    with as_superuser() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE payouts_batch SET rail = 'stripe'")
        cursor.execute(
            "UPDATE payouts_item SET rail_reference = %s, first_sent_at = status_changed_at",
            [reference],
        )
        cursor.execute("UPDATE payouts_account SET code = 'clearing:stripe'"
                       " WHERE code = 'clearing:sepa'")  # fmt: skip
    return batch.items.get()


def test_stripe_agrees_with_its_payouts(as_superuser):
    item = sent_by_stripe(as_superuser)

    done = reconcile(transfer_of(item, group=item.batch.reference))

    assert kinds() == []
    assert done.compared["stripe_months"] == [["2026-07", "EUR", 1, 5_000, 0]]


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        ([], "stripe_missing"),
        ([{"minor": 5_001}], "stripe_amount"),
        ([{"reversed_minor": 234}], "stripe_returned"),
        ([{}, {"reference": "tr_2"}], "stripe_twice"),
    ],
)
def test_what_stripe_says_otherwise_is_one_line(as_superuser, made, kind):
    item = sent_by_stripe(as_superuser)

    reconcile(*(transfer_of(item, group=item.batch.reference, **facts) for facts in made))

    assert kinds() == [kind]


def test_a_transfer_of_a_batch_without_a_payout_is_one_line(as_superuser):
    item = sent_by_stripe(as_superuser)

    reconcile(transfer_of(item), transfer_of(reference="tr_2", group=item.batch.reference))

    assert kinds() == ["stripe_not_sent"]


def test_payouts_older_than_the_horizon_are_not_missed(as_superuser):
    sent_by_stripe(as_superuser)

    reconcile(now=PAYDAY + stripe.HORIZON)

    assert kinds() == []


def hand_made():
    reconcile(transfer_of(reference="tr_hand"))
    return Difference.objects.get()


def test_a_person_explains_a_difference_and_it_stays_explained():
    found, person = hand_made(), finance()

    differences.explain(difference_id=found.pk, actor_id=person.pk, reason="A test.", now=LATE)
    reconcile(transfer_of(reference="tr_hand"), now=LATE)

    found.refresh_from_db()
    assert (found.state, found.closed_by, found.note) == ("explained", person, "A test.")
    entry = AuditEntry.objects.get(verb="difference.explained")
    assert (entry.actor, entry.reason) == (person, "A test.")


def test_an_explanation_holds_for_its_amount_alone():
    found = hand_made()
    differences.explain(difference_id=found.pk, actor_id=finance().pk, reason="A test.", now=LATE)

    reconcile(transfer_of(reference="tr_hand", minor=9_999), now=LATE)

    assert kinds() == ["stripe_by_hand"]


def test_no_explanation_without_a_reason_and_none_twice():
    found, person = hand_made(), finance()

    with pytest.raises(ReasonMissing):
        differences.explain(difference_id=found.pk, actor_id=person.pk, reason=" ", now=LATE)
    differences.explain(difference_id=found.pk, actor_id=person.pk, reason="A test.", now=LATE)
    with pytest.raises(AlreadyClosed):
        differences.explain(difference_id=found.pk, actor_id=person.pk, reason="Again.", now=LATE)


def test_people_of_finance_mind_differences():
    found, person = hand_made(), finance()

    differences.mind(difference_id=found.pk, actor_id=person.pk, owner_id=person.pk,
                     text="I ask Stripe.", now=LATE)  # fmt: skip

    found.refresh_from_db()
    assert (found.owner, found.note, found.state) == (person, "I ask Stripe.", "open")
    with pytest.raises(NotFinance):
        differences.mind(difference_id=found.pk, actor_id=person.pk,
                         owner_id=make_user(roles=["manager"]).pk, text="", now=LATE)  # fmt: skip


def test_what_comes_back_is_open_again_under_the_same_key():
    found = hand_made()
    reconcile(now=LATE)
    assert kinds("gone") == ["stripe_by_hand"]

    reconcile(transfer_of(reference="tr_hand"), now=LATE + timedelta(days=1))

    found.refresh_from_db()
    assert (found.state, found.closed_at, found.first_seen_at) == ("open", None, NEXT_DAY)
    assert Reconciliation.objects.count() == 3
