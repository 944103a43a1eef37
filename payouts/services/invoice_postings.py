"""What an invoice changes in the ledger: its VAT (rules IV24, IV25 and IV27)."""

from __future__ import annotations

from datetime import datetime

from core.money import Money
from payouts.models import Invoice, InvoiceKind
from payouts.services.ledger import Leg, account_of, post

RECOVERABLE = "vat:recoverable"
REVERSE_CHARGE = "vat:reverse_charge"


def post_vat(invoice: Invoice, *, now: datetime) -> None:
    """Post the VAT of a new document: paid with the payout, or owed in the payee's place.

    A credit note takes it back. Nothing is posted for a payee below the threshold.
    """
    owed = (
        (account_of(invoice.affiliate_id, "invoiced"), invoice.vat_minor),
        (REVERSE_CHARGE, invoice.reverse_charge_minor),
    )
    is_invoice = invoice.kind == InvoiceKind.INVOICE
    legs = [
        Leg(
            debit=RECOVERABLE if is_invoice else account,
            credit=account if is_invoice else RECOVERABLE,
            amount=Money(minor, invoice.currency),
        )
        for account, minor in owed
    ]
    post(
        source_key=f"invoice:{invoice.pk}",
        kind="invoiced",
        legs=legs,
        effective_at=now,
        now=now,
    )
