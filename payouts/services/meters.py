"""What the orders of a month take of caps and budgets: counted under lock, never passed.

Locks are taken in one order: the door below, then the meters of affiliates, the programme's last.
Rules C10 and C11 of docs/rules/commission.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, When

from affiliates.models import Programme
from core import locks
from fraud.models import Decision
from payouts.domain.commission import Earned
from payouts.domain.order_commission import BUDGET, MONTH_CAP, limit
from payouts.models import Adjustment, AdjustmentReason, Commission, Meter

#: Whoever earns holds this door open; whoever begins to count a month waits until all are through.
_DOOR = 0x4D45544552  # "METER"

#: An affiliate, or nobody for the whole programme; the first day of a month; a currency.
Key = tuple[int | None, date, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one credit would earn, line by line, and the cap of its terms for a month."""

    affiliate_id: int
    placed_at: datetime
    currency: str
    cap_minor: int | None
    earned: Sequence[Earned]


def take(requests: Sequence[Request]) -> list[list[Earned]]:
    """Count what credits earn, and return their lines less what the limits cut.

    The first request takes first. A month is that of the order, in the programme's time zone.
    What comes back later gives nothing back. The caller is in a transaction; the locks last until
    its end. At most seven queries however many they are, three where nothing is limited.
    """
    programme = Programme.get()
    zone = ZoneInfo(programme.time_zone)
    budget = programme.month_budget_minor
    months = [month_of(one.placed_at, zone) for one in requests]
    needed: set[Key] = set()
    wanted: set[Key] = set()
    for one, month in zip(requests, months, strict=True):
        of_affiliate: Key = (one.affiliate_id, month, one.currency)
        of_programme: Key = (None, month, one.currency)
        wanted |= {of_affiliate, of_programme}
        if one.cap_minor is not None:
            needed.add(of_affiliate)
        if budget is not None:
            needed.add(of_programme)
    meters = _lock(wanted, needed, zone)
    before = {key: meter.taken_minor for key, meter in meters.items()}
    left = [
        _limited(one, month, meters, budget) for one, month in zip(requests, months, strict=True)
    ]
    changed = [meter for key, meter in meters.items() if meter.taken_minor != before[key]]
    Meter.objects.bulk_update(changed, ["taken_minor"], batch_size=500)
    return left


def month_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the first day of the month that holds ``moment``."""
    return moment.astimezone(zone).date().replace(day=1)


def earned_in(key: Key, zone: ZoneInfo) -> int:
    """Return what a meter counts, in minor units: commissions, and what was added to them later.

    Credits that were refused take nothing.
    """
    affiliate_id, month, currency = key
    since = datetime(month.year, month.month, 1, tzinfo=zone)
    until = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=zone)
    commissions = Commission.objects.filter(
        credit__order__placed_at__gte=since, credit__order__placed_at__lt=until, currency=currency
    ).exclude(credit__screening__decision=Decision.REFUSE)
    if affiliate_id is not None:
        commissions = commissions.filter(affiliate=affiliate_id)
    accrued = commissions.aggregate(total=Sum("amount_minor"))["total"] or 0
    added = taken_later().filter(commission__in=commissions)
    return int(accrued + (added.aggregate(total=Sum("took"))["total"] or 0))


def taken_later() -> QuerySet[Adjustment]:
    """Return what took of caps and budgets after its order was accrued; ``took`` says how much.

    Costs that were found late, and what corrected costs raised.
    """
    is_found = Q(reason=AdjustmentReason.COST_FOUND)
    return Adjustment.objects.filter(is_found | Q(taken_minor__gt=0)).annotate(
        took=Case(
            When(is_found, then=F("amount_minor")),
            default=F("taken_minor"),
            output_field=BigIntegerField(),
        )
    )


def _limited(
    one: Request, month: date, meters: Mapping[Key, Meter], budget_minor: int | None
) -> list[Earned]:
    left = list(one.earned)
    mine = meters.get((one.affiliate_id, month, one.currency))
    everybodys = meters.get((None, month, one.currency))
    for meter, most, reason in (
        (mine, one.cap_minor, MONTH_CAP),
        (everybodys, budget_minor, BUDGET),
    ):
        if meter is not None and most is not None:
            left = limit(left, most - meter.taken_minor, reason=reason, currency=one.currency,
                         of_minor=most)  # fmt: skip
    amount = sum(line.amount_minor for line in left)
    for meter in (mine, everybodys):
        if meter is not None:
            meter.taken_minor += amount
    return left


def _lock(wanted: Collection[Key], needed: Collection[Key], zone: ZoneInfo) -> dict[Key, Meter]:
    """Lock the meters that exist, and those that are needed: they begin with what there is."""
    missing = set(needed) - _by_key(_among(needed)).keys() if needed else set()
    if missing:
        locks.hold(_DOOR)
        missing -= _by_key(_among(missing)).keys()  # Somebody was faster.
        Meter.objects.bulk_create(_begun(key, zone) for key in missing)
    else:
        locks.share(_DOOR)
    rows = _among(wanted).order_by(F("affiliate").asc(nulls_last=True), "month", "currency")
    found = _by_key(rows.select_for_update(of=("self",)))
    return {key: meter for key, meter in found.items() if key in wanted}


def _among(keys: Collection[Key]) -> QuerySet[Meter]:
    return Meter.objects.filter(
        Q(affiliate__in={key[0] for key in keys if key[0] is not None}) | Q(affiliate__isnull=True),
        month__in={key[1] for key in keys},
    )


def _by_key(rows: QuerySet[Meter]) -> dict[Key, Meter]:
    return {(row.affiliate_id, row.month, row.currency): row for row in rows}


def _begun(key: Key, zone: ZoneInfo) -> Meter:
    """Return a meter that counts what the month's orders have earned so far."""
    affiliate_id, month, currency = key
    return Meter(affiliate_id=affiliate_id, month=month, currency=currency,
                 taken_minor=earned_in(key, zone))  # fmt: skip
