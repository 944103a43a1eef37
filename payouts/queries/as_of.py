"""What every account held at a moment, as far as it was known at another (rules CL1 and CL2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import connection

#: Credit minus debit in minor units, by the account's code and currency.
Balances = dict[tuple[str, str], int]
#: Transfers of a kind: how many, and the sum of their amounts, by kind and currency.
Movements = dict[tuple[str, str], tuple[int, int]]

_KNOWN = """effective_at < %(before)s
    AND (%(known_at)s::timestamptz IS NULL OR recorded_at <= %(known_at)s)"""
_BALANCES = f"""
SELECT account.code, account.currency, sum(moved.minor)::bigint
FROM (
  SELECT debit_id AS account_id, -amount_minor AS minor FROM payouts_transfer WHERE {_KNOWN}
  UNION ALL
  SELECT credit_id, amount_minor FROM payouts_transfer WHERE {_KNOWN}
) moved JOIN payouts_account account ON account.id = moved.account_id
WHERE %(codes)s::text[] IS NULL OR account.code = ANY(%(codes)s)
GROUP BY account.code, account.currency
HAVING sum(moved.minor) <> 0
ORDER BY account.code, account.currency
"""  # noqa: S608 - both parts are written here
_MOVEMENTS = f"""
SELECT kind, currency, count(*), sum(amount_minor)::bigint
FROM payouts_transfer
WHERE effective_at >= %(since)s AND {_KNOWN}
GROUP BY kind, currency
ORDER BY kind, currency
"""  # noqa: S608 - both parts are written here

_OWED = """
SELECT t.kind, t.currency, sum(t.amount_minor * (
  (credit.affiliate_id IS NOT NULL)::int - (debit.affiliate_id IS NOT NULL)::int))::bigint
FROM payouts_transfer t
  JOIN payouts_account credit ON credit.id = t.credit_id
  JOIN payouts_account debit ON debit.id = t.debit_id
WHERE t.effective_at >= %s AND t.effective_at < %s
  AND (credit.affiliate_id IS NULL) <> (debit.affiliate_id IS NULL)
GROUP BY t.kind, t.currency
ORDER BY t.kind, t.currency
"""


def balances_as_of(
    *,
    before: datetime,
    known_at: datetime | None = None,
    codes: Collection[str] | None = None,
) -> Balances:
    """Return credit minus debit of every account that is not at zero, in one query.

    Of transfers that took effect before ``before`` and were recorded at ``known_at`` or earlier;
    without ``known_at``, as known now. ``codes`` asks for these accounts only.
    """
    asked = {
        "before": before,
        "known_at": known_at,
        "codes": None if codes is None else list(codes),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, asked)
        return {(code, currency): int(minor) for code, currency, minor in cursor.fetchall()}


def movements_between(
    *, since: datetime, before: datetime, known_at: datetime | None = None
) -> Movements:
    """Return how many transfers of each kind took effect in a half-open period, and their sum."""
    asked = {"since": since, "before": before, "known_at": known_at}
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, asked)
        return {
            (kind, currency): (int(count), int(minor))
            for kind, currency, count, minor in cursor.fetchall()
        }


def owed_changes(*, since: datetime, before: datetime) -> dict[tuple[str, str], int]:
    """Return by how much each kind of transfer changed what is owed to all affiliates together."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, [since, before])
        return {(kind, currency): int(minor) for kind, currency, minor in cursor.fetchall()}


def by_column(balances: Balances) -> Balances:
    """Return ``balances`` with those of affiliates summed: ``affiliate:payable``, for example."""
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for (code, currency), minor in balances.items():
        parts = code.split(":")
        name = f"affiliate:{parts[2]}" if parts[0] == "affiliate" else code
        totals[name, currency] += minor
    return {key: minor for key, minor in totals.items() if minor}
