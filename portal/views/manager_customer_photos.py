"""Invitations to customers for managers: made, ended; photos found again and erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencers.models import CustomerInvite, CustomerPhoto
from influencers.queries import customer_photos as found
from influencers.services import customer_photo_erasure, customer_photos
from portal.access import current_user, manager_required
from portal.formats import in_paris
from portal.forms.customer_photo import FindForm, InviteForm
from portal.moderation_language import invite_state, look_state
from portal.staff_actions import carry_out, say_errors, submitted

PAGE = 25
_USUAL = timedelta(days=60)


@manager_required
@require_safe
def invite_list(request: HttpRequest) -> HttpResponse:
    """Show the invitations with what came by them."""
    now = timezone.now()
    page = Paginator(found.invites(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(invite, now) for invite in page],
        "find": FindForm(auto_id="find_%s"),
        "breadcrumbs": _crumbs(),
    }
    return render(request, "manager/invite_list.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite_new(request: HttpRequest) -> HttpResponse:
    """Make an invitation; its address is shown this once."""
    now = timezone.now()
    form = InviteForm(request.POST or None, initial={"ends_at": in_paris(now + _USUAL)})
    made = submitted(
        form,
        lambda: customer_photos.invite(
            name=form.cleaned_data["name"],
            shop_id=form.cleaned_data["shop"].pk,
            ends_at=form.cleaned_data["ends_at"],
            most=form.cleaned_data["most"],
            by_id=current_user(request).pk,
            now=now,
        ),
    )
    context: dict[str, Any] = {"form": form, "breadcrumbs": [*_crumbs(), _invites()]}
    if made is None:
        status = 422 if form.is_bound else 200
        return render(request, "manager/invite_new.html", context, status=status)
    invite, key = made
    context |= {
        "invite": invite,
        "address": f"{settings.PUBLIC_URL}{reverse('portal:photo-send', args=[key])}",
    }
    return render(request, "manager/invite_made.html", context)


@manager_required
@require_safe
def invite_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what came by an invitation."""
    now, invite = timezone.now(), get_object_or_404(found.invites(), pk=pk)
    page = Paginator(found.photos_of(pk), PAGE).get_page(request.GET.get("page"))
    context = {
        "invite": invite,
        "page": page,
        "rows": [
            {
                "photo": photo,
                "state": look_state(photo.look),
                "href": reverse("portal:moderation-detail", args=[photo.look.public_id]),
            }
            for photo in page
        ],
        "breadcrumbs": [*_crumbs(), _invites()],
        **_row(invite, now),
    }
    return render(request, "manager/invite_detail.html", context)


@manager_required
@require_POST
def invite_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take no more photos by an invitation."""
    invite = get_object_or_404(CustomerInvite, pk=pk)
    carry_out(
        request,
        lambda: customer_photos.end_invite(
            invite.pk, by_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("It takes no more photos."),
    )
    return redirect("portal:invite-detail", pk)


@manager_required
@require_POST
def photo_erase(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erase one photo of a customer."""
    photo = get_object_or_404(CustomerPhoto, public_id=public_id)
    carry_out(
        request,
        lambda: customer_photo_erasure.erase(
            photo.pk, by_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The photo and everything that named its sender are erased."),
    )
    return redirect("portal:invite-detail", photo.invite_id)


@manager_required
@require_POST
def photo_erase_all(request: HttpRequest) -> HttpResponse:
    """Erase everything that an e-mail address sent."""
    form = FindForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:invite-list")
    count = found.photos_by(form.cleaned_data["email"]).count()
    done = ngettext("%(count)s photo is erased.", "%(count)s photos are erased.", count)
    carry_out(
        request,
        lambda: customer_photo_erasure.erase_of(
            form.cleaned_data["email"], by_id=current_user(request).pk, now=timezone.now()
        ),
        done=done % {"count": count} if count else _("This address has sent nothing."),
    )
    return redirect("portal:invite-list")


def _row(invite: CustomerInvite, now: datetime) -> dict[str, Any]:
    sent: int = invite.sent  # type: ignore[attr-defined]
    is_over = invite.ended_at is not None or invite.ends_at <= now
    return {
        "invite": invite,
        "sent": sent,
        "waiting": invite.waiting,  # type: ignore[attr-defined]
        "is_over": is_over,
        "state": invite_state(invite, is_over=is_over, sent=sent),
        "href": reverse("portal:invite-detail", args=[invite.pk]),
    }


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Looks"), reverse("portal:moderation-list"))]


def _invites() -> tuple[str, str]:
    return _("Photos of customers"), reverse("portal:invite-list")
