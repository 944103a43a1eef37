"""Every pair of a batch's states is either an arrow or refused, by the row and by the verbs."""

import pytest

from core.errors import DomainError, InvalidTransition
from payouts.models import Batch, BatchStatus
from payouts.services import batches
from payouts.services.items import NotADraft
from tests.payouts.paydays import (
    LATER,
    PAYDAY,
    WHY,
    approved_batch,
    finance,
    make_due,
    prepared,
    sent_batch,
    submitted,
)
from tests.payouts.stories import assert_balances


@pytest.mark.parametrize("old", BatchStatus)
@pytest.mark.parametrize("new", BatchStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    batch = Batch(status=old, status_changed_at=PAYDAY)

    if new in Batch.ARROWS[old]:
        batch.move_to(new, at=LATER)
        assert (batch.status, batch.status_changed_at) == (new, LATER)
    else:
        with pytest.raises(InvalidTransition):
            batch.move_to(new, at=LATER)
        assert (batch.status, batch.status_changed_at) == (old, PAYDAY)


def test_the_arrows_are_those_of_the_rules():
    arrows = {(str(old), str(new)) for old, targets in Batch.ARROWS.items() for new in targets}

    assert arrows == {
        ("draft", "in_review"),
        ("draft", "cancelled"),
        ("in_review", "draft"),
        ("in_review", "approved"),
        ("approved", "executing"),
        ("approved", "cancelled"),
        ("executing", "paused"),
        ("executing", "done"),
        ("executing", "done_with_exceptions"),
        ("paused", "executing"),
        ("paused", "cancelled"),
    }


def executing(**overrides):
    batch = approved_batch(**overrides)
    batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=PAYDAY)
    return Batch.objects.get(pk=batch.pk)


def cancelled(**overrides):
    batch = prepared(**overrides)
    return batches.cancel(batch_id=batch.pk, actor_id=finance().pk, reason=WHY, now=PAYDAY)


MAKERS = {
    "draft": prepared,
    "in_review": submitted,
    "approved": approved_batch,
    "executing": executing,
    "done": sent_batch,
    "cancelled": cancelled,
}
#: From which state each verb works; the others are refused (or, repeated, change nothing).
VERBS = {
    "recompute": {"draft"},
    "submit": {"draft"},
    "send_back": {"in_review"},
    "approve": {"in_review"},
    "cancel": {"draft", "approved"},
    "make_file": {"approved"},
    "mark_sent": {"executing"},
    "file_refused": {"executing"},
}
REPEATS = {
    ("make_file", "executing"),
    ("make_file", "done"),
    ("mark_sent", "done"),
}
MORE = dict.fromkeys(("send_back", "cancel", "file_refused"), {"reason": WHY})
BALANCES = {
    "draft": {"payable": 5_000},
    "in_review": {"reserved": 5_000},
    "approved": {"reserved": 5_000},
    "executing": {"reserved": 5_000},
    "done": {},
    "cancelled": {"payable": 5_000},
}


def call(verb, batch):
    more = dict(MORE.get(verb, {}))
    if verb == "approve":
        more["content_hash"] = batch.content_hash
    return getattr(batches, verb)(batch_id=batch.pk, actor_id=finance().pk, now=LATER, **more)


@pytest.mark.django_db
@pytest.mark.parametrize("state", MAKERS)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(state, verb):
    ada = make_due()
    batch = MAKERS[state]()
    assert batch.status == state

    if state in VERBS[verb]:
        call(verb, batch)
        batch.refresh_from_db()
        assert batch.status != state or verb == "recompute"
        state = batch.status
    elif (verb, state) in REPEATS:
        call(verb, batch)
    else:
        with pytest.raises((InvalidTransition, NotADraft)) as refusal:
            call(verb, batch)
        assert isinstance(refusal.value, DomainError)

    batch.refresh_from_db()
    assert batch.status == state
    assert_balances(ada.pk, **BALANCES[state])
