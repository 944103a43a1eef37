"""What an affiliate tells of itself, on one page, with who reads each part of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from affiliates.services import profiles
from core.attachments import content_type
from influencers.services import bios
from portal.access import current_affiliate, current_user, manager_required, partner_may
from portal.forms.profile import ProfileForm
from portal.staff_actions import carry_out, submitted

#: An image is an image: should a browser take it for a page, that page may do nothing.
_HARMLESS = "default-src 'none'; sandbox"


@partner_may(Ability.SEE_ACCOUNT, act=Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the profile and keep what was typed."""
    affiliate = current_affiliate(request)
    found = profiles.profile_of(affiliate.pk)
    form = ProfileForm(
        request.POST or None, request.FILES or None, affiliate=affiliate, found=found
    )
    if request.method == "POST":
        kept = submitted(
            form,
            lambda: profiles.tell(
                affiliate_id=affiliate.pk,
                told=form.told(),
                actor_id=current_user(request).pk,
                now=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, _("Your profile is kept."))
            return redirect("portal:profile")
    context = {
        "form": form,
        "affiliate": affiliate,
        "told": found,
        "has_picture": profiles.has_picture(affiliate.pk),
        "sites": affiliate.properties.standing().order_by("pk"),
        "changed_at": found.changed_at if found else None,
    }
    status = 422 if form.is_bound else 200
    return render(request, "affiliate/profile.html", context, status=status)


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """Show one's own picture."""
    return _picture(current_affiliate(request))


@manager_required
@require_safe
def staff_picture(_request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show managers the picture of an affiliate."""
    return _picture(get_object_or_404(Affiliate, public_id=public_id))


@manager_required
@require_POST
def name_agree(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the new name that was read stand."""
    return _decide(
        request, public_id, "name", profiles.agree_to_name, done=_("The new name stands.")
    )


@manager_required
@require_POST
def name_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the old name stand."""
    return _decide(request, public_id, "name", profiles.decline_name, done=_("The old name stays."))


@manager_required
@require_POST
def bio_agree(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the new text that was read be seen."""
    return _decide(request, public_id, "bio", bios.agree, done=_("The new text stands."))


@manager_required
@require_POST
def bio_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the old text stand."""
    return _decide(request, public_id, "bio", bios.decline, done=_("The old text stays."))


def _decide(
    request: HttpRequest, public_id: UUID, what: str, service: Callable[..., None], *, done: str
) -> HttpResponse:
    """Decide on ``what`` waits, as it was read: the form brings it along."""
    affiliate = get_object_or_404(Affiliate, public_id=public_id)
    carry_out(
        request,
        lambda: service(
            affiliate_id=affiliate.pk,
            actor_id=current_user(request).pk,
            now=timezone.now(),
            **{what: request.POST.get(what, "")},
        ),
        done=done,
    )
    return redirect("portal:affiliate-detail", public_id)


def _picture(affiliate: Affiliate) -> HttpResponse:
    body = profiles.picture_of(affiliate.pk)
    if not body:
        raise Http404
    answer = HttpResponse(body, content_type=content_type(body))
    answer["Content-Security-Policy"] = _HARMLESS
    answer["Cache-Control"] = "private, no-cache"
    return answer
