"""What happened through one link: by day, broken down, and event by event. No address, no name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractHour, TruncDate

from core.money import Money
from portal.formats import PARIS
from portal.queries.sales import with_earned
from shop.counting import number_of_orders, root
from shop.models import LineKind, OrderLine
from tracking.domain.navigation import NOT_A_VISIT
from tracking.domain.user_agent import Browser, Device
from tracking.models import Click, ClickHour, Credit, Link

Kind = TypeVar("Kind", Browser, Device)
MOST_ROWS = 12
MOST_EVENTS = 50


@dataclass(frozen=True, slots=True)
class Event:
    """One consented landing, as much of it as an affiliate may know."""

    at: datetime
    navigation: str
    device: Device
    browser: Browser
    country: str
    referrer_host: str


@dataclass(frozen=True, slots=True)
class BoughtProduct:
    """A product in the orders that came through a link. ``net``: without VAT and discounts."""

    title: str
    units: int
    orders: int
    net: Money


def order_days(link: Link, since: datetime, until: datetime) -> dict[date, int]:
    """Return the orders credited to a link by their day in Paris; days without are absent."""
    days = _credits(link, since, until).values_list(TruncDate("order__placed_at", tzinfo=PARIS))
    return dict(days.annotate(number=number_of_orders()))


def earned_days(link: Link, since: datetime, until: datetime) -> dict[date, int]:
    """Return what a link's orders earned, in minor units, by their day in Paris."""
    rows = with_earned(_credits(link, since, until)).order_by()
    days = rows.values_list(TruncDate("order__placed_at", tzinfo=PARIS))
    return dict(days.annotate(total=Coalesce(Sum("earned_minor"), 0)))


def countries(link: Link, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """Return the visits with consent by country, the most frequent first; "" is unknown."""
    return _ranked(_singly(link, since, until, "country"))


def devices(link: Link, since: datetime, until: datetime) -> list[tuple[Device, int]]:
    """Return the visits with consent by kind of device."""
    found = _singly(link, since, until, "device")
    return [(known(Device, device), number) for device, number in _ranked(found)]


def sub_ids(link: Link, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """Return the visits with consent by the mark in the address; "" has none."""
    return _ranked(_singly(link, since, until, "sub_id"))


def hours(link: Link, since: datetime, until: datetime) -> list[int]:
    """Return the visits in each of the 24 hours of a day in Paris, with and without consent."""
    rows = (
        ClickHour.objects.filter(affiliate_id=link.affiliate_id, link_id=link.pk, visits__gt=0)
        .filter(hour__gte=since, hour__lt=until)
        .values_list(ExtractHour("hour", tzinfo=PARIS))
        .annotate(number=Sum("visits"))
    )
    total = dict(rows)
    return [total.get(hour, 0) for hour in range(24)]


def products(link: Link, since: datetime, until: datetime) -> list[BoughtProduct]:
    """Return the products of a link's orders, those that sold most first."""
    credits = _credits(link, since, until).values("order_id")
    rows = (
        OrderLine.objects.filter(order__in=credits, kind=LineKind.PRODUCT)
        .values_list("title", "order__currency")
        .annotate(
            units=Sum("quantity"),
            orders=Count(root("order__"), distinct=True),
            total=Sum("net_minor"),
        )
        .order_by("-units", "title")[:MOST_ROWS]
    )
    return [
        BoughtProduct(title, units, orders, Money(net, currency))
        for title, currency, units, orders, net in rows
    ]


def events(link: Link, since: datetime, until: datetime) -> list[Event]:
    """Return the latest visits with consent: never an address, never who."""
    rows = _clicks(link, since, until).order_by("-clicked_at", "-pk")
    return [
        Event(at, navigation, known(Device, device), known(Browser, browser), country, host)
        for at, navigation, device, browser, country, host in rows.values_list(
            "clicked_at", "navigation", "device", "browser", "country", "referrer_host"
        )[:MOST_EVENTS]
    ]


def known(kind: type[Kind], number: int) -> Kind:
    """Return the member of a stored number; one that this version does not know is unknown."""
    try:
        return kind(number)
    except ValueError:
        return kind(0)


def _clicks(link: Link, since: datetime, until: datetime) -> QuerySet[Click]:
    # The affiliate and the period come first: months that are not asked for are not opened.
    rows = Click.objects.filter(
        clicked_at__gte=since, clicked_at__lt=until, affiliate_id=link.affiliate_id, link_id=link.pk
    )
    return rows.exclude(navigation__in=NOT_A_VISIT)


def _credits(link: Link, since: datetime, until: datetime) -> QuerySet[Credit]:
    return Credit.objects.filter(
        affiliate=link.affiliate_id,
        touchpoint__link=link,
        order__placed_at__gte=since,
        order__placed_at__lt=until,
    )


def _singly(link: Link, since: datetime, until: datetime, field: str) -> Iterable[tuple[Any, int]]:
    return _clicks(link, since, until).values_list(field).annotate(number=Count("pk"))


def _ranked(found: Iterable[tuple[Any, int]]) -> list[tuple[Any, int]]:
    ranked = sorted(found, key=lambda pair: (-pair[1], str(pair[0])))
    return ranked[:MOST_ROWS]
