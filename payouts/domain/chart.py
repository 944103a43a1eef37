"""The French chart of accounts for the accounts of the ledger (rule CL20)."""

from __future__ import annotations

from collections.abc import Mapping

#: Where the ledger has an account that nobody named a number for: in suspense, never lost.
SUSPENSE = "471"
#: By the ledger's code, with those of all affiliates together. An accountant may say otherwise.
DEFAULTS: Mapping[str, str] = {
    "expense:commission": "6222",
    "affiliate:pending": "40811",
    "affiliate:payable": "40812",
    "affiliate:reserved": "40813",
    "affiliate:invoiced": "401",
    "vat:recoverable": "44566",
    "vat:reverse_charge": "4452",
    "clearing:sepa": "5811",
    "clearing:manual": "5812",
    "clearing:payroll": "421",
    "clearing:stripe": "517",
    "cash:bank": "512",
    "writeoff:clawback": "654",
}


def number_of(chart: Mapping[str, str], code: str) -> str:
    """Return the account number of the ledger's ``code``, ``affiliate:7:payable`` for example."""
    parts = code.split(":")
    name = f"affiliate:{parts[2]}" if parts[0] == "affiliate" else code
    return chart.get(name, SUSPENSE)
