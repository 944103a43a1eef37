"""What a commission comes to now, whatever its state: what a claim's amount is measured against."""

from __future__ import annotations

from django.db.models import Q, Sum

from payouts.models import (
    Adjustment,
    AdjustmentProposal,
    Claim,
    Commission,
    CommissionStatus,
    ProposalStatus,
)


def standing_minor(commission: Commission) -> int:
    """Return what stands of a commission, with every adjustment. Minor units.

    Nothing stands of a reversed one but what was adjusted on top of it afterwards.
    """
    sums = commission.adjustments.aggregate(
        inside=Sum("amount_minor", filter=Q(is_payable=False)),
        later=Sum("amount_minor", filter=Q(is_payable=True)),
    )
    later = sums["later"] or 0
    if commission.status == CommissionStatus.REVERSED:
        return int(later)
    if commission.approved_minor is not None:
        return int(commission.approved_minor + later)
    return int(commission.amount_minor + (sums["inside"] or 0) + later)


def granted_beside_minor(claim: Claim, order_id: int) -> int:
    """Return what other claims of the affiliate for an order got, or are about to get.

    Only what is beside no commission: what is adjusted of one is in what stands of it. Less what
    was taken back as goods of the order came back.
    """
    proposals = AdjustmentProposal.objects.filter(
        claim__affiliate=claim.affiliate_id,
        claim__order=order_id,
        status__in=[ProposalStatus.BOOKED, ProposalStatus.PROPOSED],
    ).exclude(claim=claim.pk)
    waiting = Q(status=ProposalStatus.PROPOSED) | Q(commission__isnull=True)
    total = proposals.filter(waiting).aggregate(total=Sum("amount_minor"))["total"]
    taken_back = Adjustment.objects.filter(
        affiliate=claim.affiliate_id,
        commission__isnull=True,
        return_line__shop_return__order=order_id,
    ).aggregate(total=Sum("amount_minor"))["total"]
    return int((total or 0) + (taken_back or 0))
