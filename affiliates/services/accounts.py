"""Suspending, reactivating, closing and reopening an affiliate's account."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateStatus
from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError, InvalidTransition

VERBS: dict[str, str] = {
    AffiliateStatus.SUSPENDED: "suspended",
    AffiliateStatus.ACTIVE: "reactivated",
    AffiliateStatus.CLOSED: "closed",
}


class ReasonMissing(DomainError):
    """An account was to be stopped without a reason that its people can read."""

    code = "reason_missing"


class OwnAccount(DomainError):
    """A person was to stop or restart an account for which they act."""

    code = "own_account"


@transaction.atomic
def suspend(*, affiliate_id: int, actor_id: int, reason: str, now: datetime) -> Affiliate:
    """Stop an account until further notice: its links and codes earn nothing meanwhile.

    Safe to repeat with the same reason.

    :raises ReasonMissing: without a reason.
    :raises OwnAccount: when the person acts for the affiliate.
    :raises InvalidTransition: when the account is not active.
    """
    return _move(affiliate_id, AffiliateStatus.SUSPENDED, actor_id, reason, now)


@transaction.atomic
def reactivate(*, affiliate_id: int, actor_id: int, reason: str, now: datetime) -> Affiliate:
    """Let a suspended account earn again. Safe to repeat. ``reason`` may be empty.

    :raises OwnAccount: when the person acts for the affiliate.
    :raises InvalidTransition: when the account is not suspended.
    """
    return _move(affiliate_id, AffiliateStatus.ACTIVE, actor_id, reason, now)


@transaction.atomic
def close(*, affiliate_id: int, actor_id: int, reason: str, now: datetime) -> Affiliate:
    """End an account for good. What it is owed stays owed. Safe to repeat with the same reason.

    :raises ReasonMissing: without a reason.
    :raises OwnAccount: when the person acts for the affiliate.
    :raises InvalidTransition: when the account is already closed for another reason.
    """
    return _move(affiliate_id, AffiliateStatus.CLOSED, actor_id, reason, now)


@transaction.atomic
def reopen(*, affiliate_id: int, actor_id: int, reason: str, now: datetime) -> Affiliate:
    """Open an account again that was closed in error, such as by a ban that is lifted.

    Safe to repeat with the same reason.

    :raises ReasonMissing: without a reason.
    :raises OwnAccount: when the person acts for the affiliate.
    :raises InvalidTransition: when the account is suspended, or open for another reason.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why: the people of the account read the reason."))
    return _move(affiliate_id, AffiliateStatus.ACTIVE, actor_id, reason, now, is_reopened=True)


def _move(
    affiliate_id: int,
    status: str,
    actor_id: int,
    reason: str,
    now: datetime,
    *,
    is_reopened: bool = False,
) -> Affiliate:
    reason = reason.strip()
    if not reason and status != AffiliateStatus.ACTIVE:
        raise ReasonMissing(_("Say why: the people of the account read the reason."))
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if affiliate.status == status and affiliate.status_reason == reason:
        return affiliate
    if acts_for(actor_id, affiliate_id):
        raise OwnAccount(_("Somebody else must decide: this is about your own account."))
    if is_reopened != (
        affiliate.status == AffiliateStatus.CLOSED and status == AffiliateStatus.ACTIVE
    ):
        raise InvalidTransition(f"A {affiliate.status} affiliate cannot become {status} like this.")
    affiliate.move_to(status, at=now)
    affiliate.status_reason = reason
    affiliate.save(update_fields=["status", "status_changed_at", "status_reason"])
    audit.record(
        actor=actor_id,
        verb="affiliate.reopened" if is_reopened else f"affiliate.{VERBS[status]}",
        subject=affiliate,
        at=now,
        reason=reason,
    )
    return affiliate
