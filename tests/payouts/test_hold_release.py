"""Who held a large commission does not release it alone (P61)."""

import pytest

from core.models import AuditEntry
from payouts.models import Block
from payouts.services import blocks
from payouts.services.blocks import HolderReleases
from tests.builders import NOW, make_user
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db


def hold(commission, actor):
    return blocks.hold(commission_id=commission.pk, actor_id=actor.pk, reason="Looks odd.", now=NOW)


def release(block, actor):
    return blocks.release(block_id=block.pk, actor_id=actor.pk, reason="It is fine.", now=NOW)


@pytest.mark.parametrize(("units", "alone"), [(50, True), (51, False)])
def test_p61_above_five_hundred_euros_somebody_else_releases(units, alone):
    commission, holder = accrued(lines=[{"quantity": units}]), make_user()
    assert commission.amount_minor == units * 1_000
    block = hold(commission, holder)

    if alone:
        assert release(block, holder).released_by == holder
        return
    with pytest.raises(HolderReleases):
        release(block, holder)
    assert Block.objects.get().released_at is None
    assert not AuditEntry.objects.filter(verb="commission.block_released").exists()
    other = make_user()
    assert release(block, other).released_by == other
    assert release(block, holder).released_by == other


def test_p61_it_counts_who_held_it_last():
    commission, first, second = accrued(lines=[{"quantity": 60}]), make_user(), make_user()
    release(hold(commission, first), second)
    block = hold(commission, second)

    with pytest.raises(HolderReleases):
        release(block, second)

    assert release(block, first).released_by == first
