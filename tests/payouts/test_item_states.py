"""Every pair of a payout's states is either an arrow or refused; a final state stays final."""

import pytest

from core.errors import InvalidTransition
from payouts.models import Item, ItemStatus
from tests.payouts.paydays import LATER, PAYDAY


@pytest.mark.parametrize("old", ItemStatus)
@pytest.mark.parametrize("new", ItemStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    item = Item(status=old, status_changed_at=PAYDAY)

    if new in Item.ARROWS[old]:
        item.move_to(new, at=LATER)
        assert (item.status, item.status_changed_at) == (new, LATER)
    else:
        with pytest.raises(InvalidTransition):
            item.move_to(new, at=LATER)
        assert (item.status, item.status_changed_at) == (old, PAYDAY)


def test_the_arrows_are_those_of_the_rules():
    arrows = {(str(old), str(new)) for old, targets in Item.ARROWS.items() for new in targets}

    assert arrows == {
        ("queued", "ready"),
        ("queued", "released"),
        ("ready", "sending"),
        ("ready", "skipped"),
        ("ready", "released"),
        ("sending", "sending"),
        ("sending", "unknown"),
        ("sending", "sent"),
        ("sending", "failed"),
        ("sending", "ready"),
        ("unknown", "sending"),
        ("unknown", "sent"),
        ("unknown", "failed"),
        ("sent", "settled"),
        ("sent", "returned"),
        ("settled", "returned"),
        ("settled", "sent"),  # Two people took the line that settled it off again (BK19).
        ("returned", "sent"),  # Nor did it come back, if that line was another's (BK22).
        ("returned", "settled"),
        ("skipped", "released"),
        ("failed", "released"),
    }


def test_every_state_is_live_paid_or_over():
    over = {ItemStatus.SKIPPED, ItemStatus.FAILED, ItemStatus.RELEASED, ItemStatus.RETURNED}

    assert set(ItemStatus) == {*Item.LIVE, *Item.PAID, *over}


def test_the_reference_fits_a_bank_and_cannot_collide():
    assert Item(pk=7).reference == "AP0000000007"
    assert len(Item(pk=10**18).reference) <= 35
