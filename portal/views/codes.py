"""Promo codes: the text to paste, and what each code brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.models import Affiliate
from core.money import Money
from portal.access import current_affiliate, partner_required
from portal.display import StatusText
from portal.formats import format_bps, format_day
from portal.queries.sales import code_earnings
from portal.status_language import code_status
from tracking.models import CouponCode
from tracking.queries import codes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCard:
    """One promo code with its text and what it brought so far."""

    code: CouponCode
    status: StatusText
    validity: str
    text: str
    orders: int
    earned: Money


@partner_required
@require_safe
def code_list(request: HttpRequest) -> HttpResponse:
    """Show the promo codes of the affiliate, those that work first."""
    affiliate = current_affiliate(request)
    now = timezone.now()
    codes = list(codes_of(affiliate.pk))
    earnings = code_earnings(affiliate.pk, [code.pk for code in codes])
    cards = [_card(code, earnings.get(code.pk, (0, 0)), affiliate, now) for code in codes]
    cards.sort(key=lambda card: card.status.code != "active")
    return render(request, "affiliate/code_list.html", {"cards": cards, "affiliate": affiliate})


def _card(
    code: CouponCode, earned: tuple[int, int], affiliate: Affiliate, now: datetime
) -> CodeCard:
    return CodeCard(
        code=code,
        status=code_status(_state(code, affiliate, now)),
        validity=_validity(code),
        text=_text(code),
        orders=earned[0],
        earned=Money(earned[1], code.shop.currency),
    )


def _state(code: CouponCode, affiliate: Affiliate, now: datetime) -> str:
    if code.valid_to is not None and code.valid_to <= now:
        return "expired"
    if code.valid_from > now:
        return "scheduled"
    return "active" if affiliate.is_active else "paused"


def _validity(code: CouponCode) -> str:
    if code.valid_to is None:
        return _("Since {first}, without end").format(first=format_day(code.valid_from))
    return _("{first} to {last}").format(
        first=format_day(code.valid_from), last=format_day(code.valid_to)
    )


def _text(code: CouponCode) -> str:
    """A sentence to paste, with the mention that the law asks for."""
    if code.discount_bps:
        return _(
            "{discount} off at {shop} with my code {code}. Paid partnership: I earn a commission."
        ).format(discount=format_bps(code.discount_bps), shop=code.shop.name, code=code.code)
    return _("At {shop} with my code {code}. Paid partnership: I earn a commission.").format(
        shop=code.shop.name, code=code.code
    )
