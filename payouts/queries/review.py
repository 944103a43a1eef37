"""What in a batch deserves a look before the yes (P39)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Avg

from affiliates.models import Payee, PayeeChange
from core.money import Money, ratio
from fraud.models import Case, CaseStatus
from payouts.models import Batch, Item
from payouts.queries.name_checks import doubtful

RECENT_DETAILS = timedelta(days=30)
UNUSUAL_TIMES = 3


class FlagCode(StrEnum):
    FIRST_PAYOUT = "first_payout"
    UNUSUAL = "unusual"
    DETAILS_YOUNG = "details_young"
    CASE_OPEN = "case_open"
    NAME_CLOSE = "name_close"


def flagged_items(batch: Batch, at: datetime) -> set[int]:
    """Return the ids of the live payouts of ``batch`` that deserve a look."""
    items = list(batch.items.filter(status__in=Item.LIVE).select_related("affiliate__payee"))
    found = flags(items, means(batch, items), at)
    return {item_id for item_id, codes in found.items() if codes}


def flags(
    items: Sequence[Item], usual: dict[int, Money], at: datetime
) -> dict[int, tuple[FlagCode, ...]]:
    """Return what deserves a look by payout. ``items`` come with their affiliate and payee."""
    affiliates = {item.affiliate_id for item in items}
    changes = PayeeChange.objects.filter(
        affiliate__in=affiliates, at__lte=at, at__gt=at - RECENT_DETAILS
    )
    changed = set(changes.values_list("affiliate_id", flat=True))
    cases = Case.objects.filter(affiliate__in=affiliates, status=CaseStatus.OPEN)
    doubted = set(cases.values_list("affiliate_id", flat=True))
    close = doubtful(item.affiliate_id for item in items if item.iban_last4)
    found = {}
    for item in items:
        mean = usual.get(item.affiliate_id)
        codes = []
        if mean is None:
            codes.append(FlagCode.FIRST_PAYOUT)
        elif item.amount_minor > UNUSUAL_TIMES * mean.minor:
            codes.append(FlagCode.UNUSUAL)
        if not item.staff_number and (item.affiliate_id in changed or _is_young(item, at)):
            codes.append(FlagCode.DETAILS_YOUNG)
        if item.affiliate_id in doubted:
            codes.append(FlagCode.CASE_OPEN)
        if item.affiliate_id in close:
            codes.append(FlagCode.NAME_CLOSE)
        found[item.pk] = tuple(codes)
    return found


def _is_young(item: Item, at: datetime) -> bool:
    payee: Payee | None = getattr(item.affiliate, "payee", None)
    if payee is None or not item.iban_last4:
        return False
    return timedelta(0) <= at - payee.changed_at < RECENT_DETAILS


def means(batch: Batch, items: Sequence[Item]) -> dict[int, Money]:
    """Return what each payee was paid on average by earlier batches in the same currency."""
    rows = (
        Item.objects.filter(
            affiliate__in=[item.affiliate_id for item in items],
            currency=batch.currency,
            status__in=Item.PAID,
        )
        .filter(batch__lt=batch.pk)
        .values_list("affiliate")
        .annotate(Avg("amount_minor"))
        .order_by()
    )
    return {
        affiliate: Money(ratio(*mean.as_integer_ratio()), batch.currency)
        for affiliate, mean in rows
    }
