"""Rights in photos for managers: all that a creator gave, and ending one of them or all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from influencers.models import ImageLicence, Look
from influencers.queries import licence_effects
from influencers.queries.pictures import sources_of
from influencers.services import licences
from portal.access import current_user, manager_required
from portal.forms.moderation import RightsForm
from portal.moderation_language import creator_name, title_of
from portal.rights_language import effect_lines, licence_state, scopes_text
from portal.staff_actions import submitted
from portal.views.manager_creators import creator
from portal.views.manager_looks import find_look

PAGE = 25
_PAGE_METHODS = ["GET", "HEAD", "POST"]


@manager_required
@require_safe
def creator_rights(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show every licence in the photos of a creator, those that stand first."""
    affiliate, today = creator(public_id), timezone.localdate()
    page = Paginator(licence_effects.of_creator(affiliate.pk, today), PAGE).get_page(
        request.GET.get("page")
    )
    shown = licence_effects.looks_showing([one.picture_id for one in page])
    context = {
        "affiliate": affiliate,
        "page": page,
        "rows": [_row(one, shown.get(one.picture_id, []), public_id, today) for one in page],
        "standing": licence_effects.standing_of(affiliate.pk, today).count(),
        "breadcrumbs": _of_creator(affiliate.name, public_id),
    }
    return render(request, "manager/rights_list.html", context)


@manager_required
@require_http_methods(_PAGE_METHODS)
def creator_rights_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what disappears when all rights in a creator's photos end, and end them."""
    affiliate, now = creator(public_id), timezone.now()
    back = reverse("portal:creator-rights", args=[public_id])
    standing = list(licence_effects.standing_of(affiliate.pk, timezone.localdate(now)))
    return _end_page(
        request,
        standing,
        lambda reason: licences.revoke_all(
            affiliate.pk, by_id=current_user(request).pk, reason=reason, now=now
        ),
        {
            "title": _("End all rights in the photos of %(name)s?") % {"name": affiliate.name},
            "back": back,
            "breadcrumbs": [*_of_creator(affiliate.name, public_id), (_("Rights"), back)],
        },
    )


@manager_required
@require_http_methods(_PAGE_METHODS)
def creator_licence_end(request: HttpRequest, public_id: UUID, licence_id: UUID) -> HttpResponse:
    """Say what disappears when one licence of a creator ends, and end it."""
    affiliate = creator(public_id)
    licence = get_object_or_404(_licences(), public_id=licence_id, picture__affiliate=affiliate)
    back = reverse("portal:creator-rights", args=[public_id])
    trail = [*_of_creator(affiliate.name, public_id), (_("Rights"), back)]
    return _end_one(request, licence, affiliate.name, back, trail)


@manager_required
@require_http_methods(_PAGE_METHODS)
def moderation_licence_end(request: HttpRequest, public_id: UUID, licence_id: UUID) -> HttpResponse:
    """The same from the page of a look in which the photo is, a customer's as well."""
    look, version = find_look(public_id)
    pictures = [image.picture_id for image in version.images.all()]
    licence = get_object_or_404(_licences(), public_id=licence_id, picture__in=pictures)
    back = reverse("portal:moderation-detail", args=[public_id])
    trail = [(_("Looks"), reverse("portal:moderation-list")), (title_of(version), back)]
    return _end_one(request, licence, creator_name(look), back, trail)


def _end_one(
    request: HttpRequest, licence: ImageLicence, name: str, back: str, trail: list[tuple[str, str]]
) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    is_over = licence.revoked_at is not None or (licence.ends_on or today) < today
    return _end_page(
        request,
        [] if is_over else [licence],
        lambda reason: licences.revoke(
            licence.pk, by_id=current_user(request).pk, reason=reason, now=now
        ),
        {
            "title": _("End the rights in this photo of %(name)s?") % {"name": name},
            "scopes": scopes_text(licence.scopes),
            "photo": _photo(licence),
            "back": back,
            "breadcrumbs": trail,
        },
    )


def _end_page(
    request: HttpRequest,
    ending: Sequence[ImageLicence],
    act: Callable[[str], object],
    values: dict[str, Any],
) -> HttpResponse:
    """Draw the page that asks before rights end, or end them and lead back."""
    if not ending:
        messages.info(request, _("There is no right left to end."))
        return redirect(values["back"])
    effect = licence_effects.effect_of(ending, timezone.localdate())
    form = RightsForm(request.POST or None)
    if submitted(form, lambda: act(form.cleaned_data["reason"])) is not None:
        done = ngettext(
            "The rights in %(count)s photo have ended.",
            "The rights in %(count)s photos have ended.",
            effect.photos,
        )
        messages.success(request, done % {"count": effect.photos})
        return redirect(values["back"])
    context = {
        **values,
        "form": form,
        "photos": effect.photos,
        "lines": effect_lines(effect),
        "looks": [_named(look) for look in effect.looks],
    }
    status = 422 if form.is_bound else 200
    return render(request, "manager/rights_end.html", context, status=status)


def _licences() -> Any:
    return ImageLicence.objects.select_related("picture")


def _row(
    licence: ImageLicence, looks: Sequence[Look], public_id: UUID, today: date
) -> dict[str, Any]:
    state = licence_state(licence, today)
    may_end = state.code in {"holds", "later"}
    return {
        "licence": licence,
        "state": state,
        "photo": _photo(licence),
        "scopes": scopes_text(licence.scopes),
        "looks": [_named(look) for look in looks],
        "end_url": reverse("portal:creator-licence-end", args=[public_id, licence.public_id])
        if may_end
        else "",
    }


def _photo(licence: ImageLicence) -> Any:
    """Return where the whole photo is fetched; None when its files are gone."""
    return None if licence.picture.deleted_at else sources_of(licence.picture)


def _named(look: Look) -> tuple[str, str]:
    title = title_of(look.live) if look.live else look.slug
    return title, reverse("portal:moderation-detail", args=[look.public_id])


def _of_creator(name: str, public_id: UUID) -> list[tuple[str, str]]:
    return [
        (_("Creators"), reverse("portal:creator-list")),
        (name, reverse("portal:creator-detail", args=[public_id])),
    ]
