"""A payee's own documents of a year, all at once (A13)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from payouts.queries.year_documents import years_with_documents
from portal.access import current_affiliate, partner_may
from portal.downloads import csv_form
from portal.year_archive import archive_response, payee_archive


@never_cache
@partner_may(Ability.SEE_MONEY)
@require_safe
def archive(request: HttpRequest, year: int) -> StreamingHttpResponse:
    """Send the affiliate's own statements, invoices and credit notes of a year as a ZIP.

    :raises Http404: for a year without documents.
    """
    affiliate = current_affiliate(request)
    if year not in years_with_documents(affiliate.pk):
        raise Http404
    files = payee_archive(affiliate.pk, year, csv_form(request))
    return archive_response(files, name=f"apport-{year}.zip")
