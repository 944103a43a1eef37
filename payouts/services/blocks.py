"""Reasons why a commission may not be approved yet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from core.models import AuditEntry
from payouts.models import Block, BlockKind, Commission

_HELD = "commission.held"
#: What earns more than this, in minor units, is released by somebody else than who held it.
RELEASED_ALONE_MINOR = 50_000


class CaseDecides(DomainError):
    """A block of an open case was to be released by hand."""

    code = "case_decides"


class NotPending(DomainError):
    """A commission that is no longer pending was to be held."""

    code = "not_pending"


class OwnCommission(DomainError):
    """A person was to decide about what they earn themselves."""

    code = "own_commission"


def refuse_own(commission: Commission, actor_id: int) -> None:
    """Let nobody decide about a commission of an affiliate for which they act.

    :raises OwnCommission: when the person does.
    """
    if acts_for(actor_id, commission.affiliate_id):
        raise OwnCommission(_("Somebody else must decide: this is about your own account."))


class FactDecides(DomainError):
    """A block of a missing cost or band was to be released by hand."""

    code = "fact_decides"


class HolderReleases(DomainError):
    """Who held a large commission was to release it alone."""

    code = "holder_releases"


def why_not_release(kind: str) -> str:
    """Return what a block waits for that no decision can replace; empty when a person decides."""
    if kind == BlockKind.COST_MISSING:
        return _("Send the cost: the commission is then priced and released.")
    if kind == BlockKind.BAND_MISSING:
        return _("Send the cost and the list price: the commission is then priced and released.")
    if kind == BlockKind.UNPAID:
        return _("The customer has not paid: the payment releases it.")
    return ""


@transaction.atomic
def hold(*, commission_id: int, actor_id: int, reason: str, now: datetime) -> Block:
    """Hold a pending commission by hand. Safe to repeat.

    :raises OwnCommission: if the person acts for its affiliate.
    :raises NotPending: if it is approved, paid or reversed.
    """
    commission = Commission.objects.select_for_update().get(pk=commission_id)
    refuse_own(commission, actor_id)
    if not commission.is_pending:
        raise NotPending(f"This commission is {commission.status}: it can no longer be held.")
    block, created = Block.objects.get_or_create(
        commission=commission,
        kind=BlockKind.MANUAL,
        released_at=None,
        defaults={"reason": reason, "created_at": now},
    )
    if created:
        _record(_HELD, commission, actor_id, reason, BlockKind.MANUAL, now)
    return block


@transaction.atomic
def release(*, block_id: int, actor_id: int, reason: str, now: datetime) -> Block:
    """Release one block by hand, for a reason that is kept. Safe to repeat.

    :raises OwnCommission: if the person acts for its affiliate.
    :raises CaseDecides: if the block belongs to a case; deciding the case releases it.
    :raises FactDecides: if a cost or a band is missing: without it nobody knows what is earned.
    :raises HolderReleases: if the person held it themselves, and it earns more than EUR 500 (P61).
    """
    commission_id = Block.objects.values_list("commission", flat=True).get(pk=block_id)
    commission = Commission.objects.select_for_update().get(pk=commission_id)
    refuse_own(commission, actor_id)
    block = Block.objects.get(pk=block_id)
    if block.kind == BlockKind.FRAUD_CASE:
        raise CaseDecides("A review case holds this commission: decide the case.")
    if awaited := why_not_release(block.kind):
        raise FactDecides(awaited)
    if block.released_at is None:
        _refuse_holder(block, commission, actor_id)
        block.released_at, block.released_by_id = now, actor_id
        block.save(update_fields=["released_at", "released_by"])
        _record("commission.block_released", commission, actor_id, reason, block.kind, now)
    return block


def _refuse_holder(block: Block, commission: Commission, actor_id: int) -> None:
    if block.kind != BlockKind.MANUAL or commission.amount_minor <= RELEASED_ALONE_MINOR:
        return
    held = AuditEntry.objects.filter(
        verb=_HELD, subject_type=commission._meta.label_lower, subject_id=str(commission.pk)
    )
    if held.order_by("-pk").values_list("actor", flat=True).first() == actor_id:
        raise HolderReleases(_("You held this commission: another person releases it."))


def _record(
    verb: str, commission: Commission, actor_id: int, reason: str, kind: str, now: datetime
) -> None:
    audit.record(
        actor=actor_id,
        verb=verb,
        subject=commission,
        at=now,
        reason=reason,
        data={"kind": str(kind)},
    )


def release_paid(*, now: datetime) -> int:
    """Release what waited for a customer's payment that came, or that never will; return how many.

    An order that was cancelled instead is back: its commission is reversed, and nothing waits.
    """
    over = Block.objects.filter(
        Q(commission__credit__order__awaits_payment=False)
        | Q(commission__credit__order__cancelled_at__isnull=False),
        kind=BlockKind.UNPAID,
        released_at__isnull=True,
    )
    return Block.objects.filter(pk__in=over.values("pk")).update(released_at=now)
