"""Payments left out at the approval: the next version at once, for another person (P59)."""

from datetime import timedelta

import pytest

from core import audit
from core.errors import InvalidTransition
from core.models import AuditEntry
from payouts.models import Approval, Batch, ItemStatus, Transfer
from payouts.services import batches
from payouts.services.items import ContentChanged, FourEyesRefused, ReasonMissing, hash_of
from payouts.services.leaving_out import NothingLeftOut, leave_out
from tests.payouts.paydays import (
    LATER,
    MUCH_LATER,
    NEXT_PAYDAY,
    PAYDAY,
    WHY,
    approve,
    finance,
    item_of,
    make_due,
    prepared,
    submitted,
    take_back,
)
from tests.payouts.stories import assert_balances

pytestmark = pytest.mark.django_db


@pytest.fixture
def payees():
    """Three who are due 50, 30 and 20 euros."""
    return [make_due(units=units) for units in (5, 3, 2)]


def out(batch, payee, actor=None, *, reason=WHY, now=LATER, **changes):
    batch.refresh_from_db()
    given = {
        "reasons": {item_of(batch, payee).pk: reason},
        "content_hash": batch.content_hash,
        **changes,
    }
    return leave_out(batch_id=batch.pk, actor_id=(actor or finance()).pk, now=now, **given)


def said(batch, verb):
    rows = AuditEntry.objects.filter(verb=verb, subject_id=str(batch.pk))
    return list(rows.order_by("pk"))


def assert_untouched(batch, before, payees):
    batch.refresh_from_db()
    assert (batch.status, batch.content_hash) == ("in_review", before)
    assert not said(batch, "batch.sent_back")
    for payee, minor in zip(payees, (5_000, 3_000, 2_000), strict=True):
        assert_balances(payee.pk, reserved=minor)


def test_p59_what_stays_is_in_review_again_at_once_under_its_own_hash(payees):
    ada, bea, clo = payees
    batch, checker = submitted(), finance()
    before = batch.content_hash
    kept = {one.pk: sorted(one.lines.values_list("pk")) for one in batch.items.all()}

    out(batch, bea, checker)

    batch.refresh_from_db()
    assert (batch.status, batch.item_count, batch.total_minor) == ("in_review", 2, 7_000)
    assert batch.content_hash == hash_of(batch) != before
    assert (batch.submitted_by, batch.submitted_at) == (checker, LATER)
    left = item_of(batch, bea)
    assert (left.status, left.reason, left.lines.count()) == (ItemStatus.RELEASED, WHY, 0)
    for payee in (ada, clo):
        item = item_of(batch, payee)
        assert sorted(item.lines.values_list("pk")) == kept[item.pk]
    for payee, given in zip(
        payees, ({"reserved": 5_000}, {"payable": 3_000}, {"reserved": 2_000}), strict=True
    ):
        assert_balances(payee.pk, **given)


def test_p59_another_person_approves_neither_maker_nor_who_left_out(payees):
    maker, checker = finance(), finance()
    batch = submitted(maker=maker)
    out(batch, payees[1], checker)

    for person in (maker, checker):
        with pytest.raises(FourEyesRefused):
            approve(batch, person, now=MUCH_LATER)

    assert approve(batch, finance(), now=MUCH_LATER).status == "approved"
    assert batch.items.filter(status="ready").count() == 2


def test_p59_the_trail_names_both_hashes_and_every_reason_in_one_chain(payees):
    batch, checker = submitted(), finance()
    before = batch.content_hash

    out(batch, payees[1], checker, reason="Its invoice is contested.")

    batch.refresh_from_db()
    [back], [excluded] = said(batch, "batch.sent_back"), said(batch, "batch.item_excluded")
    first, second = said(batch, "batch.submitted")
    assert first.data["content_hash"] == back.data["content_hash"] == before
    assert second.data["content_hash"] == batch.content_hash
    assert (back.data["total_minor"], second.data["total_minor"]) == (10_000, 7_000)
    assert excluded.reason == "Its invoice is contested."
    assert excluded.data == {"affiliate_id": payees[1].pk, "amount_minor": 3_000}
    assert {back.actor, excluded.actor, second.actor} == {checker}
    assert "Its invoice is contested." in back.reason == batch.note
    links = [back, excluded, second]
    assert [one.previous_hash for one in links[1:]] == [one.hash for one in links[:-1]]
    assert all(one.hash == audit.entry_hash(one) for one in links)


def test_p59_a_yes_given_before_counts_no_more(payees):
    batch, early = submitted(), finance()
    before = batch.content_hash
    Approval.objects.create(batch=batch, user=early, content_hash=before, at=PAYDAY)

    out(batch, payees[0])

    assert Approval.objects.get().dropped_at == LATER
    with pytest.raises(ContentChanged):
        batches.approve(batch_id=batch.pk, actor_id=early.pk, content_hash=before, now=MUCH_LATER)
    assert Batch.objects.get().status == "in_review"


def test_p59_sent_twice_it_is_done_once(payees):
    batch, checker = submitted(), finance()
    before, item = batch.content_hash, item_of(batch, payees[1])

    for _time in range(2):
        leave_out(
            batch_id=batch.pk, reasons={item.pk: WHY}, content_hash=before,
            actor_id=checker.pk, now=LATER,
        )  # fmt: skip

    assert len(said(batch, "batch.submitted")) == 2
    assert Transfer.objects.filter(kind="reserved").count() == 5
    with pytest.raises(ContentChanged):
        leave_out(
            batch_id=batch.pk, reasons={item.pk: WHY}, content_hash=before,
            actor_id=finance().pk, now=LATER,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": "  "}, ReasonMissing),
        ({"reasons": {}}, NothingLeftOut),
        ({"reasons": {0: WHY}}, NothingLeftOut),
        ({"content_hash": "0" * 64}, ContentChanged),
    ],
)
def test_p59_what_cannot_be_left_out_changes_nothing(payees, change, refusal):
    batch = submitted()
    before = batch.content_hash

    with pytest.raises(refusal):
        out(batch, payees[1], **change)

    assert_untouched(batch, before, payees)


def test_p59_all_of_it_is_sent_back_instead(payees):
    batch = submitted()
    everything = {item.pk: WHY for item in batch.items.all()}

    with pytest.raises(NothingLeftOut, match="send the batch back"):
        out(batch, payees[0], reasons=everything)

    assert_untouched(batch, batch.content_hash, payees)


def test_p59_when_what_stays_is_not_what_is_due_nothing_changes(payees):
    batch = submitted()
    before = batch.content_hash
    take_back(payees[0], units=1)

    with pytest.raises(batches.DraftIsStale, match="compute it again"):
        out(batch, payees[1])

    batch.refresh_from_db()
    assert (batch.status, batch.content_hash) == ("in_review", before)
    assert_balances(payees[1].pk, reserved=3_000)


def test_p59_a_change_of_who_is_left_out_is_no_reason_to_compute_again(payees):
    batch = submitted()
    take_back(payees[1], units=1)

    out(batch, payees[1], reason="Goods came back.")

    assert_balances(payees[1].pk, payable=2_000)


def test_p59_who_was_left_out_comes_up_in_the_next_batch(payees):
    batch = submitted()
    out(batch, payees[1])
    approve(batch, finance(), now=MUCH_LATER)

    later = NEXT_PAYDAY + timedelta(hours=1)
    following = prepared(now=later, execution_date=later.date())

    assert [item.affiliate for item in following.items.all()] == [payees[1]]


def test_p59_nothing_is_left_out_of_a_draft_or_after_the_approval_like_this(payees):
    batch = prepared()
    with pytest.raises(InvalidTransition):
        out(batch, payees[1])
    batches.submit(batch_id=batch.pk, actor_id=batch.created_by_id, now=PAYDAY)
    approve(batch, finance())
    with pytest.raises(InvalidTransition):
        out(batch, payees[1])
    assert batch.items.filter(status="ready").count() == 3
