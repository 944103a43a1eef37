"""What was added to an affiliate's balance, or taken back, for a reason of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from affiliates.queries import terms_for
from core.csv_export import csv_chunks
from payouts.models import Adjustment
from portal.access import current_affiliate, partner_may
from portal.achievements import achievements
from portal.queries.adjustments import OwnAdjustment, of_affiliate, shown

PAGE_SIZE = 25
CSV_BATCH = 500


@partner_may(Ability.SEE_MONEY)
@require_safe
def adjustment_list(request: HttpRequest) -> HttpResponseBase:
    """Show bonuses, corrections and clawbacks with their reason; ``format=csv`` as a file."""
    affiliate, now = current_affiliate(request), timezone.now()
    found = of_affiliate(affiliate.pk)
    if request.GET.get("format") == "csv":
        return _csv(found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": shown(list(page.object_list)),
        "achievements": achievements(affiliate.pk, terms_for(affiliate.pk, now), now),
        "csv_url": "?format=csv",
        "payouts_url": reverse("portal:payout-list"),
    }
    return _page(request, context)


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "affiliate/adjustment_list.html", context)


def _csv(found: QuerySet[Adjustment]) -> StreamingHttpResponse:
    header = [
        _("Date"), _("Reason"), _("What for"), _("Order"), _("Currency"), _("Amount"), _("Payout"),
    ]  # fmt: skip
    return StreamingHttpResponse(
        csv_chunks(header, _in_batches(found)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="adjustments.csv"'},
    )


def _in_batches(found: QuerySet[Adjustment]) -> Iterator[list[Any]]:
    language = get_language()
    for page in Paginator(found, CSV_BATCH):
        # The answer is sent after the request: its language is over by then.
        with override(language):
            rows = [_cells(one) for one in shown(list(page.object_list))]
        yield from rows


def _cells(one: OwnAdjustment) -> list[Any]:
    change = one.adjustment
    return [
        one.at,
        str(change.get_reason_display()),
        change.text,
        one.sale,
        change.currency,
        one.amount,
        one.payout.reference if one.payout else "",
    ]
