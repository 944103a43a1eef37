"""The partner's first page: what needs me, how am I doing, when am I paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate, Basis, DraftStatus, Terms, TermsDraft
from affiliates.queries import TermsIndex, terms_history
from influencers.services.looks import CREATORS
from portal import beginning, comparison, date_range, home_tiles
from portal.access import current_affiliate, current_user, partner_may
from portal.achievements import achievements
from portal.date_range import DateRange
from portal.display import StatusText
from portal.first_sight import sight_of
from portal.parts import part
from portal.payment_outlook import FALLBACK_CURRENCY, outlook
from portal.queries import creator_home, home_figures
from portal.queries.bands import announced
from portal.queries.my_terms import news, notices_of
from portal.queries.payouts import seen_by
from portal.queries.sales import SaleFilters, sales
from portal.sale_display import Sale, show_sales
from portal.series import points, step_of, values_like
from portal.short_links import short_url
from portal.status_language import affiliate_status, payout_status
from tracking.models import Link

LATEST_SALES = 10
LATEST_PAYOUTS = 4


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """One of the last payouts."""

    reference: str
    href: str
    day: Any
    amount: Any
    status: StatusText


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a creator's home to who makes looks, and everybody else's figures at once."""
    affiliate = current_affiliate(request)
    if affiliate.kind in CREATORS:
        return _creator(request, affiliate)
    return _figures(request, affiliate)


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period: what the home is for who makes no looks."""
    return _figures(request, current_affiliate(request))


def _figures(request: HttpRequest, affiliate: Affiliate) -> HttpResponse:
    now = timezone.now()
    index = TermsIndex([affiliate.pk])
    terms = index.at(affiliate.pk, now)
    currency = terms.currency if terms else FALLBACK_CURRENCY
    shown = date_range.parse(request.GET, now=now)
    earlier = comparison.compared(request.GET, shown)
    found = part("figures", lambda: _of_period(affiliate, shown, earlier, currency))
    context = {
        **_everybodys(request, affiliate, index, now),
        "range": shown,
        "period_chips": date_range.chips(request.GET, shown),
        "versus_chips": comparison.chips(request.GET),
        "versus": comparison.label(earlier),
        "figures": found,
        "funnel": part("funnel", lambda: _funnel(affiliate, shown, found.value)),
        "links": part("links", lambda: home_figures.best_links(affiliate.pk, shown, currency)),
        "products": part(
            "products", lambda: home_figures.best_products(affiliate.pk, shown, currency)
        ),
        "latest": part("sales", lambda: _latest(affiliate, terms, now)),
        "retry": request.get_full_path(),
        "is_creator": affiliate.kind in CREATORS,
    }
    return render(request, "affiliate/home.html", context)


def _creator(request: HttpRequest, affiliate: Affiliate) -> HttpResponse:
    now = timezone.now()
    index = TermsIndex([affiliate.pk])
    terms = index.at(affiliate.pk, now)
    currency = terms.currency if terms else FALLBACK_CURRENCY
    context = {
        **_everybodys(request, affiliate, index, now),
        "week": part("week", lambda: creator_home.week(affiliate.pk, now, currency)),
        "looks": part("looks", lambda: creator_home.looks(affiliate)),
        "best": part("best", lambda: creator_home.best(affiliate.pk, now, currency)),
        "briefs": part("briefs", lambda: creator_home.briefs(affiliate.pk, now)),
        "tip": part("tip", lambda: creator_home.tip(affiliate.pk, now)),
        "latest": part("sales", lambda: _latest(affiliate, terms, now)),
        "retry": request.get_full_path(),
        "shops": creator_home.shops(),
    }
    return render(request, "affiliate/creator_home.html", context)


def _everybodys(
    request: HttpRequest, affiliate: Affiliate, index: TermsIndex, now: datetime
) -> dict[str, Any]:
    """Return what stands on both homes: what waits, the first steps, the terms, the payments."""
    links = Link.objects.select_related("shop").filter(
        affiliate=affiliate, archived_at__isnull=True
    )
    first_link = links.order_by("pk").first()
    terms, history = index.at(affiliate.pk, now), terms_history(affiliate, index)
    sight = sight_of(affiliate, current_user(request), now)
    items = beginning.steps(affiliate, sight.done)
    offers = TermsDraft.objects.filter(affiliate=affiliate, status=DraftStatus.OFFERED)
    has_bands = sight.has_bands and terms is not None and terms.basis == Basis.REFERENCE
    return {
        "affiliate": affiliate,
        "affiliate_status": affiliate_status(affiliate.status, reason=affiliate.status_reason),
        "first_name": current_user(request).get_short_name(),
        "terms": terms,
        "news": news(affiliate, history, notices_of(affiliate, history), now, index),
        "offers": list(offers) if sight.has_offers else [],
        "announced": announced(now) if has_bands else [],
        "first_link": first_link,
        "first_link_url": short_url(first_link) if first_link else "",
        "outlook": part("outlook", lambda: outlook(affiliate, terms, now, index)),
        "paid_before": part("payouts", lambda: _paid_before(affiliate)),
        "sight": sight,
        "achievements": achievements(affiliate.pk, terms, now),
        "steps": [] if beginning.is_put_away(request, items) else items,
        "steps_open": [item for item in items if not item.done],
        "steps_over": [item for item in items if item.done],
        "steps_done": sum(item.done for item in items),
        "may_put_away": beginning.may_put_away(items),
    }


def _of_period(
    affiliate: Affiliate, shown: DateRange, earlier: DateRange | None, currency: str
) -> dict[str, Any]:
    now, before = home_figures.figures(affiliate.pk, shown, earlier, currency)
    return {
        "now": now,
        "tiles": home_tiles.tiles(now, before),
        "earned": home_tiles.earned(now, before),
        "states": home_tiles.states(now),
        "currency": currency,
        "earned_points": points(now.earned_by_day, shown),
        "earned_before": values_like(before.earned_by_day, earlier, shown)
        if before and earlier
        else [],
        "clicks": points(now.clicks_by_day, shown),
        "clicks_before": values_like(before.clicks_by_day, earlier, shown)
        if before and earlier
        else [],
        "orders": points(now.orders_by_day, shown),
        "step": step_of(shown),
        "has_activity": bool(now.clicks or now.orders),
    }


def _funnel(
    affiliate: Affiliate, shown: DateRange, found: dict[str, Any] | None
) -> list[home_tiles.Stage]:
    if found is None:
        return []
    return home_tiles.funnel(found["now"], home_figures.carts(affiliate.pk, shown))


def _latest(affiliate: Affiliate, terms: Terms | None, now: datetime) -> list[Sale]:
    latest = list(sales(affiliate.pk, SaleFilters())[:LATEST_SALES])
    return show_sales(latest, terms=terms, now=now)


def _paid_before(affiliate: Affiliate) -> list[PaidBefore]:
    return [
        PaidBefore(
            item.reference,
            reverse("portal:payout-detail", args=[item.public_id]),
            item.batch.execution_date,
            item.amount,
            payout_status(item.status),
        )
        for item in seen_by(affiliate.pk)[:LATEST_PAYOUTS]
    ]
