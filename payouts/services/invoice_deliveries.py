"""Invoices on their way out: handed to the transport that is set up, again until it takes them."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from core import audit
from core.deliveries import retry_delay
from core.errors import DomainError
from payouts.gateways.invoice_transport import FileDrop, InvoiceTransport, TransportFailed
from payouts.models import Invoice, InvoiceDelivery

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(days=1)
_DOUBLINGS = 11


class NoTransport(DomainError):
    """Nothing is set up through which invoices leave."""

    code = "no_transport"


def configured() -> InvoiceTransport | None:
    """Return the transport that the settings name; None when there is none."""
    return FileDrop(Path(settings.INVOICE_DROP_DIR)) if settings.INVOICE_DROP_DIR else None


def deliver_waiting(*, now: datetime, limit: int = 200) -> int:
    """Hand over what no transport has taken yet, and return how many left.

    A failure is tried again after 1, 2, 4 ... minutes, at most a day. Safe to repeat: at worst a
    document is handed over twice, with the same bytes under the same name.
    """
    transport = configured()
    if transport is None:
        return 0
    taken = InvoiceDelivery.objects.filter(invoice=OuterRef("pk"), error="")
    waiting = Invoice.objects.filter(~Exists(taken)).order_by("pk")
    left = 0
    for pk in list(waiting.values_list("pk", flat=True)):
        if left >= limit:
            break
        if _is_due(pk, now):
            left += not _hand_over(Invoice.objects.get(pk=pk), transport, now).error
    return left


def deliver_again(*, invoice_id: int, actor_id: int, now: datetime) -> InvoiceDelivery:
    """Hand a document over once more because a person asks; the audit trail says who.

    :raises NoTransport: when none is set up.
    """
    transport = configured()
    if transport is None:
        raise NoTransport(_("Nothing is set up through which invoices leave: INVOICE_DROP_DIR."))
    invoice = Invoice.objects.get(pk=invoice_id)
    audit.record(actor=actor_id, verb="invoice.sent_again", subject=invoice, at=now)
    return _hand_over(invoice, transport, now)


def _is_due(invoice_id: int, now: datetime) -> bool:
    tries = InvoiceDelivery.objects.filter(invoice=invoice_id).order_by("-at")
    last, count = tries.first(), tries.count()
    if last is None:
        return True
    return last.at + min(retry_delay(min(count, _DOUBLINGS)), LONGEST_WAIT) <= now


def _hand_over(invoice: Invoice, transport: InvoiceTransport, now: datetime) -> InvoiceDelivery:
    reference, error = "", ""
    try:
        reference = transport.hand_over(number=invoice.number, body=bytes(invoice.body))
    except TransportFailed as failure:
        error = str(failure) or type(failure).__name__
        log.warning("Invoice %s not handed over: %s", invoice.number, error)
    return InvoiceDelivery.objects.create(
        invoice=invoice, transport=transport.name, reference=reference, at=now, error=error
    )
