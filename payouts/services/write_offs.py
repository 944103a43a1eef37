"""Debts that nobody will repay: proposed by one person of finance, written off by another (P54)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from affiliates.queries import language_of
from core.money import Money
from payouts.models import WRITE_OFF, AdjustmentProposal, ProposalStatus
from payouts.services.items import required_reason
from payouts.services.proposal_rules import ProposalRefused, debt_of
from payouts.services.proposals import Wanted, place


@transaction.atomic
def propose(
    *, affiliate_id: int, currency: str, reason: str, author_id: int, now: datetime
) -> AdjustmentProposal:
    """Propose to write off all that an affiliate owes; another person books it, or says no.

    Safe to repeat: while one waits, it is returned. The affiliate reads that the debt is gone,
    the team reads why.

    :raises ReasonMissing: without a reason.
    :raises ProposalRefused: for somebody who is not of finance, or when nothing is owed.
    :raises OwnAdjustment: if the person acts for the affiliate.
    """
    why = required_reason(reason)
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    before = AdjustmentProposal.objects.filter(affiliate=affiliate_id, reason=WRITE_OFF)
    waiting = before.filter(status=ProposalStatus.PROPOSED, currency=currency).first()
    if waiting is not None:
        return waiting
    owed = debt_of(affiliate_id, currency)
    if owed <= 0:
        raise ProposalRefused(_("Nothing is owed: there is nothing to write off."))
    with translation.override(language_of(affiliate_id)):
        text = _("What you owed us is written off.")
    wanted = Wanted(
        affiliate_id=affiliate_id,
        amount=Money(owed, currency),
        reason=WRITE_OFF,
        text=text,
        internal_text=why,
        source_key=f"write-off:{affiliate_id}:{before.count() + 1}",
    )
    return place(wanted, author_id=author_id, now=now, needs_second=True)


def waiting(affiliate_ids: Iterable[int]) -> dict[int, AdjustmentProposal]:
    """Return the write-offs that wait for a second person, by affiliate."""
    rows = AdjustmentProposal.objects.filter(
        affiliate__in=list(affiliate_ids), reason=WRITE_OFF, status=ProposalStatus.PROPOSED
    )
    return {row.affiliate_id: row for row in rows.defer("evidence").order_by("pk")}
