"""What one link brought: a chart, breakdowns, the latest visits, and its history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from portal import date_range
from portal.access import current_affiliate, current_user, own, partner_may
from portal.click_language import navigation_name
from portal.date_range import DateRange
from portal.formats import format_count
from portal.forms.link import last_day_of
from portal.link_language import country_or_unknown, device_name, history
from portal.queries import clicks, link_activity
from portal.queries.link_activity import BoughtProduct
from portal.queries.link_health import pages_of
from portal.queries.links import LinkRow, link_rows
from portal.query_links import changed
from portal.series import points, step_of, values_like
from portal.staff_filters import choice_chips
from tracking.domain.destinations import landing_url
from tracking.domain.utm import with_parameters
from tracking.models import Link

Daily = Callable[[Link, datetime, datetime], dict[Any, int]]


def _click_days(link: Link, since: datetime, until: datetime) -> dict[Any, int]:
    return clicks.link_days(link.pk, since, until)


METRICS: dict[str, tuple[Promise, Daily]] = {
    "clicks": (gettext_lazy("Clicks"), _click_days),
    "orders": (gettext_lazy("Orders"), link_activity.order_days),
    "earned": (gettext_lazy("Earned"), link_activity.earned_days),
}


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one link: its address to copy, its QR code, and what it brought in a period."""
    link = own(request, Link.objects.select_related("shop", "coupon_code"), pk=pk)
    affiliate, now = current_affiliate(request), timezone.now()
    shown = date_range.parse(request.GET, now=now)
    (row,) = link_rows(
        affiliate.pk, [link], is_active=affiliate.is_active, now=now, pages=pages_of([link])
    )
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "referrers"
    context = {
        "link": link,
        "row": row,
        "title": link.label or row.shown_url,
        "is_new": request.GET.get("new") == "1",
        "landing": landing_url(with_parameters(link.destination_url, link.utm)),
        "last_day": last_day_of(link.expires_at),
        "share": _share(row),
        "range": shown,
        "period_chips": date_range.chips(request.GET, shown),
        "kept": [(k, request.GET[k]) for k in ("tab", "metric") if request.GET.get(k)],
        "sales_url": f"{reverse('portal:sale-list')}?source=link-{link.pk}&range=12m",
        "tabs": [
            (label, changed(request.GET, tab=key, new=""), key == tab)
            for key, (label, _show) in TABS.items()
        ],
        "tab": tab,
        "tab_label": TABS[tab][0],
        "history": history(link, current_user(request)),
        **_chart(request, link, shown),
        **TABS[tab][1](link, shown.since, shown.until),
    }
    return render(request, "affiliate/link_detail.html", context)


def _chart(request: HttpRequest, link: Link, shown: DateRange) -> dict[str, Any]:
    wanted = request.GET.get("metric", "")
    metric = wanted if wanted in METRICS else "clicks"
    label, daily = METRICS[metric]
    earlier = shown.previous()
    counts = daily(link, shown.since, shown.until)
    before = daily(link, earlier.since, earlier.until)
    return {
        "metric_chips": choice_chips(
            request.GET,
            "metric",
            [(key, name) for key, (name, _days) in METRICS.items()],
            current=metric,
            default="clicks",
        ),
        "points": points(counts, shown),
        "before": values_like(before, earlier, shown),
        "before_label": _("The period before"),
        "chart_label": label,
        "chart_currency": link.shop.currency if metric == "earned" else "",
        "has_activity": any(counts.values()) or any(before.values()),
        "step": step_of(shown),
    }


def _share(row: LinkRow) -> dict[str, str]:
    """Return a text to paste, with the mention that the law asks for, and where to send it."""
    name, code = row.link.label or row.link.shop.name, row.link.coupon_code
    if code is not None:
        text = _("{name}: {url} – with my code {code}. Paid partnership: I earn a commission.")
        words = text.format(name=name, url=row.url, code=code.code)
        story = _("Paid partnership – {name}. My code: {code}.").format(name=name, code=code.code)
    else:
        text = _("{name}: {url} – Paid partnership: I earn a commission.")
        words = text.format(name=name, url=row.url)
        story = _("Paid partnership – {name}.").format(name=name)
    return {
        "text": words,
        "story": story,
        "whatsapp": f"https://wa.me/?text={quote(words)}",
        "mail": f"mailto:?subject={quote(name)}&body={quote(words)}",
    }


def _counted(rows: Iterable[tuple[str, int]], *, consented: bool = True) -> dict[str, Any]:
    return {
        "breakdown": [(name, format_count(number)) for name, number in rows],
        "is_consented": consented,
    }


def _referrers(link: Link, since: datetime, until: datetime) -> dict[str, Any]:
    hosts = clicks.referrers(link.pk, since, until)
    rows = [(host or _("Unknown or typed"), number) for host, number in hosts]
    return _counted(rows, consented=False)


def _countries(link: Link, since: datetime, until: datetime) -> dict[str, Any]:
    rows = link_activity.countries(link, since, until)
    return _counted((country_or_unknown(code), number) for code, number in rows)


def _devices(link: Link, since: datetime, until: datetime) -> dict[str, Any]:
    rows = link_activity.devices(link, since, until)
    return _counted((device_name(device), number) for device, number in rows)


def _hours(link: Link, since: datetime, until: datetime) -> dict[str, Any]:
    counts = link_activity.hours(link, since, until)
    bars = [(f"{hour:02}:00", number) for hour, number in enumerate(counts)]
    return {"hours": bars if any(counts) else [], "is_consented": False}


def _products(link: Link, since: datetime, until: datetime) -> dict[str, Any]:
    bought: list[BoughtProduct] = link_activity.products(link, since, until)
    return {"bought": bought, "is_consented": False}


def _sub_ids(link: Link, since: datetime, until: datetime) -> dict[str, Any]:
    rows = link_activity.sub_ids(link, since, until)
    return _counted((mark or _("without"), number) for mark, number in rows)


def _events(link: Link, since: datetime, until: datetime) -> dict[str, Any]:
    found = [
        {
            "at": event.at,
            "how": navigation_name(event.navigation),
            "device": device_name(event.device, event.browser),
            "country": country_or_unknown(event.country),
            "referrer": event.referrer_host,
        }
        for event in link_activity.events(link, since, until)
    ]
    return {"events": found, "is_consented": True}


TABS: dict[str, tuple[Promise, Callable[[Link, datetime, datetime], dict[str, Any]]]] = {
    "referrers": (gettext_lazy("Referrers"), _referrers),
    "countries": (gettext_lazy("Countries"), _countries),
    "devices": (gettext_lazy("Devices"), _devices),
    "hours": (gettext_lazy("Hours"), _hours),
    "products": (gettext_lazy("Products bought"), _products),
    "sub_ids": (gettext_lazy("Sub ids"), _sub_ids),
    "events": (gettext_lazy("Latest visits"), _events),
}
