"""The partner's first page: how am I doing, and what should I do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate, Basis, DraftStatus, Payee, Terms, TermsDraft
from affiliates.queries import terms_for, terms_history
from payouts.queries.claims import asked_of
from portal import date_range
from portal.access import current_affiliate, current_user, partner_may
from portal.achievements import achievements
from portal.date_range import DateRange
from portal.display import ChecklistItem
from portal.formats import format_count, format_money
from portal.payment_outlook import FALLBACK_CURRENCY, outlook
from portal.queries.bands import announced
from portal.queries.clicks import has_clicks
from portal.queries.my_cases import waiting_of
from portal.queries.my_terms import news, notices_of
from portal.queries.sales import (
    EARNED,
    EXPECTED,
    PAID,
    SaleFilters,
    SaleState,
    StateTotal,
    order_days,
    sales,
    state_totals,
    total_of,
)
from portal.sale_display import show_sales
from portal.series import change_bps, points, step_of, values_like
from portal.short_links import short_url
from portal.status_language import affiliate_status
from tracking.models import Credit, Link
from tracking.queries import click_days

LATEST_SALES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One figure of the period. ``delta_bps`` compares it to the period before."""

    label: str
    value: str
    help: str
    delta_bps: int | None
    href: str


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the terms, the next payout, the figures of a period and the latest sales."""
    now = timezone.now()
    affiliate = current_affiliate(request)
    terms = terms_for(affiliate.pk, now)
    shown = date_range.parse(request.GET, now=now)
    links = Link.objects.select_related("shop").filter(
        affiliate=affiliate, archived_at__isnull=True
    )
    first_link = links.order_by("pk").first()
    history = terms_history(affiliate)
    latest = list(sales(affiliate.pk, SaleFilters())[:LATEST_SALES])
    context = {
        "affiliate": affiliate,
        "affiliate_status": affiliate_status(affiliate.status, reason=affiliate.status_reason),
        "first_name": current_user(request).get_short_name(),
        "terms": terms,
        "news": news(affiliate, history, notices_of(affiliate, history), now),
        "offers": TermsDraft.objects.filter(affiliate=affiliate, status=DraftStatus.OFFERED),
        "announced": announced(now) if terms and terms.basis == Basis.REFERENCE else [],
        "first_link": first_link,
        "first_link_url": short_url(first_link) if first_link else "",
        "outlook": outlook(affiliate, terms, now),
        "claims_asked": asked_of(affiliate.pk),
        "checks": waiting_of(affiliate.pk),
        "achievements": achievements(affiliate.pk, terms, now),
        "range": shown,
        "period_chips": date_range.chips(request.GET, shown),
        "latest": show_sales(latest, terms=terms, now=now),
        "checklist": _checklist(affiliate, has_link=first_link is not None, has_sale=bool(latest)),
        **_figures(affiliate, terms, shown),
    }
    return render(request, "affiliate/home.html", context)


def _figures(affiliate: Affiliate, terms: Terms | None, shown: DateRange) -> dict[str, Any]:
    earlier = shown.previous()
    currency = terms.currency if terms else FALLBACK_CURRENCY
    clicked = _clicks(affiliate, shown)
    clicked_before = _clicks(affiliate, earlier)
    ordered = order_days(affiliate.pk, shown.since, shown.until)
    totals = _totals(affiliate, shown)
    totals_before = _totals(affiliate, earlier)
    return {
        "tiles": [
            _clicks_tile(sum(clicked.values()), sum(clicked_before.values())),
            _orders_tile(totals, totals_before, currency),
            _earned_tile(totals, totals_before, currency),
            *_state_tiles(totals, currency),
        ],
        "clicks": points(clicked, shown),
        "clicks_before": values_like(clicked_before, earlier, shown),
        "orders": points(ordered, shown),
        "step": step_of(shown),
        "has_activity": any(clicked.values()) or bool(ordered),
    }


def _clicks(affiliate: Affiliate, shown: DateRange) -> dict[date, int]:
    return {one.day: one.clicks for one in click_days(affiliate.pk, shown.since, shown.until)}


def _totals(affiliate: Affiliate, shown: DateRange) -> list[StateTotal]:
    return state_totals(affiliate.pk, SaleFilters(since=shown.since, until=shown.until))


def _clicks_tile(now: int, before: int) -> Tile:
    return Tile(
        label=_("Clicks"),
        value=format_count(now),
        help=_("Landings through your links in this period, with or without consent."),
        delta_bps=change_bps(now, before),
        href=reverse("portal:link-list"),
    )


def _orders_tile(now: list[StateTotal], before: list[StateTotal], currency: str) -> Tile:
    every = tuple(SaleState)
    count, count_before = total_of(now, every, currency)[0], total_of(before, every, currency)[0]
    return Tile(
        label=_("Orders"),
        value=format_count(count),
        help=_("Orders placed in this period and credited to you, whatever became of them."),
        delta_bps=change_bps(count, count_before),
        href=reverse("portal:sale-list"),
    )


def _earned_tile(now: list[StateTotal], before: list[StateTotal], currency: str) -> Tile:
    every = tuple(SaleState)
    amount, amount_before = total_of(now, every, currency)[1], total_of(before, every, currency)[1]
    return Tile(
        label=_("Commission"),
        value=format_money(amount),
        help=_("What the orders of this period earn, pending included, returns taken off."),
        delta_bps=change_bps(amount.minor, amount_before.minor),
        href=reverse("portal:sale-list"),
    )


def _state_tiles(now: list[StateTotal], currency: str) -> list[Tile]:
    """The same commission by what became of it: later orders are pending longer, so no delta."""
    groups = (
        (_("Pending"), EXPECTED, _("Commission of orders of this period, not validated yet.")),
        (_("Validated"), EARNED, _("Commission of orders of this period, validated, to be paid.")),
        (_("Paid"), PAID, _("Commission of orders of this period that was paid already.")),
    )
    return [
        Tile(
            label=label,
            value=format_money(total_of(now, states, currency)[1]),
            help=definition,
            delta_bps=None,
            href=reverse("portal:sale-list"),
        )
        for label, states, definition in groups
    ]


def _checklist(affiliate: Affiliate, *, has_link: bool, has_sale: bool) -> list[ChecklistItem]:
    """What is left to do at the beginning; nothing once it is all done."""
    has_payee = affiliate.is_employee or Payee.objects.filter(affiliate=affiliate).exists()
    if has_link and has_payee and has_sale:
        return []
    items = [
        ChecklistItem(_("Application accepted"), done=True),
        ChecklistItem(
            _("Make your first link"),
            text=_("To any page of the shop, with a QR code."),
            href=reverse("portal:link-new"),
            done=has_link,
            minutes=1,
        ),
        ChecklistItem(
            _("Receive a first click"),
            text=_("Open your link yourself: the click appears here."),
            href=reverse("portal:link-list"),
            done=has_clicks(affiliate.pk),
            minutes=1,
        ),
    ]
    if not affiliate.is_employee:
        items.append(
            ChecklistItem(
                _("Enter your payment details"),
                text=_("Your legal name and IBAN: without them nothing can be paid."),
                href=reverse("portal:payee"),
                done=has_payee,
                minutes=2,
            )
        )
    sale = ChecklistItem(
        _("First sale"),
        text=_("It appears within minutes of the order, with its explanation."),
        done=has_sale or Credit.objects.filter(affiliate=affiliate).exists(),
    )
    return [*items, sale]
