"""Looks for the team: the queue, and one look with everything by which it is decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from influencers.models import ImageLicence, Look, LookStatus, LookVersion, VersionStatus
from influencers.queries import moderation
from influencers.queries.pictures import sources
from influencers.services.look_mails import page_address
from influencers.services.moderation import LACKS
from portal.access import current_user, manager_required
from portal.formats import in_paris
from portal.forms.moderation import (
    ApproveForm,
    AskForm,
    CompleteForm,
    PauseForm,
    ProductForm,
    RefuseForm,
    RemarkForm,
    RemoveForm,
    ResumeForm,
)
from portal.moderation_language import (
    CHECKS,
    creator_name,
    found_text,
    history,
    look_state,
    row_state,
    state_label,
    title_of,
    version_state,
)
from portal.queries.staff_looks import LookView, look_view
from portal.query_links import text
from portal.rights_language import licence_state, licence_text
from portal.staff_filters import choice_chips

PAGE = 25
_SHOWN = (LookStatus.PUBLISHED, LookStatus.SCHEDULED)


@manager_required
@require_safe
def moderation_list(request: HttpRequest) -> HttpResponse:
    """Show the looks that wait, oldest first, or those in another state."""
    now, query = timezone.now(), request.GET
    wanted = query.get("state", "")
    state = wanted if wanted in moderation.STATES else moderation.WAITING
    search = text(query, "q")
    page = Paginator(moderation.queue(state, search), PAGE).get_page(query.get("page"))
    numbers = moderation.counts()
    context = {
        "now": now,
        "search": search,
        "page": page,
        "rows": [_row(version) for version in page],
        "is_waiting": state in (moderation.WAITING, moderation.CUSTOMERS),
        "states": choice_chips(
            query,
            "state",
            [(name, state_label(name), numbers[name]) for name in moderation.STATES],
            current=state,
            default=moderation.WAITING,
        ),
        "kept": [("state", query.get("state", ""))],
    }
    return render(request, "manager/look_list.html", context)


@manager_required
@require_safe
def moderation_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one look: its photos and products, what is doubtful, the decision."""
    look, version = find_look(public_id)
    return look_page(request, look, version)


def look_page(
    request: HttpRequest,
    look: Look,
    version: LookVersion,
    *,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """Draw the page of a look; ``forms`` replaces empty ones by those that were refused."""
    now, user = timezone.now(), current_user(request)
    view = look_view(look, version, by_id=user.pk, now=now)
    is_waiting = version.status == VersionStatus.SUBMITTED
    context = {
        "now": now,
        "view": view,
        "look": look,
        "version": version,
        "title": title_of(version),
        "creator": creator_name(look),
        "state": version_state(version) if is_waiting else row_state(version),
        "public_state": look_state(look),
        "is_waiting": is_waiting,
        "is_customers": look.affiliate_id is None,
        "may_complete": look.affiliate_id is None and is_waiting,
        "is_shown": look.status in _SHOWN,
        "is_published": look.status == LookStatus.PUBLISHED,
        "is_scheduled": look.status == LookStatus.SCHEDULED,
        "may_remove": LookStatus.REMOVED in Look.ARROWS[LookStatus(look.status)],
        "may_resume": look.status in (LookStatus.PAUSED, LookStatus.EXPIRED),
        "lacks": [LACKS[lack] for lack in view.lacks],
        "checked": [label for code, label in CHECKS.items() if code in view.checked],
        "slots": [(number, slot, found_text(slot)) for number, slot in view.slots],
        "facts": _facts(look, version),
        "rights": [
            (photo.number, [_licence(look, one, in_paris(now).date()) for one in photo.licences])
            for photo in view.photos
        ],
        "history": history(look.events.select_related("actor").order_by("-at", "-pk")),
        "past_lead": _("Looks of the same creator.") if look.affiliate_id else _("This look."),
        "page_url": page_address(look),
        "affiliate_url": _affiliate_url(look),
        "breadcrumbs": [(_("Looks"), reverse("portal:moderation-list"))],
        **_forms(view, now),
        **forms,
    }
    return render(request, "manager/look_detail.html", context, status=status)


def find_look(public_id: UUID) -> tuple[Look, LookVersion]:
    """Return a look and the version that the team sees of it.

    :raises Http404: when there is none.
    """
    rows = Look.objects.select_related("affiliate", "shop", "link", "customer_photo")
    look = get_object_or_404(rows, public_id=public_id)
    version = moderation.shown_version(look)
    if version is None:
        raise Http404
    version.look = look
    return look, version


def _forms(view: LookView, now: datetime) -> dict[str, Any]:
    version, image = view.version, next(iter(view.version.images.all()), None)
    words = {"title": version.title, "story": version.story, "alt": image.alt if image else ""}
    until = view.look.expires_at
    end = {"expires_at": in_paris(until)} if until is not None and until > now else {}
    return {
        "approve": ApproveForm(auto_id="approve_%s", initial=end),
        "ask": AskForm(auto_id="ask_%s"),
        "refuse": RefuseForm(auto_id="refuse_%s"),
        "remove": RemoveForm(auto_id="remove_%s"),
        "pause": PauseForm(auto_id="pause_%s"),
        "resume": ResumeForm(auto_id="resume_%s", initial=end),
        "remark": RemarkForm(auto_id="remark_%s", places=view.places),
        "complete": CompleteForm(auto_id="complete_%s", initial=words),
        "product": ProductForm(auto_id="product_%s"),
    }


def _licence(look: Look, licence: ImageLicence, today: date) -> tuple[str, str]:
    """Return what a licence says, and where it is ended while it is not over."""
    may_end = licence_state(licence, today).code in {"holds", "later"}
    if not may_end:
        return licence_text(licence), ""
    args = [look.public_id, licence.public_id]
    return licence_text(licence), reverse("portal:moderation-licence-end", args=args)


def _facts(look: Look, version: LookVersion) -> list[tuple[str, Any]]:
    said = [
        (_("Creator"), creator_name(look)),
        (_("Version"), version.number),
        (_("Language"), version.language.upper()),
        (_("Label of advertising"), version.get_disclosure_display() or _("None")),
        (_("Retouched images"), _("Yes") if version.is_retouched else _("No")),
        (_("Virtual images"), _("Yes") if version.is_virtual else _("No")),
        (_("Tags"), ", ".join(version.tags) or "–"),
    ]
    return [*said, (_("Link"), str(look.link))] if look.link else said


def _row(version: LookVersion) -> dict[str, Any]:
    first = next(iter(version.images.all()), None)
    return {
        "version": version,
        "look": version.look,
        "title": title_of(version),
        "creator": creator_name(version.look),
        "photo": sources(first) if first else None,
        "photos": len(version.images.all()),
        "state": row_state(version),
        "since": version.submitted_at or version.status_changed_at,
        "is_change": version.look.live_id not in (None, version.pk),
        "href": reverse("portal:moderation-detail", args=[version.look.public_id]),
    }


def _affiliate_url(look: Look) -> str:
    if look.affiliate is None:
        return ""
    return reverse("portal:affiliate-detail", args=[look.affiliate.public_id])
