"""Quality of traffic, shown as what it is: proxies with their n, interval and unknown part."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.models import Affiliate, AffiliateKind
from portal.access import manager_required
from portal.case_figures import share_text
from portal.formats import format_bps, whole_percents
from portal.queries import staff_quality
from portal.queries.staff_case_view import Share
from portal.queries.staff_dashboard import currency_of_programme
from portal.queries.staff_quality import Curve, Figure
from portal.signal_language import NOT_KNOWN
from portal.staff_filters import choice_chips

#: Below this a share moves by chance: no trend is told.
LEAST_FOR_TREND = 20


@manager_required
@require_safe
def affiliate_quality(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the proxies of one affiliate beside those of its kind, and its marginal curve."""
    now = timezone.now()
    affiliate = get_object_or_404(Affiliate, public_id=public_id)
    currency = currency_of_programme()
    sources = staff_quality.sources_of_affiliate(affiliate.pk, currency, now)
    context = {
        "title": _("Quality of %(name)s") % {"name": affiliate.name},
        "kind": affiliate.get_kind_display(),
        "rows": [_row(one) for one in staff_quality.figures(affiliate, now)],
        **_curve(staff_quality.curve_of(sources, currency)),
        "of_what": _("links and codes"),
        "breadcrumbs": [
            (_("Quality"), reverse("portal:quality-list")),
            (affiliate.name, reverse("portal:affiliate-detail", args=[affiliate.public_id])),
        ],
    }
    return render(request, "manager/quality_affiliate.html", context)


@manager_required
@require_safe
def quality_list(request: HttpRequest) -> HttpResponse:
    """Show the proxies of every kind of affiliate; ``?kind=`` adds its marginal curve."""
    now, currency = timezone.now(), currency_of_programme()
    wanted = request.GET.get("kind", "")
    kind = wanted if wanted in AffiliateKind.values else AffiliateKind.CONTENT.value
    sources = staff_quality.sources_of_kind(kind, currency, now)
    affiliates = Affiliate.objects.filter(kind=kind).order_by("name")[:200]
    context = {
        "kinds": [
            {"name": name, "affiliates": number, "shares": [share_text(one) for one in shares]}
            for name, number, shares in staff_quality.kinds(now)
        ],
        "chips": choice_chips(
            request.GET,
            "kind",
            AffiliateKind.choices,
            current=kind,
            default=AffiliateKind.CONTENT.value,
        ),
        "kind": AffiliateKind(kind).label,
        **_curve(staff_quality.curve_of(sources, currency)),
        "of_what": _("affiliates"),
        "affiliates": [
            (one.name, reverse("portal:affiliate-quality", args=[one.public_id]))
            for one in affiliates
        ],
    }
    return render(request, "manager/quality_list.html", context)


def share_name(name: str) -> str:
    """What a share counts."""
    return {
        "session_open": _("Already in the shop before the click"),
        "basket_before": _("Basket changed in the hour before the click"),
        "new_customers": _("New customers"),
        "returned": _("Orders of which something came back"),
        "cancelled": _("Orders cancelled"),
        "by_code_only": _("Orders by code alone"),
    }[name]


def _row(one: Figure) -> dict[str, Any]:
    return {
        "name": share_name(one.now.name),
        "now": share_text(one.now),
        "trend": _trend(one.now, one.before),
        "kind": share_text(one.kind),
    }


def _trend(now: Share, before: Share) -> str:
    if min(now.known, before.known) < LEAST_FOR_TREND:
        return NOT_KNOWN
    change = whole_percents((now.share_bps or 0) - (before.share_bps or 0))
    return _("%(change)s points") % {
        "change": format_bps(change * 100, signed=True).replace("%", "").strip()
    }


def _curve(curve: Curve | None) -> dict[str, Any]:
    if curve is None:
        return {"curve": None}
    return {
        "curve": curve,
        "points": [(f"{tenth * 10} %", bps // 100) for tenth, bps in curve.points],
    }
