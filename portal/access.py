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

from affiliates.domain.abilities import VISITOR, Ability, gives
from affiliates.models import (
    AccountView,
    Affiliate,
    AffiliateStatus,
    Application,
    Membership,
)
from core.models import User
from portal.audiences import Audience
from portal.demo.people import PEOPLE as DEMO_PEOPLE
from portal.sealed_form import typed

Row = TypeVar("Row", bound=Model)
View = Callable[..., HttpResponseBase]


class Role(StrEnum):
    """What a person can be here. One person may be several."""

    PARTNER = "partner"
    MANAGER = "manager"
    FINANCE = "finance"


STAFF = frozenset({Role.MANAGER, Role.FINANCE})
_AUDIENCES = {
    frozenset({Role.MANAGER}): Audience.MANAGER,
    frozenset({Role.FINANCE}): Audience.FINANCE,
    STAFF: Audience.TEAM,
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: In which field, or header, a partner's page says for which account it was made.
ACTS_FOR, ACTS_FOR_HEADER = "acts_for", "X-Acts-For"
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class LacksAbility(PermissionDenied):
    """Somebody of an affiliate's team asked for what their role does not allow."""

    def __init__(self, ability: Ability) -> None:
        super().__init__(ability)
        self.ability = ability


class OtherAccount(PermissionDenied):
    """A page of one account was sent off while its person acts for another."""


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


def memberships_of(user: User) -> list[Membership]:
    """Return the teams in which ``user`` is, those of open accounts first, then the newest."""
    if not hasattr(user, "_portal_memberships"):
        is_closed = Q(affiliate__status=AffiliateStatus.CLOSED)
        rows = user.memberships.select_related("affiliate__group")
        user._portal_memberships = list(  # type: ignore[attr-defined]
            rows.order_by(Case(When(is_closed, then=1), default=0), "-pk")
        )
    found: list[Membership] = user._portal_memberships  # type: ignore[attr-defined]
    return found


def membership_of(user: User) -> Membership | None:
    """Return the membership by which ``user`` acts: the one that this session chose, if any.

    Else the newest whose account is not closed.
    """
    known, chosen = memberships_of(user), getattr(user, "_portal_chosen", None)
    own_choice = (one for one in known if one.affiliate_id == chosen)
    return next(own_choice, known[0] if known else None)


def choose_membership(user: User, affiliate_id: int | None) -> None:
    """Let ``user`` act for this affiliate in this request, if they are in its team."""
    user._portal_chosen = affiliate_id  # type: ignore[attr-defined]


def affiliate_of(user: User) -> Affiliate | None:
    """Return the affiliate that ``user`` acts for, or looks at as its people do, if any."""
    view = view_of(user)
    if view is not None:
        return view.affiliate
    membership = membership_of(user)
    return membership.affiliate if membership else None


def view_of(user: User | AnonymousUser) -> AccountView | None:
    """Return the look at an account that ``user``, who is staff, is having in this request."""
    return getattr(user, "_portal_view", None)


def begin_request_as_visitor(user: User, view: AccountView) -> None:
    """Make ``user`` a partner who sees, and nothing else, for this request."""
    user._portal_view = view  # type: ignore[attr-defined]
    user._portal_roles = frozenset({Role.PARTNER})  # type: ignore[attr-defined]


def may(user: User | AnonymousUser, ability: Ability) -> bool:
    """Tell whether ``user`` has an ability in the account for which they act."""
    if not isinstance(user, User):
        return False
    if view_of(user) is not None:
        return ability in VISITOR
    membership = membership_of(user)
    return membership is not None and gives(membership.role, ability)


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

    guarded.__dict__.setdefault("audience", Audience.SIGNED_IN)
    return guarded


def partner_may(see: Ability, *, act: Ability | None = None) -> Callable[[View], View]:
    """Let in who acts for an affiliate, and whose role has ``see`` to look and ``act`` to change.

    Without ``act`` one ability is asked for both. An applicant is led to the application's state.
    What was sent off from a page of another account changes nothing (teams.md, E8).
    The table of roles is that of docs/rules/teams.md.
    """

    def decorate(view: View) -> View:
        @signed_in_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = current_user(request)
            if Role.PARTNER not in roles_of(user):
                if Application.objects.filter(user=user).exists():
                    return redirect("portal:apply-status")
                raise PermissionDenied
            wanted = see if request.method in SAFE_METHODS else act or see
            if request.method not in SAFE_METHODS:
                _check_account(request, user)
            if not may(user, wanted):
                raise LacksAbility(wanted)
            return view(request, *args, **kwargs)

        guarded.__dict__.update(abilities=(see, act or see), audience=Audience.PARTNER)
        return guarded

    return decorate


def page_account(request: HttpRequest) -> str:
    """Return for which account a partner's page is made: its forms say it; empty on other pages."""
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or not hasattr(match.func, "abilities") or not isinstance(user, User):
        return ""
    affiliate = affiliate_of(user)
    return str(affiliate.public_id) if affiliate is not None else ""


def _check_account(request: HttpRequest, user: User) -> None:
    """Refuse what a page of another account asks for.

    What names no account is taken for the one that was chosen, never for another in its stead.
    """
    said = typed(request).get(ACTS_FOR) or request.headers.get(ACTS_FOR_HEADER)
    affiliate, chosen = current_affiliate(request), getattr(user, "_portal_chosen", None)
    if said and said != str(affiliate.public_id):
        raise OtherAccount
    if not said and chosen not in (None, affiliate.pk):
        raise OtherAccount


def partner_required(view: View) -> View:
    """Let in who acts for an affiliate and may do everything: its owners."""
    return partner_may(Ability.MANAGE_TEAM)(view)


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

    guarded.__dict__["audience"] = _AUDIENCES[roles]
    return guarded
