"""The ledger as an accountant's journal: two lines a transfer, of numbered accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from payouts.domain.calendar import bank_date
from payouts.domain.chart import DEFAULTS, number_of
from payouts.models import Transfer

CHUNK = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One side of one transfer. Exactly one of ``debit_minor`` and ``credit_minor`` is not zero."""

    day: date
    account: str
    code: str
    party: str
    party_name: str
    kind: str
    debit_minor: int
    credit_minor: int
    currency: str
    reference: str


def chart() -> Mapping[str, str]:
    """Return the numbers of the ledger's accounts: ours, and over them those of the settings."""
    return {**DEFAULTS, **settings.JOURNAL_ACCOUNTS}


def journal(*, since: datetime, before: datetime) -> Iterator[JournalLine]:
    """Yield the lines of a half-open period, the debit of each transfer before its credit.

    In the order in which the transfers took effect; rows are fetched in pieces.
    """
    numbers = chart()
    rows = (
        Transfer.objects.filter(effective_at__gte=since, effective_at__lt=before)
        .order_by("effective_at", "pk")
        .values_list(
            "effective_at", "kind", "amount_minor", "currency", "source_key", "leg",
            "debit__code", "debit__affiliate", "debit__affiliate__name",
            "credit__code", "credit__affiliate", "credit__affiliate__name",
        )
    )  # fmt: skip
    for at, kind, minor, currency, key, leg, *sides in rows.iterator(chunk_size=CHUNK):
        debit, credit = tuple(sides[:3]), tuple(sides[3:])
        for side, debit_minor, credit_minor in ((debit, minor, 0), (credit, 0, minor)):
            code, affiliate_id, name = side
            yield JournalLine(
                day=bank_date(at),
                account=number_of(numbers, str(code)),
                code=str(code),
                party=f"AFF{affiliate_id:06d}" if affiliate_id else "",
                party_name=str(name or ""),
                kind=kind,
                debit_minor=debit_minor,
                credit_minor=credit_minor,
                currency=currency,
                reference=f"{key}/{leg}",
            )
