"""For whom a request acts: the account that a person chose, or the one that the team looks at.

A look at an account is refused here, in one place, whatever is not reading a partner's pages.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from affiliates.models import AccountView
from affiliates.services import account_views
from core.models import User
from portal.access import (
    SAFE_METHODS,
    Role,
    begin_request_as_visitor,
    choose_membership,
    current_user,
    lacks_second_factor,
    roles_of,
)

CHOSEN, VIEW = "acts_for", "account_view"
#: What may be read during a look: the partner's pages, the pictures that they show, and the number
#: at their bell, which then says nothing.
_READABLE = ("/portal/", "/looks/", "/notifications/count/")
_PAGES = "/portal/"


class OnlyLooking(PermissionDenied):
    """Something else than reading was asked for during a look at an account."""


class ActingFor:
    """Tells each request for whom it acts, and keeps a look at an account to reading."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and isinstance(request.user, User):
            choose_membership(request.user, request.session.get(CHOSEN))
            if VIEW in request.session and request.path not in _ways_out():
                left = _look(request)
                if left is not None:
                    return left
        return self._get_response(request)


def begin(request: HttpRequest, view: AccountView) -> None:
    """Let this session look, under a new key: one that somebody learned before is worth nothing."""
    request.session.cycle_key()
    request.session[VIEW] = view.pk


def stop(request: HttpRequest) -> AccountView | None:
    """End this session's look, if it has one, and return it."""
    pk = request.session.pop(VIEW, None)
    request.session.cycle_key()
    view = AccountView.objects.filter(pk=pk, viewer=current_user(request)).first()
    return account_views.end(view_id=view.pk, now=timezone.now()) if view else None


def _look(request: HttpRequest) -> HttpResponse | None:
    user, now = current_user(request), timezone.now()
    rows = AccountView.objects.select_related("affiliate__group", "viewer")
    view = rows.filter(pk=request.session[VIEW], viewer=user, ended_at__isnull=True).first()
    if view is None or not view.is_live(now):
        stop(request)
        messages.warning(
            request,
            _("You no longer look at the account: thirty minutes are over, or you stopped."),
            extra_tags="banner",
        )
        return redirect("portal:start")
    if Role.MANAGER not in roles_of(user) or lacks_second_factor(user):
        stop(request)
        raise PermissionDenied
    begin_request_as_visitor(user, view)
    if request.path.startswith(_PAGES):
        account_views.note_page(view, method=str(request.method), path=request.path, now=now)
    if request.method not in SAFE_METHODS or not request.path.startswith(_READABLE):
        raise OnlyLooking
    return None


def _ways_out() -> tuple[str, str]:
    return reverse("portal:account-view-stop"), reverse("account_logout")
