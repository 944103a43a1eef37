"""Sales: the list with its filters and export, and "why this amount" for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from affiliates.queries import terms_for
from core.exports import MOST_AT_ONCE
from core.money import BPS, Money
from fraud.models import CaseStatus
from payouts.queries.commissions import sale as priced_sale
from portal import date_range, query_links
from portal.access import current_affiliate, own, partner_may
from portal.adjustment_language import after_payment, story_title, with_text
from portal.columns import HIDE
from portal.exports.answers import FORMS, answer_with_file
from portal.exports.menu import export_menu
from portal.exports.sources import source_of
from portal.formats import with_colon
from portal.paid_words import paid_by
from portal.payment_outlook import FALLBACK_CURRENCY
from portal.queries.my_cases import case_of, told_of_credit
from portal.queries.sales import (
    EARNED,
    EXPECTED,
    PAID,
    SaleFilters,
    StateTotal,
    payouts_of,
    sales,
    sources,
    state_totals,
    total_of,
)
from portal.report_area import area_of_partner, scope_of_affiliate
from portal.sale_changes import changes_for_partner
from portal.sale_display import commission_of, show_sales, state_label
from portal.sale_files import DEFAULT_RANGE, filters_of
from portal.sale_story import attribution_sentence, story
from portal.saved_panel import panel
from tracking.models import Credit

PAGE_SIZE = 25
PAGE_KEY = "sales"
#: States of a sale of which the checks say why.
_CHECKED = {"on_hold", "declined"}


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def sale_list(request: HttpRequest) -> HttpResponseBase:
    """Show the sales of a period with their totals; ``format=csv`` sends the same as a file."""
    now = timezone.now()
    affiliate = current_affiliate(request)
    terms = terms_for(affiliate.pk, now)
    shown = date_range.parse(request.GET, now=now, default=DEFAULT_RANGE)
    if request.GET.get("format") in FORMS:
        return _file(request, affiliate, now)
    filters = filters_of(request.GET, shown)
    page = Paginator(sales(affiliate.pk, filters), PAGE_SIZE).get_page(request.GET.get("page"))
    totals = state_totals(affiliate.pk, filters)
    currency = terms.currency if terms else FALLBACK_CURRENCY
    area = area_of_partner(request)
    context = {
        "page": page,
        "rows": show_sales(list(page.object_list), terms=terms, now=now),
        "range": shown,
        "period_chips": date_range.chips(request.GET, shown),
        "states": [(total.state, state_label(total.state), total.count) for total in totals],
        "sources": list(sources(affiliate.pk)),
        "source": request.GET.get("source", ""),
        "state": filters.state,
        "kept": _kept(request),
        "sums": _sums(totals, currency),
        "is_narrowed": bool(filters.state or request.GET.get("source")),
        "has_sales": page.paginator.count > 0 or _has_sales(affiliate),
        "files": export_menu(
            area,
            PAGE_KEY,
            request.GET,
            is_long=page.paginator.count > MOST_AT_ONCE,
            parameter="format",
        ),
        **panel(request, area, PAGE_KEY, table="sales"),
    }
    return render(request, "affiliate/sale_list.html", context)


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sale: why it is credited, what it earned line by line, and its history."""
    now = timezone.now()
    affiliate = current_affiliate(request)
    credit = own(request, sales(affiliate.pk, SaleFilters()), pk=pk)
    terms = terms_for(affiliate.pk, now)
    sale = show_sales([credit], terms=terms, now=now)[0]
    commission = commission_of(credit)
    priced = priced_sale(affiliate.pk, credit.pk) if commission else None
    adjustments = priced.adjustments if priced else []
    changes = changes_for_partner(adjustments)
    booked = [change for change in adjustments if change.amount_minor]
    placed_at, case = credit.order.placed_at, case_of(credit)
    order_terms = commission.terms if commission else terms_for(affiliate.pk, placed_at)
    context = {
        "credit": credit,
        "sale": sale,
        "lines": [
            (line, changes.get(line.order_line_id, [])) for line in (priced.lines if priced else [])
        ],
        "paid": paid_by(priced.rows, priced.commission.currency) if priced else [],
        "adjustments": [(_reason(change, sale.payout), change.amount) for change in booked],
        "first_amount": commission.amount if commission else None,
        "attribution": attribution_sentence(credit, order_terms) if order_terms else "",
        "part": credit.share_bps if credit.share_bps < BPS else None,
        "commission": commission,
        "leaves_no_margin": bool(priced and priced.leaves_no_margin),
        "story": story(
            credit,
            sale,
            adjustments=booked,
            payout=payouts_of([credit]).get(credit.pk),
            terms=terms,
            now=now,
        ),
        "told": told_of_credit(credit)
        if sale.status.code in _CHECKED or (case is not None and case.status == CaseStatus.OPEN)
        else [],
        "case": case,
        "list_url": reverse("portal:sale-list"),
    }
    return render(request, "affiliate/sale_detail.html", context)


def _reason(change: Any, payout: str) -> str:
    title = change.order_line.title if change.order_line else ""
    reason = with_text(story_title(change), change.text)
    label = with_colon(reason, title) if title else reason
    return after_payment(label, payout) if change.is_payable and payout else label


def _file(request: HttpRequest, affiliate: Affiliate, now: datetime) -> HttpResponseBase:
    """Send the list as it is narrowed; one that is too long to wait for leads back to the page."""
    source = source_of(scope_of_affiliate(affiliate), PAGE_KEY, request.GET, now=now)
    if source.total > MOST_AT_ONCE:
        messages.error(request, _("This list is too long to wait for: have it prepared."))
        return redirect(f"{request.path}{query_links.changed(request.GET, format='')}")
    return answer_with_file(source, request.GET["format"])


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The filters that the forms of the page carry along."""
    names = ("state", "source", HIDE)
    return [(name, request.GET[name]) for name in names if request.GET.get(name)]


def _sums(totals: Sequence[StateTotal], currency: str) -> list[tuple[str, Money, int, str]]:
    groups = (
        (_("Pending"), EXPECTED, _("Waiting for the end of the return period, or being checked.")),
        (_("Validated"), EARNED, _("Nothing can be taken back but later returns. To be paid.")),
        (_("Paid"), PAID, _("What you received, less what was taken back afterwards.")),
    )
    sums = []
    for label, states, definition in groups:
        count, amount = total_of(totals, states, currency)
        sums.append((label, amount, count, definition))
    return sums


def _has_sales(affiliate: Affiliate) -> bool:
    return Credit.objects.filter(affiliate=affiliate).exists()
