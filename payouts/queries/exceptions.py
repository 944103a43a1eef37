"""What somebody of finance has to look at: read from the rows themselves (P48)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q

from affiliates.models import Affiliate
from core.money import Money
from payouts.domain.calendar import day_start
from payouts.domain.currency import CURRENCY
from payouts.domain.gates import Gate, GateCode
from payouts.models import Item, ItemStatus, PayoutException, Rail
from payouts.queries.balances import due_since, liabilities, owing_since
from payouts.queries.candidates import candidates
from payouts.queries.name_checks import mismatched

OLD_DEBT = timedelta(days=90)
#: A red gate is an exception above this, in minor units.
MUCH_MINOR = 50_000
#: These need nobody: the balance grows, or the wait ends by itself.
_BY_ITSELF = {
    GateCode.BELOW_MINIMUM,
    GateCode.NEGATIVE_BALANCE,
    GateCode.NOTHING_DUE,
    GateCode.COOLING_OFF,
    GateCode.ON_HOLD,  # Somebody minds it already: the page of holds lists it.
    GateCode.NAME_MISMATCH,  # An exception of its own, whatever is due.
}


class ExceptionKind(StrEnum):
    UNKNOWN = "unknown"
    FAILED = "failed"
    RETURNED = "returned"
    BANK_FAILED = "bank_failed"
    DEBT = "debt"
    GATE = "gate"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenException:
    """One thing to look at. ``key`` is what :class:`PayoutException` minds it by."""

    key: str
    kind: ExceptionKind
    affiliate: Affiliate
    amount: Money
    since: datetime
    item: Item | None = None
    gates: tuple[Gate, ...] = ()
    minded: PayoutException | None = None

    def is_snoozed(self, now: datetime) -> bool:
        """Tell whether somebody put it off."""
        until = self.minded.snoozed_until if self.minded else None
        return until is not None and until > now


def exceptions(now: datetime) -> list[OpenException]:
    """Return everything to look at ``now``, the oldest first, put off or not."""
    found = [*_of_items(), *_of_debts(now), *_of_names(), *_of_gates(now)]
    minded = PayoutException.objects.select_related("owner").in_bulk(
        [one.key for one in found], field_name="key"
    )
    return sorted(
        (replace(one, minded=minded.get(one.key)) for one in found),
        key=lambda one: (one.since, one.key),
    )


def _of_items() -> Iterator[OpenException]:
    # Once a later payout left, the payee can be paid again: nothing is left to look at.
    paid_since = Item.objects.filter(
        affiliate=OuterRef("affiliate"),
        status__in=Item.PAID,
        bank_failed_at__isnull=True,
        pk__gt=OuterRef("pk"),
    )
    open_items = Item.objects.filter(
        Q(status__in=[ItemStatus.UNKNOWN, ItemStatus.FAILED])
        | ((Q(status=ItemStatus.RETURNED) | Q(bank_failed_at__isnull=False)) & ~Exists(paid_since))
    )
    for item in open_items.select_related("affiliate", "batch").order_by("pk"):
        yield OpenException(
            key=f"item:{item.pk}",
            kind=_kind_of(item),
            affiliate=item.affiliate,
            amount=item.amount,
            since=item.bank_failed_at or item.status_changed_at,
            item=item,
        )


def _kind_of(item: Item) -> ExceptionKind:
    of_status = {
        ItemStatus.UNKNOWN: ExceptionKind.UNKNOWN,
        ItemStatus.FAILED: ExceptionKind.FAILED,
        ItemStatus.RETURNED: ExceptionKind.RETURNED,
    }
    return of_status.get(ItemStatus(item.status), ExceptionKind.BANK_FAILED)


def _of_debts(now: datetime) -> Iterator[OpenException]:
    owing = {
        affiliate_id: columns["payable"]
        for affiliate_id, columns in liabilities(CURRENCY).items()
        if columns["payable"] < 0
    }
    affiliates, owed_since = Affiliate.objects.in_bulk(owing), owing_since(owing, CURRENCY)
    for affiliate_id, minor in owing.items():
        since = owed_since.get(affiliate_id)
        if since is not None and now - since > OLD_DEBT:
            yield OpenException(
                key=f"debt:{affiliate_id}",
                kind=ExceptionKind.DEBT,
                affiliate=affiliates[affiliate_id],
                amount=Money(minor, CURRENCY),
                since=since,
            )


def _of_names() -> Iterator[OpenException]:
    """Whose account is another's, by the bank, as far as something is due to them."""
    found = list(mismatched().select_related("affiliate").order_by("pk"))
    due = liabilities(CURRENCY) if found else {}
    for check in found:
        minor = due.get(check.affiliate_id, {}).get("payable", 0)
        if minor > 0:
            yield OpenException(
                key=f"name:{check.affiliate_id}",
                kind=ExceptionKind.NAME,
                affiliate=check.affiliate,
                amount=Money(minor, CURRENCY),
                since=day_start(check.checked_on),
            )


def _of_gates(now: datetime) -> Iterator[OpenException]:
    held = [
        one
        for rail in Rail
        for one in candidates(rail=rail, currency=CURRENCY, cutoff_at=now, at=now)
        if one.due.minor > MUCH_MINOR and _needs_somebody(one.gates)
    ]
    since = due_since((one.affiliate.pk for one in held), CURRENCY)
    for one in held:
        yield OpenException(
            key=f"gate:{one.affiliate.pk}",
            kind=ExceptionKind.GATE,
            affiliate=one.affiliate,
            amount=one.amount,
            since=since.get(one.affiliate.pk, now),
            gates=one.gates,
        )


def _needs_somebody(gates: Iterable[Gate]) -> bool:
    return any(gate.code not in _BY_ITSELF for gate in gates)
