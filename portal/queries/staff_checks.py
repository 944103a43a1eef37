"""The result of the last check of the ledger, whoever ran it."""

from __future__ import annotations

from payouts.models import LedgerCheck


def last_check() -> LedgerCheck | None:
    """Return the last result; None when the ledger has never been checked."""
    return LedgerCheck.objects.select_related("by").order_by("-at", "-pk").first()
