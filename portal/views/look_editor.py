"""The look editor: the page, its saves, the preview, and the look on its way to review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from csp.constants import SELF
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.domain.abilities import Ability
from core.errors import DomainError
from influencers.domain import look as rules
from influencers.models import Disclosure, Look, LookComment, LookVersion, SlotRole, VersionStatus
from influencers.queries.looks import loaded, newest_versions, open_versions
from influencers.services import look_saving, look_sending
from influencers.services import looks as services
from influencers.services.look_saving import LANGUAGES, SavedElsewhere
from portal.access import current_affiliate, current_user, own, partner_may
from portal.forms.look import RightsForm
from portal.look_document import checklist_of, editor_document, read
from portal.look_language import look_status, title_of
from portal.look_preview import preview_context
from portal.look_texts import SUGGESTED_TAGS, editor_texts
from portal.queries.my_looks import open_briefs
from portal.refusals import sentence
from portal.shop_pictures import allow


@partner_may(Ability.WORK)
@require_http_methods(["GET", "HEAD"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open the editor; a look that is published gets its next version."""
    look = own(request, Look.objects.select_related("shop"), public_id=public_id)
    try:
        version = services.next_version(look.pk, by_id=current_user(request).pk, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
        return redirect("portal:look-detail", public_id)
    if version.status == VersionStatus.SUBMITTED:
        messages.info(request, _("It is in review: take it back first, then change it."))
        return redirect("portal:look-detail", public_id)
    affiliate = current_affiliate(request)
    return _page(request, look, version.pk, RightsForm(initial={"credit": affiliate.name}))


@partner_may(Ability.WORK)
@require_POST
def save(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """Save what the editor sends. ``If-Match``: the count of saves that it was made from.

    200 with the new count; 409 with what was saved elsewhere; 422 with a sentence.
    """
    look = own(request, Look.objects.all(), public_id=public_id)
    version = open_versions([look.pk]).get(look.pk)
    count = request.headers.get("If-Match", "").strip('"')
    if version is None or not count.isdecimal():
        return JsonResponse({"detail": _("There is no draft of this look.")}, status=422)
    try:
        saved = look_saving.save(
            version.pk,
            read(request.body),
            saves=int(count),
            by_id=current_user(request).pk,
            now=timezone.now(),
        )
    except SavedElsewhere as refusal:
        newer = editor_document(loaded(version.pk))
        return JsonResponse({"detail": sentence(refusal), "document": newer}, status=409)
    except DomainError as refusal:
        return JsonResponse({"detail": sentence(refusal)}, status=422)
    answer = {
        "saves": saved.saves,
        "saved_at": saved.saved_at.isoformat(),
        "checklist": checklist_of(loaded(saved.pk)),
    }
    return JsonResponse(answer)


@partner_may(Ability.SEE_WORK)
@xframe_options_sameorigin
@require_safe
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the newest version as visitors will see it, in a frame of the editor."""
    look = own(request, Look.objects.select_related("shop", "affiliate"), public_id=public_id)
    version = loaded(newest_versions([look.pk])[look.pk].pk)
    context = preview_context(version, now=timezone.now())
    answer = allow(render(request, "portal/looks/preview.html", context), [look.shop])
    answer._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
    return answer


@partner_may(Ability.WORK)
@require_POST
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the version to review, and grant the rights on its photos."""
    look = own(request, Look.objects.select_related("shop"), public_id=public_id)
    version = open_versions([look.pk]).get(look.pk)
    if version is None:
        messages.error(request, _("There is no draft of this look."), extra_tags="banner")
        return redirect("portal:look-detail", public_id)
    form, now = RightsForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            look_sending.submit(
                version.pk,
                form.terms(timezone.localdate(now)),
                by_id=current_user(request).pk,
                now=now,
            )
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("Your look is sent."))
            return redirect("portal:look-detail", public_id)
    return _page(request, look, version.pk, form)


def _page(request: HttpRequest, look: Look, version_id: int, form: RightsForm) -> HttpResponse:
    version = loaded(version_id)
    remarks = LookComment.objects.filter(version=version).select_related("author")
    context: dict[str, Any] = {
        "look": look,
        "version": version,
        "title": title_of(version),
        "status": look_status(look, version),
        "editor": {
            **editor_document(version),
            "checklist": checklist_of(version),
            "remarks": [_pin(remark) for remark in remarks],
        },
        "limits": {
            "photos": rules.MOST_PHOTOS,
            "spots": rules.MOST_SPOTS,
            "slots": rules.MOST_SLOTS,
            "options": rules.MOST_OPTIONS,
            "nearest": float(rules.NEAREST),
        },
        "steps": [_("Photos"), _("Products"), _("Details"), _("Check and send")],
        "roles": SlotRole.choices,
        "disclosures": Disclosure.choices,
        "languages": [(code, _("French") if code == "fr" else _("English")) for code in LANGUAGES],
        "suggested_tags": [str(tag) for tag in SUGGESTED_TAGS],
        "texts": editor_texts(),
        "briefs": open_briefs(current_affiliate(request).pk),
        "remarks": remarks,
        "may_resolve": True,
        "may_discard": version.status in LookVersion.EDITABLE,
        "form": form,
        "first_step": _first_step(request, form),
        "breadcrumbs": [(_("Looks"), reverse("portal:look-list"))],
    }
    status = 422 if form.is_bound else 200
    answer = allow(render(request, "portal/looks/editor.html", context, status=status), [look.shop])
    answer._csp_update["frame-src"] = [SELF]  # type: ignore[attr-defined]
    return answer


def _first_step(request: HttpRequest, form: RightsForm) -> int:
    """Return where the editor opens: at what was refused, or at the step that was asked for."""
    if form.is_bound:
        return 3 if form.errors.keys() - {NON_FIELD_ERRORS} else 4
    asked = request.GET.get("step", "")
    return int(asked) if asked in {"1", "2", "3", "4"} else 1


def _pin(remark: LookComment) -> dict[str, Any]:
    """Return where a remark is pinned, for the photo that it is about."""
    return {
        "id": remark.pk,
        "image": remark.image_id,
        "slot": str(remark.slot_key) if remark.slot_key else "",
        "x": float(remark.x) if remark.x is not None else None,
        "y": float(remark.y) if remark.y is not None else None,
        "is_open": remark.resolved_at is None,
    }
