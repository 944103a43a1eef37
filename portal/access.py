"""Who may see what. Everything is refused unless a decorator of this file lets a person in."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Model, Q, QuerySet, When
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from affiliates.models import Affiliate, AffiliateStatus, Application
from core.models import User

Row = TypeVar("Row", bound=Model)
View = Callable[..., HttpResponseBase]


class Role(StrEnum):
    """What a person can be here. One person may be several."""

    PARTNER = "partner"
    MANAGER = "manager"
    FINANCE = "finance"


STAFF = frozenset({Role.MANAGER, Role.FINANCE})


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


def signed_in_required(view: View) -> View:
    """Let in whoever is signed in; others sign in first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

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
    return _role_required(Role.MANAGER, view)


def finance_required(view: View) -> View:
    """Let in finance."""
    return _role_required(Role.FINANCE, view)


def _role_required(role: Role, view: View) -> View:
    @signed_in_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if role not in roles_of(current_user(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
