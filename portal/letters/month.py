"""How a month went for an affiliate, beside the month before and all there was: one mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of, terms_for
from core.letters import Letter, paragraphs, send
from core.models import User
from core.money import Money, ratio
from portal.date_range import DateRange
from portal.formats import format_bps, format_count, format_money, format_month, in_paris
from portal.letters.telling import tell_each, waiting
from portal.payment_outlook import FALLBACK_CURRENCY
from portal.queries.home_figures import Figures, best_links, figures
from portal.queries.sales import SaleFilters, state_totals
from portal.short_links import shown_url
from tracking.models import ClickDay, Credit

#: From this hour of the first on, and no later than this day: then the month is no news any more.
FIRST_HOUR, LAST_DAY = 9, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The link that earned most. ``address`` is without its scheme: a click on it would count."""

    address: str
    orders: int
    earned: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of an affiliate, the one before it, and everything since the beginning."""

    affiliate_id: int
    shown: DateRange
    earlier: DateRange
    figures: Figures
    before: Figures
    all_orders: int
    all_earned: Money
    best: Best | None


def tell(*, now: datetime, limit: int = 500) -> int:
    """Tell affiliates how last month went, where there was a click or an order; return to how many.

    Once a month for an affiliate, however often it is called. One bad row is logged and skipped.
    """
    local = in_paris(now)
    if local.day > LAST_DAY or (local.day == 1 and local.hour < FIRST_HOUR):
        return 0
    last = local.date().replace(day=1) - timedelta(days=1)
    shown = DateRange("last_month", last.replace(day=1), last)
    return tell_each(
        waiting(_busy(shown), _prefix(shown), limit),
        lambda affiliate_id: write(_month(affiliate_id, shown, now), now=now),
        "the month of affiliate",
    )


def _busy(shown: DateRange) -> set[int]:
    """Return who had a visit or an order."""
    clicks = ClickDay.objects.filter(day__gte=shown.first, day__lte=shown.last, visits__gt=0)
    orders = Credit.objects.filter(
        order__placed_at__gte=shown.since, order__placed_at__lt=shown.until
    )
    return {
        *clicks.values_list("affiliate_id", flat=True).distinct(),
        *orders.values_list("affiliate_id", flat=True).distinct(),
    }


def _month(affiliate_id: int, shown: DateRange, now: datetime) -> Month:
    terms = terms_for(affiliate_id, now)
    currency = terms.currency if terms else FALLBACK_CURRENCY
    last = shown.first - timedelta(days=1)
    earlier = DateRange("custom", last.replace(day=1), last)
    found, before = figures(affiliate_id, shown, earlier, currency)
    totals = [
        one for one in state_totals(affiliate_id, SaleFilters()) if one.amount.currency == currency
    ]
    best = next(iter(best_links(affiliate_id, shown, currency)), None)
    return Month(
        affiliate_id=affiliate_id,
        shown=shown,
        earlier=earlier,
        figures=found,
        before=before or Figures(currency),
        all_orders=sum(one.orders for one in totals),
        all_earned=Money(sum(one.amount.minor for one in totals), currency),
        best=Best(address=shown_url(best.link), orders=best.orders, earned=best.earned)
        if best
        else None,
    )


def write(month: Month, *, now: datetime) -> None:
    """Write to the people of an affiliate how its month went."""
    send(
        people_of(month.affiliate_id, Ability.SEE_MONEY),
        f"{_prefix(month.shown)}{month.affiliate_id}",
        lambda person: _letter(person, month),
        now,
        kind="month_summary",
    )


def _letter(person: User, month: Month) -> Letter:
    found, before = month.figures, month.before
    name = format_month(month.shown.first)
    earned = _beside(found.earned_minor, before.earned_minor, month)
    said = [
        _("This is what %(month)s brought:") % {"month": name},
        "\n".join(
            [
                _("- Visits through your links: %(count)s") % {"count": format_count(found.clicks)}
                + _beside(found.clicks, before.clicks, month),
                _("- Orders: %(count)s") % {"count": format_count(found.orders)}
                + _beside(found.orders, before.orders, month),
                _("- Commissions: %(amount)s") % {"amount": format_money(found.earned)} + earned,
            ]
        ),
        _("What can still come back is in it."),
        _best(month.best),
        ngettext(
            "Since the beginning: %(count)s order, %(amount)s in commissions.",
            "Since the beginning: %(count)s orders, %(amount)s in commissions.",
            month.all_orders,
        )
        % {"count": format_count(month.all_orders), "amount": format_money(month.all_earned)},
        _("Look closer: %(address)s")
        % {"address": f"{settings.PUBLIC_URL}/portal/figures/?range=last_month"},
    ]
    return Letter(_("Your %(month)s") % {"month": name}, paragraphs(person.get_short_name(), said))


def _beside(now: int, before: int, month: Month) -> str:
    """Return how a figure stands beside the month before; nothing where that had none either."""
    name = format_month(month.earlier.first)
    if before > 0:
        change = format_bps(100 * ratio((now - before) * 100, before), signed=True)
        return " " + _("(%(change)s on %(month)s)") % {"change": change, "month": name}
    return " " + _("(none in %(month)s)") % {"month": name} if now else ""


def _best(best: Best | None) -> str:
    if best is None:
        return ""
    return ngettext(
        "Your best link: %(address)s, with %(count)s order and %(amount)s.",
        "Your best link: %(address)s, with %(count)s orders and %(amount)s.",
        best.orders,
    ) % {
        "address": best.address,
        "count": format_count(best.orders),
        "amount": format_money(best.earned),
    }


def _prefix(shown: DateRange) -> str:
    return f"month:{shown.first:%Y%m}:"
