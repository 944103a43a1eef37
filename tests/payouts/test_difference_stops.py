"""What the books do not agree about is not paid until that is settled (CL26)."""

from datetime import timedelta

import pytest

from core.models import AuditEntry, Delivery
from payouts import tasks
from payouts.models import Batch, Difference, Item
from payouts.queries.why_not_paid import why_not_paid
from payouts.services import batches, difference_stops, differences, manual_payouts, pausing
from payouts.services.differences import Found, note
from payouts.services.manual_payouts import ManualRefused
from payouts.services.pausing import BooksDiffer
from tests.builders import make_payee
from tests.payouts import stripe_world
from tests.payouts.paydays import (
    LATER,
    MUCH_LATER,
    approved_batch,
    finance,
    item_of,
    make_due,
    sent_batch,
)
from tests.payouts.stories import assert_balances
from tests.payouts.stripe_world import make_stripe_due, run, started, statuses
from tests.payouts.test_closing_reconciliation import reconcile, transfer_of
from tests.portal_staff.bank_world import BRAZILIAN

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = pytest.mark.django_db
STRANGE = "tr_strange"


def differs(*, batch="", affiliate=None, key="stripe:x", kind="stripe_not_sent", now=LATER, **more):
    """Note a difference that names a batch or a payee, and stop what it stops."""
    data = {"group": batch, **({"affiliate_id": affiliate.pk} if affiliate else {}), **more}
    found = Found(key=key, kind=kind, amount_minor=700, currency="EUR", data=data)
    note([found], kinds=[kind], now=now)
    difference_stops.stop_what_differs(now=now)
    return Difference.objects.get(key=key)


def explained(difference):
    differences.explain(
        difference_id=difference.pk, actor_id=finance().pk, reason="A test of the bank", now=LATER
    )


def gone(difference):
    note([], kinds=[difference.kind], now=MUCH_LATER)


def test_a_difference_about_a_batch_under_way_pauses_it_and_says_so(double):
    make_stripe_due(double)
    batch = started(double)

    reconcile(transfer_of(reference=STRANGE, group=batch.reference), now=LATER)

    batch.refresh_from_db()
    assert (batch.status, Difference.objects.get().batch) == ("paused", batch)
    assert "do not agree" in batch.note
    assert run(double, batch).status == "paused"
    assert (statuses(batch), double.stats()["transfers"]) == (["ready"], 0)
    told = Delivery.objects.filter(key__startswith="reconciliation:").values_list("body", flat=True)
    assert not told or all(batch.reference in body for body in told)


def test_nobody_lets_it_go_on_while_the_difference_is_open(double):
    make_stripe_due(double)
    batch = started(double)
    one = differs(batch=batch.reference)
    given = {"batch_id": batch.pk, "actor_id": finance().pk, "reason": "Go", "now": MUCH_LATER}

    with pytest.raises(BooksDiffer):
        batches.resume(**given)
    assert Batch.objects.get(pk=batch.pk).status == "paused"

    explained(one)
    assert not difference_stops.go_on_where_settled(now=MUCH_LATER)
    assert batches.resume(**given).status == "executing"
    assert run(double, batch, now=MUCH_LATER).status == "done"


def test_what_is_gone_by_itself_or_matched_lets_the_batch_go_on(double):
    make_stripe_due(double)
    batch = started(double)
    gone(differs(batch=batch.reference))

    tasks.run_stripe_batches()
    tasks.run_stripe_batches()

    batch.refresh_from_db()
    assert (batch.status, batch.note) == ("executing", "")
    [entry] = AuditEntry.objects.filter(verb="batch.resumed")
    assert entry.actor is None
    assert run(double, batch, now=MUCH_LATER).status == "done"


def test_a_batch_that_a_person_paused_stays_paused(double):
    make_stripe_due(double)
    batch = started(double)
    one = differs(batch=batch.reference)
    explained(one)
    actor = finance()
    batches.resume(batch_id=batch.pk, actor_id=actor.pk, reason="Explained", now=LATER)
    batches.pause(batch_id=batch.pk, actor_id=actor.pk, reason="Stripe calls", now=LATER)

    assert not difference_stops.go_on_where_settled(now=MUCH_LATER)
    assert Batch.objects.get(pk=batch.pk).status == "paused"


def test_of_two_differences_both_have_to_be_gone(double):
    make_stripe_due(double)
    batch = started(double)
    differs(batch=batch.reference)
    other = differs(batch=batch.reference, key="stripe:y", kind="stripe_twice")
    note([], kinds=["stripe_not_sent"], now=LATER)

    assert not difference_stops.go_on_where_settled(now=LATER)
    gone(other)
    assert difference_stops.go_on_where_settled(now=MUCH_LATER) == 1


def test_an_explained_difference_that_changes_pauses_again(double):
    make_stripe_due(double)
    batch = started(double)
    explained(differs(batch=batch.reference))
    batches.resume(batch_id=batch.pk, actor_id=finance().pk, reason="Explained", now=LATER)

    note(
        [Found(key="stripe:x", kind="stripe_not_sent", amount_minor=1, currency="EUR",
               data={"group": batch.reference})],
        kinds=["stripe_not_sent"], now=MUCH_LATER,
    )  # fmt: skip
    difference_stops.stop_what_differs(now=MUCH_LATER)

    assert Batch.objects.get(pk=batch.pk).status == "paused"


def test_the_payment_of_a_payee_who_differs_waits_and_the_others_leave(double):
    ada, ines = make_stripe_due(double, count=2)
    batch = started(double)
    one = differs(affiliate=ada, kind="reserved", key="reserved:ada")

    waiting = run(double, batch)

    assert (waiting.status, item_of(batch, ada).status) == ("executing", "ready")
    assert item_of(batch, ines).status == "sent"
    assert [gate.code for gate in why_not_paid(ada.pk, LATER).gates] == ["books_differ"]
    explained(one)
    assert run(double, batch, now=MUCH_LATER).status == "done"
    assert double.stats()["duplicates"] == {}
    assert_balances(ada.pk)


def test_a_payee_who_differs_is_in_no_batch_and_reads_why():
    ada, ines = make_due(), make_due()
    one = differs(affiliate=ada, kind="reserved", key="reserved:ada")

    assert [gate.code for gate in why_not_paid(ada.pk, LATER).gates] == ["books_differ"]
    batch = approved_batch(now=LATER)
    assert [item.affiliate for item in batch.items.all()] == [ines]
    explained(one)
    assert not why_not_paid(ada.pk, LATER).gates


def test_a_file_leaves_out_who_differs_and_is_not_made_of_a_batch_that_does():
    ada, ines = make_due(), make_due()
    batch, actor = approved_batch(), finance()
    differs(affiliate=ada, kind="reserved", key="reserved:ada")
    one = differs(batch=batch.reference)
    given = {"batch_id": batch.pk, "actor_id": actor.pk, "now": LATER}

    with pytest.raises(BooksDiffer):
        batches.make_file(**given)
    explained(one)
    batches.make_file(**given)

    assert item_of(batch, ada).status == "released"
    assert item_of(batch, ines).status == "sending"
    assert_balances(ada.pk, payable=5_000)


def test_a_payment_by_hand_to_a_payee_who_differs_is_refused():
    affiliate = make_due(payee=False)
    make_payee(affiliate, iban=BRAZILIAN, country="BR", town="Recife")
    batch = approved_batch(rail="manual")
    manual_payouts.begin(batch_id=batch.pk, actor_id=finance().pk, now=LATER)
    differs(affiliate=affiliate, kind="reserved", key="reserved:ada")

    with pytest.raises(ManualRefused, match="waits"):
        manual_payouts.mark_paid(
            item_id=batch.items.get().pk, reference="R1", paid_on=LATER.date(), proof_name="p.pdf",
            proof=b"%PDF-1.7", actor_id=finance().pk, now=MUCH_LATER,
        )  # fmt: skip
    assert batch.items.get().status == "sending"


def test_a_late_booking_stops_nothing():
    ada = make_due()
    batch = sent_batch()
    note(
        [Found(key="not-booked:1", kind="not_booked", item_id=batch.items.get().pk)],
        kinds=["not_booked"], now=LATER,
    )  # fmt: skip
    make_due(affiliate=ada)

    assert Difference.objects.get().affiliate == ada
    assert not why_not_paid(ada.pk, LATER).gates


def test_whom_a_difference_is_about_is_told_by_row_number_reference_or_name():
    ada = make_due()
    batch = sent_batch()
    item = batch.items.get()
    found = [
        Found(key="a", kind="k", item_id=item.pk),
        Found(key="b", kind="k", data={"transfer": "tr_1", "item": item.pk}),
        Found(key="c", kind="k", data={"end_to_end_id": item.reference}),
        Found(key="d", kind="k", data={"group": batch.reference}),
        Found(key="e", kind="k", data={"affiliate_id": ada.pk}),
        Found(key="f", kind="k", data={"item": 5_000, "group": "APB-2026-99-0001"}),
    ]

    about = differences.concerned(found)

    whole, nobody = (ada.pk, batch.pk), (None, None)
    assert [about[key] for key in "abcdef"] == [
        whole, whole, whole, (None, batch.pk), (ada.pk, None), nobody,
    ]  # fmt: skip


def test_what_left_while_stripe_was_read_is_not_missing(double):
    make_stripe_due(double)
    batch = run(double, started(double))
    Item.objects.filter(batch=batch).update(status_changed_at=LATER)

    reconcile(now=LATER)
    assert not Difference.objects.filter(kind="stripe_missing").exists()
    reconcile(now=LATER + timedelta(seconds=1))
    assert Difference.objects.filter(kind="stripe_missing").exists()


def test_only_what_is_carried_out_is_halted():
    make_due()
    batch = approved_batch()
    pausing.halt(batch, reason="x", now=LATER)
    assert batch.status == "approved"
