"""The programme as everybody may read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from affiliates.models import Terms
from affiliates.queries import programme_terms
from core.money import Money
from payouts.domain.calendar import bank_date, next_payment_date
from portal.access import Role, current_user, roles_of, signed_in_required
from portal.calculator import Estimate, Offer, band_example, estimate
from portal.formats import format_bps, format_day, format_money
from portal.forms.calculator import CalculatorForm, usual_numbers
from portal.queries.bands import announced
from shop.models import BandPeriod, MarginBand, Shop

EXAMPLE_PRICE_MINOR = 10_000
EXAMPLE_DISCOUNT_BPS = 2_000
FIRST_PAGES = {
    Role.PARTNER: "portal:home",
    Role.MANAGER: "portal:manage-home",
    Role.FINANCE: "portal:finance-home",
}
CALCULATOR_FIELDS = ("visits", "conversion", "basket", "band")


@require_GET
def program(request: HttpRequest) -> HttpResponse:
    """Show what the programme pays and to whom, from the live terms. Works as a GET form too."""
    now = timezone.now()
    terms = programme_terms(now)
    shop = Shop.objects.order_by("pk").first()
    if terms is None or shop is None:
        return render(request, "public/closed.html", {"shop": shop})
    bands = list(MarginBand.objects.filter(period__in=BandPeriod.objects.at(now)))
    offer = Offer(
        rate_bps=terms.rate_bps,
        order_cost_minor=shop.order_cost_minor,
        order_cost_bps=shop.order_cost_bps,
        currency=terms.currency,
    )
    asked = any(field in request.GET for field in CALCULATOR_FIELDS)
    form = CalculatorForm(request.GET if asked else usual_numbers(bands), bands=bands)
    context = {
        "shop": shop,
        "terms": terms,
        "minimum": Money(terms.minimum_payout_minor, terms.currency),
        "next_payment": _next_payment(terms),
        "payment_days": _days_in_words(terms.payment_days),
        "bands": _examples(offer, bands),
        "announced": announced(now),
        "example_price": Money(EXAMPLE_PRICE_MINOR, terms.currency),
        "example_discount_bps": EXAMPLE_DISCOUNT_BPS,
        "order_costs": _order_costs(shop, terms.currency),
        "offer": offer,
        "form": form,
        "estimate": _estimate(offer, form),
    }
    return render(request, "public/program.html", context)


@signed_in_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead whoever has just signed in to where their work is."""
    roles = roles_of(current_user(request))
    for role, page in FIRST_PAGES.items():
        if role in roles:
            return redirect(page)
    return redirect("portal:apply")


def _examples(offer: Offer, bands: list[MarginBand]) -> list[Any]:
    return [
        band_example(
            offer,
            lower_bps=band.lower_bps,
            upper_bps=band.upper_bps,
            price_minor=EXAMPLE_PRICE_MINOR,
            discount_bps=EXAMPLE_DISCOUNT_BPS,
        )
        for band in bands
    ]


def _estimate(offer: Offer, form: CalculatorForm) -> Estimate | None:
    if not form.is_valid():
        return None
    numbers = form.cleaned_data
    return estimate(
        offer,
        visits=numbers["visits"],
        conversion_bps=int(numbers["conversion"] * 100),
        basket_minor=Money.from_decimal(numbers["basket"], offer.currency).minor,
        lower_bps=numbers["band"],
    )


def _next_payment(terms: Terms) -> str:
    if not terms.payment_days:
        return ""
    return format_day(next_payment_date(terms.payment_days, bank_date(timezone.now())))


def _days_in_words(days: list[int]) -> str:
    """``the 5th and the 20th``, as far as a language has it: numbers joined by "and"."""
    ordered = [str(day) for day in sorted(days)]
    if len(ordered) < 2:
        return "".join(ordered)
    return _("{first} and {last}").format(first=", ".join(ordered[:-1]), last=ordered[-1])


def _order_costs(shop: Shop, currency: str) -> str:
    """The published cost of an order in words; empty when there is none."""
    fixed = format_money(Money(shop.order_cost_minor, currency))
    rate = format_bps(shop.order_cost_bps)
    if shop.order_cost_minor and shop.order_cost_bps:
        return _("{fixed} and {rate} of the basket").format(fixed=fixed, rate=rate)
    if shop.order_cost_minor:
        return fixed
    return _("{rate} of the basket").format(rate=rate) if shop.order_cost_bps else ""
