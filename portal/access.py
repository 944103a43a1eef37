"""Who may see what. Everything is refused unless a decorator of this file lets a person in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Model, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import split_domain_port
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateStatus, Application
from core.models import User
from portal.demo.people import PEOPLE as DEMO_PEOPLE

Row = TypeVar("Row", bound=Model)
View = Callable[..., HttpResponseBase]


class Role(StrEnum):
    """What a person can be here. One person may be several."""

    PARTNER = "partner"
    MANAGER = "manager"
    FINANCE = "finance"


STAFF = frozenset({Role.MANAGER, Role.FINANCE})
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def roles_of(user: User | AnonymousUser) -> frozenset[Role]:
    """Return the roles of ``user``: a partner by membership, staff by group, both for a superuser.

    The answer is remembered on ``user``, which lives as long as one request.
    """
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    known: frozenset[Role] | None = getattr(user, "_portal_roles", None)
    if known is None:
        known = frozenset(_look_up_roles(user))
        user._portal_roles = known  # type: ignore[attr-defined]
    return known


def _look_up_roles(user: User) -> set[Role]:
    groups = set(user.groups.values_list("name", flat=True))
    roles = {role for role in STAFF if user.is_superuser or role.value in groups}
    if affiliate_of(user) is not None:
        roles.add(Role.PARTNER)
    return roles


def affiliate_of(user: User) -> Affiliate | None:
    """Return the affiliate that ``user`` acts for: the newest that is not closed, if any."""
    if not hasattr(user, "_portal_affiliate"):
        is_closed = Q(affiliate__status=AffiliateStatus.CLOSED)
        membership = (
            user.memberships.select_related("affiliate__group")
            .order_by(Case(When(is_closed, then=1), default=0), "-pk")
            .first()
        )
        user._portal_affiliate = (  # type: ignore[attr-defined]
            membership.affiliate if membership else None
        )
    found: Affiliate | None = user._portal_affiliate  # type: ignore[attr-defined]
    return found


def current_user(request: HttpRequest) -> User:
    """Return who is signed in.

    :raises PermissionDenied: when nobody is.
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def current_affiliate(request: HttpRequest) -> Affiliate:
    """Return the affiliate for whom this request acts.

    :raises PermissionDenied: when the person acts for none.
    """
    affiliate = affiliate_of(current_user(request))
    if affiliate is None:
        raise PermissionDenied
    return affiliate


def own(request: HttpRequest, rows: QuerySet[Row], **lookup: Any) -> Row:
    """Return the one of ``rows`` that is the current affiliate's; another's is not found.

    :raises Http404: when there is none, or it belongs to somebody else.
    """
    return get_object_or_404(rows.filter(affiliate=current_affiliate(request)), **lookup)


def is_on_this_machine(request: HttpRequest) -> bool:
    """Tell whether everything runs on one machine, and it is that machine which asks."""
    host, _port = split_domain_port(request.get_host())
    return bool(settings.ON_THIS_MACHINE and host in settings.LOCAL_HOSTS)


def lacks_second_factor(user: User) -> bool:
    """Tell whether ``user``, who is staff, has yet to add a passkey or a code generator.

    The demo's people need none on the machine that runs everything itself.
    """
    return needs_second_factor(user) and not is_mfa_enabled(user, SECOND_FACTORS)


def needs_second_factor(user: User) -> bool:
    """Tell whether ``user``, who is staff, has to have a second factor."""
    if not settings.STAFF_NEED_SECOND_FACTOR:
        return False
    is_demo = user.email in {person.email for person in DEMO_PEOPLE}
    return not (settings.ON_THIS_MACHINE and is_demo)


def confirmed_lately(request: HttpRequest, now: datetime) -> bool:
    """Tell whether the person gave a passkey or a code within the last minutes (P49).

    A password or a recovery code is not enough. Nobody is asked who needs no second factor.
    """
    user = current_user(request)
    if not needs_second_factor(user):
        return True
    return any(
        record.get("method") == "mfa"
        and record.get("type") in SECOND_FACTORS
        and 0 <= now.timestamp() - record["at"] < settings.APPROVAL_CONFIRMED_SECONDS
        for record in get_authentication_records(request, user)
    )


def ask_to_confirm(request: HttpRequest, back: str) -> HttpResponse:
    """Ask for a passkey, or a code for want of one, and lead to ``back`` afterwards."""
    has_passkey = is_mfa_enabled(current_user(request), [Authenticator.Type.WEBAUTHN])
    way = "mfa_reauthenticate_webauthn" if has_passkey else "mfa_reauthenticate"
    return redirect(f"{reverse(way)}?{urlencode({REDIRECT_FIELD_NAME: back})}")


def ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    """Lead a member of staff to where a second factor is added."""
    messages.warning(request, _("Add a passkey or a code generator first: staff need one."))
    return redirect("mfa_index")


def signed_in_required(view: View) -> View:
    """Let in whoever is signed in; others sign in first. No cache keeps what they see."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


def partner_required(view: View) -> View:
    """Let in who acts for an affiliate. An applicant is led to the application's state."""

    @signed_in_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = current_user(request)
        if Role.PARTNER in roles_of(user):
            return view(request, *args, **kwargs)
        if Application.objects.filter(user=user).exists():
            return redirect("portal:apply-status")
        raise PermissionDenied

    return guarded


def manager_required(view: View) -> View:
    """Let in programme managers."""
    return one_of_required(frozenset({Role.MANAGER}), view)


def finance_required(view: View) -> View:
    """Let in finance."""
    return one_of_required(frozenset({Role.FINANCE}), view)


def one_of_required(roles: frozenset[Role], view: View) -> View:
    """Let in staff who have one of ``roles``, and a second factor."""

    @signed_in_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = current_user(request)
        if not roles & roles_of(user):
            raise PermissionDenied
        if lacks_second_factor(user):
            return ask_for_second_factor(request)
        return view(request, *args, **kwargs)

    return guarded
