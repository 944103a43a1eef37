"""What a person may ask about their own data: a copy of everything, or to be erased."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import data_requests
from core.models import DataRequest, Identified, Wish
from core.nudge import nudge
from core.privacy import erasing, registry
from portal.access import current_user, signed_in_required, view_of
from portal.data_requests import kept_file, shown
from portal.privacy_language import things
from portal.queries.my_consents import consents_of
from portal.sealed_form import demand_proof
from portal.staff_actions import carry_out

TASK = "portal.tasks.write_data_files"


@signed_in_required
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Show what is held about the person, what they agreed to, and what they asked."""
    user = current_user(request)
    _refuse_visitors(request)
    person, now = registry.person_of(user.pk), timezone.now()
    rows = [shown(one, now) for one in user.data_requests.order_by("-asked_at", "-pk")[:20]]
    open_ones = {one.wish for one in rows if one.is_open}
    context = {
        "held": things(erasing.told(person)),
        "obstacles": erasing.obstacles(person),
        "consents": consents_of(person),
        "rows": rows,
        "waits_for_copy": Wish.EXPORT in open_ones,
        "waits_for_erasure": Wish.ERASURE in open_ones,
    }
    return render(request, "account/my_data.html", context)


@signed_in_required
@require_POST
def ask_copy(request: HttpRequest) -> HttpResponse:
    """Have a copy of everything made, by somebody who has just proved who they are."""
    _ask(request, Wish.EXPORT, _("Your copy is being prepared. You get a mail when it is there."))
    nudge(TASK)
    return redirect("portal:my-data")


@signed_in_required
@require_POST
def ask_erasure(request: HttpRequest) -> HttpResponse:
    """Keep that somebody wants to be erased: the team looks what is in the way, and does it."""
    _ask(request, Wish.ERASURE, _("The team was told, and answers within a month."))
    return redirect("portal:my-data")


@signed_in_required
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    mine = _own(request, public_id)
    carry_out(
        request,
        lambda: data_requests.withdraw(
            request_id=mine.pk, person_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Taken back."),
    )
    return redirect("portal:my-data")


@signed_in_required
@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Send one's own copy to who has just proved who they are."""
    mine = _own(request, public_id)
    demand_proof(request)
    return kept_file(mine, now=timezone.now())


def _ask(request: HttpRequest, wish: Wish, done: str) -> None:
    user = current_user(request)
    _refuse_visitors(request)
    demand_proof(request)
    carry_out(
        request,
        lambda: data_requests.receive(
            wish=wish, person_id=user.pk, identified=Identified.SIGNED_IN, now=timezone.now()
        ),
        done=done,
    )


def _own(request: HttpRequest, public_id: UUID) -> DataRequest:
    _refuse_visitors(request)
    return get_object_or_404(current_user(request).data_requests, public_id=public_id)


def _refuse_visitors(request: HttpRequest) -> None:
    """Keep staff who look at an account from asking in its people's name.

    :raises Http404: for them.
    """
    if view_of(current_user(request)) is not None:
        raise Http404
