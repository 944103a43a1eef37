"""What two people agree on when one approves what the other prepared (rule P12)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from payouts.domain.gates import Destination


@dataclass(frozen=True, slots=True, order=True)
class FrozenLine:
    """A commission or an adjustment inside a payout, in minor units; the other id is 0."""

    commission_id: int
    adjustment_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class FrozenItem:
    """One payout: who, how much with how much VAT in it, where to, and made of what."""

    item_id: int
    affiliate_id: int
    amount_minor: int
    destination: Destination
    lines: tuple[FrozenLine, ...]
    vat_minor: int = 0


@dataclass(frozen=True, slots=True)
class FrozenBatch:
    """A whole batch. ``debtor`` is a keyed hash of the paying account, empty for payroll."""

    reference: str
    rail: str
    currency: str
    execution_date: date
    debtor: str
    items: tuple[FrozenItem, ...]


def content_hash(batch: FrozenBatch) -> str:
    """Return the SHA-256 (hex) of everything that will be paid.

    Items and lines in any order give the same hash; any other difference gives another one.
    """
    items = [
        _item(item)
        for item in sorted(batch.items, key=lambda item: (item.affiliate_id, item.item_id))
    ]
    said = {
        "reference": batch.reference,
        "rail": batch.rail,
        "currency": batch.currency,
        "execution_date": batch.execution_date.isoformat(),
        "debtor": batch.debtor,
        "items": items,
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _item(item: FrozenItem) -> dict[str, Any]:
    """VAT counts where there is some: earlier batches keep their hash."""
    said = {
        **asdict(item),
        "destination": _destination(item.destination),
        "lines": [list(_values(line)) for line in sorted(item.lines)],
    }
    if not said["vat_minor"]:
        del said["vat_minor"]
    return said


def _destination(destination: Destination) -> dict[str, str]:
    """An account at Stripe counts where there is one: earlier batches keep their hash."""
    said = asdict(destination)
    if not said["stripe_account"]:
        del said["stripe_account"]
    return said


def _values(line: FrozenLine) -> tuple[int, int, int]:
    return line.commission_id, line.adjustment_id, line.amount_minor
