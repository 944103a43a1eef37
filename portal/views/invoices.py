"""The self-billed invoices and credit notes of a payee."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from payouts.models import Invoice
from portal.access import own, partner_may
from portal.downloads import file_response


@never_cache
@partner_may(Ability.SEE_MONEY)
@require_safe
def document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send one of the affiliate's own documents, byte for byte as it was issued."""
    return pdf_of(own(request, Invoice.objects.all(), public_id=public_id))


def pdf_of(invoice: Invoice) -> HttpResponse:
    """Return the document itself, under its number."""
    name = f"{invoice.number}.pdf"
    return file_response(bytes(invoice.body), name=name, content_type="application/pdf")
