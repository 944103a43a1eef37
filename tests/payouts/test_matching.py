"""Differences that end by being matched with their other half (CL22 to CL24)."""

from datetime import timedelta
from functools import partial

import pytest

from core.models import AuditEntry
from payouts.gateways.stripe_books import transfers_since
from payouts.models import BankEntry, Batch, Difference, Item, ItemReturn, Transfer
from payouts.services import executing, matching, reconciliation
from payouts.services.bank_files import EntryRefused
from payouts.services.differences import AlreadyClosed
from payouts.services.items import ReasonMissing
from payouts.services.matching import NotMatched
from payouts.services.stripe_accounts import StripeSilent
from tests.payouts.bank_messages import LATER as BANK_LATER
from tests.payouts.bank_messages import Sent, receive
from tests.payouts.paydays import LATER, finance, item_of
from tests.payouts.stories import assert_balances
from tests.payouts.stripe_world import (
    _stripe_server as _stripe_server,
)
from tests.payouts.stripe_world import (
    double as double,
)
from tests.payouts.stripe_world import (
    make_stripe_due,
    run,
    started,
)

pytestmark = pytest.mark.django_db
NIGHT = timedelta(hours=12)


def of_kind(kind):
    return Difference.objects.get(kind=kind, state="open")


def unmatched_line():
    sent = Sent()
    receive(sent.fill("camt053_02_batch.xml", TOTAL="99.00", CLOSING="139.00"))
    line = BankEntry.objects.exclude(kind="other").get()
    item = Item.objects.order_by("pk").first()
    BankEntry.objects.filter(pk=line.pk).update(
        amount_minor=-item.amount_minor, end_to_end_id="", reference="x" * 120
    )
    reconciliation.reconcile(now=BANK_LATER + timedelta(days=1))
    return BankEntry.objects.get(pk=line.pk), item


def matched(difference, **given):
    asked = {"actor_id": finance().pk, "reason": "The bank says so.", "now": BANK_LATER + NIGHT}
    return matching.match_line(difference_id=difference.pk, **{**asked, **given})


def test_cl22_a_line_of_the_bank_is_matched_from_its_difference():
    line, item = unmatched_line()
    difference = of_kind("booked_unknown")

    matched(difference, item_id=item.pk)

    difference.refresh_from_db()
    item.refresh_from_db()
    line.refresh_from_db()
    assert (difference.state, item.status, line.state) == ("gone", "settled", "matched")
    assert difference.closed_by is not None
    assert AuditEntry.objects.get(verb="difference.matched").reason == "The bank says so."
    # A reference as long as its column still makes a key that the ledger can hold.
    assert Transfer.objects.filter(source_key__startswith="camt:x").count() == 1


def test_cl22_a_payout_that_was_not_booked_is_matched_with_a_line():
    line, item = unmatched_line()
    difference = Difference.objects.get(kind="not_booked", item=item)

    with pytest.raises(NotMatched):
        matched(difference)
    matched(difference, entry_id=line.pk)

    item.refresh_from_db()
    assert item.status == "settled"


def test_cl22_nothing_is_matched_unexplained_with_another_amount_or_twice():
    line, item = unmatched_line()
    difference = of_kind("booked_unknown")
    other = Item.objects.exclude(amount_minor=item.amount_minor).first()

    with pytest.raises(ReasonMissing):
        matched(difference, item_id=item.pk, reason=" ")
    with pytest.raises(EntryRefused):
        matched(difference, item_id=other.pk)
    line.refresh_from_db()
    assert (line.state, of_kind("booked_unknown").pk) == ("unmatched", difference.pk)
    matched(difference, item_id=item.pk)
    with pytest.raises(AlreadyClosed):
        matched(difference, item_id=item.pk)


def transfer_by_hand(double, item):
    made = double.rail.client.v1.transfers.create(
        {"amount": item.amount_minor, "currency": "eur", "destination": item.stripe_account},
        {"idempotency_key": "by-hand"},
    )
    reconciliation.reconcile(stripe_books=transfers_since, now=LATER + NIGHT)
    return made


def unknown_payout(double):
    ada = make_stripe_due(double)
    batch = started(double)
    [order] = executing.claim(batch_id=batch.pk, limit=1, now=LATER).orders
    executing.set_unknown(order=order, reason="Nobody knows.", now=LATER)
    return ada, item_of(batch, ada)


def match_transfer(double, difference, item, **given):
    asked = {"actor_id": finance().pk, "reason": "Paid by hand.", "now": LATER + NIGHT}
    return matching.match_transfer(
        difference_id=difference.pk, item_id=item.pk, rail=double.rail, **{**asked, **given}
    )


def test_cl23_a_transfer_made_by_hand_is_matched_with_the_payout_it_paid(double):
    ada, item = unknown_payout(double)
    made = transfer_by_hand(double, item)
    difference = of_kind("stripe_by_hand")
    assert matching.may_be_paid_by(difference) == [item]

    match_transfer(double, difference, item)

    item.refresh_from_db()
    assert (item.status, item.rail_reference) == ("sent", made.id)
    assert Batch.objects.get().status == "done"
    assert_balances(ada.pk)
    reconciliation.reconcile(stripe_books=transfers_since, now=LATER + 2 * NIGHT)
    assert not Difference.objects.filter(state="open").exists()


def test_cl23_what_is_known_to_have_left_is_not_matched(double):
    ada = make_stripe_due(double)
    batch = run(double, started(double))
    item = item_of(batch, ada)
    transfer_by_hand(double, item)

    with pytest.raises(NotMatched, match="known"):
        match_transfer(double, of_kind("stripe_by_hand"), item)


def test_cl23_a_transfer_of_which_something_came_back_paid_nobody(double):
    _ada, item = unknown_payout(double)
    transfer_by_hand(double, item)
    difference = of_kind("stripe_by_hand")
    double.rail.client.v1.transfers.reversals.create(difference.data["transfer"], {"amount": 1})

    with pytest.raises(NotMatched, match="taken back"):
        match_transfer(double, difference, item)

    item.refresh_from_db()
    assert item.status == "unknown"


@pytest.mark.parametrize(
    ("kind", "act"),
    [("stripe_by_hand", partial(matching.match_transfer, item_id=None, reason="Read.")),
     ("stripe_returned", matching.read_transfer)],
)  # fmt: skip
def test_a_transfer_older_than_the_day_the_key_went_is_refused_with_a_sentence(settings, kind, act):
    settings.STRIPE_SECRET_KEY = ""
    difference = Difference.objects.create(
        key="stripe:tr_1", kind=kind, amount_minor=4_200, currency="EUR",
        data={"transfer": "tr_1"}, first_seen_at=LATER, last_seen_at=LATER,
    )  # fmt: skip

    with pytest.raises(StripeSilent, match="Stripe is not set up"):
        act(difference_id=difference.pk, actor_id=finance().pk, now=LATER)

    assert of_kind(kind) == difference


def test_cl24_what_came_back_at_stripe_is_read_from_its_difference(double):
    ada = make_stripe_due(double)
    item = item_of(run(double, started(double)), ada)
    double.rail.client.v1.transfers.reversals.create(item.rail_reference, {"amount": 1_234})
    reconciliation.reconcile(stripe_books=transfers_since, now=LATER + NIGHT)
    difference = of_kind("stripe_returned")

    matching.read_transfer(
        difference_id=difference.pk, actor_id=finance().pk, now=LATER + NIGHT, rail=double.rail
    )

    difference.refresh_from_db()
    assert (difference.state, ItemReturn.objects.get().amount_minor) == ("gone", 1_234)
    assert_balances(ada.pk, payable=1_234)
