"""Approval after the hold, blocks, early release, and every pair of states."""

from datetime import timedelta

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry
from payouts.models import Block, BlockKind, Commission, CommissionStatus
from payouts.models.commission import StillOnHold
from payouts.services import blocks, cases, commissions
from payouts.services.blocks import CaseDecides, FactDecides, NotPending, OwnCommission
from tests.builders import NOW, make_case, make_user
from tests.payouts.stories import AFTER_HOLD, accrued, approved, assert_balances, euros

pytestmark = pytest.mark.django_db


def test_nothing_is_approved_before_its_hold_is_over():
    commission = accrued()

    assert commissions.approve_due(now=commission.hold_until - timedelta(seconds=1)) == 0
    with pytest.raises(StillOnHold):
        commission.approve(at=NOW, payable=euros(1_000))


def test_after_the_hold_the_amount_is_payable_once():
    commission = accrued()

    assert commissions.approve_due(now=commission.hold_until) == 1
    assert commissions.approve_due(now=commission.hold_until) == 0

    commission.refresh_from_db()
    assert (commission.status, commission.approved_minor) == ("approved", 1_000)
    assert_balances(commission.affiliate_id, payable=1_000)


def test_a_block_forbids_approval_until_it_is_released():
    commission, manager = accrued(), make_user()
    block = blocks.hold(
        commission_id=commission.pk, actor_id=manager.pk, reason="Looks odd.", now=NOW
    )
    assert commissions.approve_due(now=AFTER_HOLD) == 0

    for _twice in range(2):
        blocks.release(block_id=block.pk, actor_id=manager.pk, reason="It is fine.", now=NOW)

    assert commissions.approve_due(now=AFTER_HOLD) == 1
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "commission.held",
        "commission.block_released",
    ]


@pytest.mark.parametrize("kind", [BlockKind.COST_MISSING, BlockKind.BAND_MISSING])
def test_what_waits_for_a_cost_or_a_band_is_not_released_by_hand(kind):
    commission = accrued()
    block = Block.objects.create(commission=commission, kind=kind, reason="SKU-1", created_at=NOW)

    with pytest.raises(FactDecides, match="the commission is then priced and released"):
        blocks.release(block_id=block.pk, actor_id=make_user().pk, reason="Please", now=NOW)

    block.refresh_from_db()
    assert block.released_at is None
    assert commissions.approve_due(now=AFTER_HOLD) == 0
    assert not AuditEntry.objects.filter(verb="commission.block_released").exists()


def test_what_is_approved_can_no_longer_be_held():
    commission = approved()

    with pytest.raises(NotPending):
        blocks.hold(commission_id=commission.pk, actor_id=make_user().pk, reason="Late", now=NOW)


def test_the_block_of_a_case_is_released_by_deciding_the_case():
    commission, manager = accrued(decision="hold"), make_user()
    block = Block.objects.get(kind=BlockKind.FRAUD_CASE)
    with pytest.raises(CaseDecides):
        blocks.release(block_id=block.pk, actor_id=manager.pk, reason="Please", now=NOW)
    make_case(
        commission.credit.screening, status="dismissed", decided_by=manager, reason="A real buyer."
    )

    assert cases.apply_decisions(now=NOW) == 1
    assert cases.apply_decisions(now=NOW) == 0

    assert commissions.approve_due(now=AFTER_HOLD) == 1


def test_a_confirmed_case_reverses_what_it_held():
    commission = accrued(decision="hold")
    make_case(
        commission.credit.screening, status="confirmed", decided_by=make_user(), reason="A robot."
    )

    cases.apply_decisions(now=NOW)

    commission.refresh_from_db()
    assert (commission.status, commission.reversal_reason) == ("reversed", "invalid_traffic")
    assert_balances(commission.affiliate_id)


def test_an_open_case_keeps_holding_however_old_it_is():
    commission = accrued(decision="hold")
    make_case(commission.credit.screening)

    assert cases.apply_decisions(now=AFTER_HOLD) == 0
    assert commissions.approve_due(now=AFTER_HOLD) == 0


def test_a_manager_releases_early_and_it_is_written_down():
    commission, manager = accrued(), make_user()

    commissions.release_early(
        commission_id=commission.pk, actor_id=manager.pk, reason="Launch bonus", now=NOW
    )

    assert commissions.approve_due(now=NOW) == 1
    assert AuditEntry.objects.get().reason == "Launch bonus"


def test_a_reversed_commission_leaves_nothing():
    commission = accrued()

    commissions.reverse(
        commission_id=commission.pk, reason="other", actor_id=make_user().pk, note="x", now=NOW
    )
    with pytest.raises(InvalidTransition):
        commissions.reverse(
            commission_id=commission.pk, reason="other", actor_id=make_user().pk, note="x", now=NOW
        )

    assert_balances(commission.affiliate_id)


def test_nobody_decides_about_their_own_commission():
    commission, manager = accrued(), make_user()
    block = blocks.hold(commission_id=commission.pk, actor_id=manager.pk, reason="Odd", now=NOW)
    member = commission.affiliate.memberships.get().user
    own = {"commission_id": commission.pk, "actor_id": member.pk, "now": NOW}
    before = Commission.objects.values().get(), AuditEntry.objects.count()

    with pytest.raises(OwnCommission):
        blocks.release(block_id=block.pk, actor_id=member.pk, reason="It is fine.", now=NOW)
    with pytest.raises(OwnCommission):
        blocks.hold(reason="Not mine", **own)
    with pytest.raises(OwnCommission):
        commissions.release_early(reason="Now", **own)
    with pytest.raises(OwnCommission):
        commissions.reverse(reason="other", note="x", **own)

    block.refresh_from_db()
    assert block.released_at is None
    assert (Commission.objects.values().get(), AuditEntry.objects.count()) == before


@pytest.mark.parametrize("old", CommissionStatus)
@pytest.mark.parametrize("new", CommissionStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    commission = Commission(status=old, status_changed_at=NOW)

    if new in Commission.ARROWS[old]:
        commission.move_to(new, at=AFTER_HOLD)
        assert (commission.status, commission.status_changed_at) == (new, AFTER_HOLD)
    else:
        with pytest.raises(InvalidTransition):
            commission.move_to(new, at=AFTER_HOLD)
        assert commission.status == old
