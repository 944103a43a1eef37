"""A creator's looks: the list, and one of them with what it brings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from influencers.models import Look, LookComment, LookEvent, LookStatus, LookVersion, VersionStatus
from influencers.queries.look_products import ResolvedLook, ResolvedSlot, resolve
from influencers.queries.looks import loaded, newest_versions
from influencers.services.looks import CREATORS
from portal.access import current_affiliate, current_user, own, partner_may
from portal.display import TimelineItem
from portal.look_language import (
    FILTERS,
    REVIEW_DAYS,
    look_status,
    returns_text,
    surface_name,
    timeline,
    title_of,
    version_note,
)
from portal.look_photos import ShownPhoto, shown_photos
from portal.look_story import caption
from portal.queries import my_looks
from portal.queries.my_looks import Figures
from portal.short_links import short_url
from portal.staff_filters import choice_chips
from shop.models import Shop

MOST_EVENTS = 40
_HIDDEN = (LookStatus.WITHDRAWN, LookStatus.REMOVED)


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def look_list(request: HttpRequest) -> HttpResponse:
    """Show the looks, those that need something first by their filter; only creators have any."""
    affiliate, state = current_affiliate(request), request.GET.get("state", "")
    page = my_looks.page_of(my_looks.listed(affiliate.pk, state), request.GET.get("page"))
    context = {
        "is_creator": affiliate.kind in CREATORS,
        "rows": my_looks.rows_of(affiliate.pk, list(page)),
        "page": page,
        "state": state,
        "chips": choice_chips(
            request.GET, "state", [("", _("All")), *FILTERS], current=state, default=""
        ),
        "shops": list(Shop.objects.order_by("pk")),
    }
    return render(request, "portal/looks/list.html", context)


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one look: where it stands, what it brings, how to share it."""
    rows = Look.objects.select_related("shop", "link__shop", "affiliate", "live")
    look = own(request, rows, public_id=public_id)
    newest = newest_versions([look.pk])[look.pk]
    shown = loaded(look.live_id or newest.pk)
    figures, now = my_looks.figures(look), timezone.now()
    resolved = resolve([shown], now=now)[shown.pk]
    photos = shown_photos(shown)
    context = {
        "look": look,
        "newest": newest,
        "title": title_of(shown),
        "status": look_status(look, newest),
        "note": version_note(look, newest),
        "reason": look.status_reason or newest.reason,
        "version": shown,
        "photos": photos,
        "next_steps": _next_steps(newest),
        "timeline": _timeline(request, look),
        "remarks": _remarks(look),
        "figures": figures,
        "came_back": returns_text(figures.returned) if figures.returned else "",
        "surfaces": [(surface_name(one.surface), one) for one in figures.surfaces],
        "products": _products(resolved, figures, photos),
        "breadcrumbs": [(_("Looks"), reverse("portal:look-list"))],
        **_acts(look, newest),
        **_share(look, shown, current_affiliate(request)),
    }
    return render(request, "portal/looks/detail.html", context)


def _acts(look: Look, newest: LookVersion) -> dict[str, bool]:
    """Tell what can be done now."""
    in_review = newest.status == VersionStatus.SUBMITTED
    is_shown = look.status in {LookStatus.PUBLISHED, LookStatus.SCHEDULED}
    return {
        "may_edit": look.status not in _HIDDEN and not in_review,
        "is_open": newest.status in LookVersion.EDITABLE,
        "may_take_back": in_review,
        "may_withdraw": look.status not in _HIDDEN and look.status != LookStatus.DRAFT,
        "may_archive": not is_shown and not in_review and look.archived_at is None,
        "is_public": look.status == LookStatus.PUBLISHED,
    }


def _share(look: Look, version: LookVersion, affiliate: Affiliate) -> dict[str, Any]:
    """Return the share kit of a published look: link, caption, story picture."""
    if look.link is None or look.status != LookStatus.PUBLISHED:
        return {"url": ""}
    url = short_url(look.link)
    return {"url": url, "caption": caption(version, url), "creator": affiliate.name}


def _next_steps(newest: LookVersion) -> list[TimelineItem]:
    """Return what happens after a look is sent, with the day by which the team answers."""
    if newest.status != VersionStatus.SUBMITTED or newest.submitted_at is None:
        return []
    return [
        TimelineItem(title=_("You sent it"), at=newest.submitted_at, icon="send"),
        TimelineItem(
            title=_("The team looks at photos, products and rights"),
            state="current",
            note=_("Until then you can take it back and change it."),
            icon="eye",
        ),
        TimelineItem(
            title=_("You get the answer by e-mail, at the latest"),
            state="future",
            at=_working_days_after(newest.submitted_at, REVIEW_DAYS),
            icon="mail",
        ),
    ]


def _working_days_after(moment: datetime, days: int) -> date:
    day = timezone.localdate(moment)
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def _timeline(request: HttpRequest, look: Look) -> list[TimelineItem]:
    events = LookEvent.objects.filter(look=look).order_by("-at", "-pk")[:MOST_EVENTS]
    return timeline(events, current_user(request))


def _remarks(look: Look) -> list[LookComment]:
    rows = LookComment.objects.filter(version__look=look).select_related("version", "author")
    return list(rows.order_by("-created_at")[:MOST_EVENTS])


def _products(
    resolved: ResolvedLook, figures: Figures, photos: list[ShownPhoto]
) -> list[dict[str, Any]]:
    """Return the products with their number, taps, and what is wrong with them now."""
    return [
        {
            "number": number,
            "name": slot.product.name if slot.product else _("No product yet"),
            "role": slot.slot.get_role_display(),
            "taps": figures.taps.get(slot.slot.key, 0),
            "health": _health(slot),
            "tone": "warning" if slot.is_sold_out else "info" if slot.is_substitute else "success",
            "is_placed": any(number in photo.numbers for photo in photos),
        }
        for number, slot in enumerate(resolved.slots, start=1)
    ]


def _health(slot: ResolvedSlot) -> str:
    if slot.product is None or slot.is_sold_out:
        return _("Sold out: replace it")
    return _("A stand-in is shown") if slot.is_substitute else _("Available")
