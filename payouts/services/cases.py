"""What fraud cases mean for commissions: held while a case waits, then released or reversed.

Where an appeal clears a sale that was reversed, it is added again beside it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from affiliates.queries import language_of
from core.errors import DomainError
from fraud.models import CaseCredit, Ruling
from payouts.models import (
    AdjustmentProposal,
    AdjustmentReason,
    Block,
    BlockKind,
    Claim,
    Commission,
    CommissionStatus,
    ReversalReason,
)
from payouts.services import proposals
from payouts.services.claim_amounts import suggest
from payouts.services.commissions import reverse_locked

log = logging.getLogger(__name__)

#: For how long after an appeal what it brings back is looked for: costs may come late.
LOOK_BACK = timedelta(days=60)


def apply_decisions(*, now: datetime, limit: int = 500) -> int:
    """Hold what a case holds; release what was cleared, reverse what was refused. Repeatable.

    Returns how many commissions changed.
    """
    waiting = CaseCredit.objects.standing().filter(
        credit=OuterRef("commission__credit"), ruling=Ruling.WAITING
    )
    decided = (
        Block.objects.filter(~Exists(waiting), kind=BlockKind.FRAUD_CASE, released_at__isnull=True)
        .filter(commission__credit__case_credits__isnull=False)
        .order_by("pk")
        .values_list("commission", flat=True)
        .distinct()[:limit]
    )
    done = sum(_apply(commission_id, now) for commission_id in list(decided))
    return done + _hold(now, limit) + _give_back(now, limit)


@transaction.atomic
def _apply(commission_id: int, now: datetime) -> int:
    commission = Commission.objects.select_for_update().get(pk=commission_id)
    rulings = list(
        CaseCredit.objects.standing()
        .filter(credit=commission.credit_id)
        .order_by("-ruled_at", "-pk")
    )
    if any(one.ruling == Ruling.WAITING for one in rulings):
        return 0
    released = Block.objects.filter(
        commission=commission, kind=BlockKind.FRAUD_CASE, released_at__isnull=True
    ).update(released_at=now, released_by=rulings[0].ruled_by)
    is_refused = any(one.ruling == Ruling.REFUSED for one in rulings)
    if released and is_refused and commission.is_pending:
        reverse_locked(commission, reason=ReversalReason.INVALID_TRAFFIC, now=now)
    return released


@transaction.atomic
def _hold(now: datetime, limit: int) -> int:
    """Block pending commissions whose credit joined a case after they accrued.

    One that is refused already is blocked too, so that the next turn reverses it.
    """
    held = CaseCredit.objects.standing().filter(
        credit=OuterRef("credit"), ruling__in=[Ruling.WAITING, Ruling.REFUSED]
    )
    blocked = Block.objects.filter(
        commission=OuterRef("pk"), kind=BlockKind.FRAUD_CASE, released_at__isnull=True
    )
    commissions = list(
        Commission.objects.filter(Exists(held), ~Exists(blocked), status=CommissionStatus.PENDING)
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    rows = Block.objects.bulk_create(
        [
            Block(
                commission=commission,
                kind=BlockKind.FRAUD_CASE,
                created_at=now,
                reason="A review case holds it.",
            )
            for commission in commissions
        ],
        ignore_conflicts=True,
    )
    return len(rows)


def _give_back(now: datetime, limit: int) -> int:
    """Add what reversed sales come to that an appeal has cleared, and nothing else refuses."""
    refused = CaseCredit.objects.standing().filter(
        credit=OuterRef("credit"), ruling__in=[Ruling.WAITING, Ruling.REFUSED]
    )
    booked = AdjustmentProposal.objects.filter(
        commission=OuterRef("credit__commission"), source_key__startswith="appeal:"
    )
    won = (
        CaseCredit.objects.standing()
        .filter(
            ~Exists(refused),
            ~Exists(booked),
            ruling=Ruling.CLEARED,
            ruled_at__gt=now - LOOK_BACK,
            case__appeals__credits__credit=F("credit"),
            credit__commission__status=CommissionStatus.REVERSED,
            credit__commission__reversal_reason=ReversalReason.INVALID_TRAFFIC,
        )
        .order_by("pk")
        .values_list("pk", flat=True)
        .distinct()[:limit]
    )
    return sum(_add(pk, now) for pk in list(won))


@transaction.atomic
def _add(case_credit_id: int, now: datetime) -> int:
    """Propose what one sale comes to by now, in the name of who decided the appeal.

    From the programme's limit on it waits for a second person, as every adjustment does.
    """
    row = CaseCredit.objects.select_related("credit__order", "credit__commission").get(
        pk=case_credit_id
    )
    credit, commission = row.credit, row.credit.commission
    about = Claim(affiliate_id=credit.affiliate_id, currency=commission.currency)
    due = suggest(about, credit.order)
    if due is None or due.waits or due.amount.minor <= 0 or row.ruled_by_id is None:
        return 0
    with translation.override(language_of(credit.affiliate_id)):
        text = _("You contested our decision and were right: this sale counts again.")
    try:
        proposals.propose(
            affiliate_id=credit.affiliate_id,
            amount=due.amount,
            reason=AdjustmentReason.CLAIM,
            text=text,
            internal_text=f"Case {row.case_id}",
            source_key=f"appeal:{commission.pk}",
            commission_id=commission.pk,
            author_id=row.ruled_by_id,
            now=now,
        )
    except DomainError as refusal:
        log.warning("Appeal of commission %s gave nothing back: %s", commission.pk, refusal)
        return 0
    return 1
