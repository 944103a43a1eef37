"""What a week earned for an affiliate, beside the week before: one mail on Monday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of, terms_for
from core.letters import Letter, paragraphs, send
from core.models import User
from core.money import Money
from portal.date_range import DateRange
from portal.formats import format_count, format_day, format_money, in_paris, with_colon
from portal.letters.telling import tell_each, waiting
from portal.payment_outlook import FALLBACK_CURRENCY
from portal.queries.home_figures import Figures, figures
from portal.queries.sales import SaleState
from portal.sale_display import state_label
from tracking.models import Credit

#: From this hour of Monday on, and no later than this day of the week: then it is no news any more.
FIRST_HOUR, LAST_WEEKDAY = 8, 2
MONDAY, DAYS = 0, 7


@dataclass(frozen=True, slots=True)
class Standing:
    """How many orders of a week are in a state, and what sales in it come to.

    What an edit added to an order can be in another state than the order: then it is money alone.
    """

    state: SaleState
    orders: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week of an affiliate, from Monday to Sunday, and the one before it.

    ``states`` says where its orders and its commissions stand when it is told.
    """

    affiliate_id: int
    shown: DateRange
    figures: Figures
    before: Figures
    states: tuple[Standing, ...]


def tell(*, now: datetime, limit: int = 500) -> int:
    """Tell affiliates what last week earned, where there was a sale; return to how many.

    Once a week for an affiliate, however often it is called. One bad row is logged and skipped.
    """
    local = in_paris(now)
    if local.weekday() > LAST_WEEKDAY or (local.weekday() == MONDAY and local.hour < FIRST_HOUR):
        return 0
    shown = _week_before(local.date())
    return tell_each(
        waiting(_sold(shown), _prefix(shown), limit),
        lambda affiliate_id: write(_week(affiliate_id, shown, now), now=now),
        "the week of affiliate",
    )


def write(week: Week, *, now: datetime) -> None:
    """Write to the people of an affiliate what its week earned."""
    send(
        people_of(week.affiliate_id, Ability.SEE_MONEY),
        f"{_prefix(week.shown)}{week.affiliate_id}",
        lambda person: _letter(person, week),
        now,
        kind="week_summary",
    )


def _sold(shown: DateRange) -> set[int]:
    """Return who had a sale."""
    orders = Credit.objects.filter(
        order__placed_at__gte=shown.since, order__placed_at__lt=shown.until, order__is_test=False
    )
    return {*orders.values_list("affiliate_id", flat=True).distinct()}


def _week(affiliate_id: int, shown: DateRange, now: datetime) -> Week:
    terms = terms_for(affiliate_id, now)
    currency = terms.currency if terms else FALLBACK_CURRENCY
    found, before = figures(affiliate_id, shown, _week_before(shown.first), currency)
    return Week(
        affiliate_id=affiliate_id,
        shown=shown,
        figures=found,
        before=before or Figures(currency),
        states=standings(found),
    )


def standings(found: Figures) -> tuple[Standing, ...]:
    """Return where orders and commissions stand, state by state; states without either are not."""
    return tuple(
        Standing(state, found.orders_by_state[state], found.of([state]))
        for state in SaleState
        if found.orders_by_state[state] or found.by_state[state]
    )


def _week_before(day: date) -> DateRange:
    """Return the last whole week, Monday to Sunday, that was over before ``day``."""
    monday = day - timedelta(days=day.weekday() + DAYS)
    return DateRange("custom", monday, monday + timedelta(days=DAYS - 1))


def _letter(person: User, week: Week) -> Letter:
    found, before = week.figures, week.before
    earned = format_money(found.earned)
    dates = {"first": format_day(week.shown.first), "last": format_day(week.shown.last)}
    said = [
        _("From %(first)s to %(last)s, beside the week before:") % dates,
        "\n".join(
            [
                _("- Visits through your links: %(count)s (before: %(before)s)")
                % {"count": format_count(found.clicks), "before": format_count(before.clicks)},
                _("- Orders: %(count)s (before: %(before)s)")
                % {"count": format_count(found.orders), "before": format_count(before.orders)},
                _("- Commissions: %(amount)s (before: %(before)s)")
                % {"amount": earned, "before": format_money(before.earned)},
            ]
        ),
        "\n".join([_("Where these sales stand now:"), *map(_line, week.states)])
        if week.states
        else "",
        _("What can still come back is in it."),
        _("Every sale: %(address)s")
        % {"address": f"{settings.PUBLIC_URL}/portal/sales/?{_asked(week.shown)}"},
    ]
    subject = _("Your week: %(amount)s") % {"amount": earned}
    return Letter(subject, paragraphs(person.get_short_name(), said))


def _line(one: Standing) -> str:
    said = _("%(count)s, %(amount)s") % {
        "count": format_count(one.orders),
        "amount": format_money(one.amount),
    }
    return "- " + with_colon(state_label(one.state), said)


def _asked(shown: DateRange) -> str:
    return f"range=custom&from={shown.first:%Y-%m-%d}&to={shown.last:%Y-%m-%d}"


def _prefix(shown: DateRange) -> str:
    return f"week:{shown.first:%Y%m%d}:"
