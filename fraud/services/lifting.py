"""The end of a sanction, by itself or with the case that contests it: rules CA8 and CA16."""

from __future__ import annotations

from datetime import datetime

from affiliates.models import Affiliate, AffiliateStatus
from affiliates.services import accounts, stops
from core import audit
from core.models import User
from fraud.models import Case, Sanction, SanctionStatus


def end(sanction: Sanction, actor: User, *, reason: str, message: str, now: datetime) -> None:
    """Lift a sanction: what it stopped goes on, and an account that it closed is open again.

    The caller holds the rows of the account and of the sanction.

    :raises InvalidTransition: when it is not in force.
    """
    sanction.move_to(SanctionStatus.LIFTED, at=now)
    sanction.save(update_fields=["status", "status_changed_at"])
    stops.end(affiliate_id=sanction.affiliate_id, what=sanction.measures, now=now)
    account = Affiliate.objects.get(pk=sanction.affiliate_id)
    was_closed_by_it = (AffiliateStatus.CLOSED, sanction.message)
    if sanction.is_ban and (account.status, account.status_reason) == was_closed_by_it:
        accounts.reopen(affiliate_id=account.pk, actor_id=actor.pk, reason=message, now=now)
    record("sanction.lifted", sanction, actor, now, reason=reason, message=message)


def end_contested(case: Case, actor: User, *, reason: str, message: str, now: datetime) -> None:
    """Lift the sanctions in force that a case contests. The caller holds the account's row."""
    rows = case.contested_sanctions.filter(status=SanctionStatus.IN_FORCE).order_by("pk")
    for sanction in rows.select_for_update(no_key=True):
        end(sanction, actor, reason=reason, message=message, now=now)


def record(
    verb: str,
    sanction: Sanction,
    actor: User,
    now: datetime,
    *,
    reason: str = "",
    message: str = "",
) -> None:
    """Keep in the audit trail what somebody did about a sanction."""
    data: dict[str, object] = {"measures": sanction.measures, "families": sanction.families}
    if message:
        data["message"] = message
    audit.record(actor=actor, verb=verb, subject=sanction, at=now, reason=reason, data=data)
