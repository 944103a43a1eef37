"""Pages that partners and staff both have: the same view, in each one's shell and of their rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from affiliates.domain.abilities import Ability, gives
from affiliates.models import Affiliate, AffiliateStatus
from core.models import STAFF_SCOPE, User
from portal.access import (
    STAFF,
    View,
    current_affiliate,
    current_user,
    may,
    partner_may,
    roles_of,
)
from portal.margin_access import may_see_costs
from portal.reports.asking import Scope
from portal.staff_access import staff_required

_OF_AFFILIATE = "affiliate:"


@dataclass(frozen=True, slots=True)
class Area:
    """Where a shared page stands: its shell, its addresses, and whose rows it shows."""

    scope: Scope
    base: str
    prefix: str

    def url(self, name: str, *args: Any) -> str:
        """Return the address of a page of this area."""
        return reverse(f"portal:{self.prefix}{name}", args=args)


AreaView = Callable[..., HttpResponseBase]


def scope_of_affiliate(affiliate: Affiliate, *, sees_work: bool = True) -> Scope:
    """Return the scope of an affiliate's own figures, which know no costs.

    ``sees_work``: whether whoever asks may see its links, codes and looks (teams.md, E1).
    """
    return Scope(
        key=f"{_OF_AFFILIATE}{affiliate.public_id}", affiliate=affiliate, sees_work=sees_work
    )


def scope_of_staff(person: User) -> Scope:
    """Return the scope of the programme's figures, with costs for who may see them."""
    return Scope(key=STAFF_SCOPE, sees_costs=may_see_costs(person))


def scope_for(person: User, key: str) -> Scope | None:
    """Return the scope of ``key`` if ``person`` may still see it: for what is made while away."""
    if not person.is_active:
        return None
    if key == STAFF_SCOPE:
        return scope_of_staff(person) if STAFF & roles_of(person) else None
    membership = (
        person.memberships.select_related("affiliate")
        .filter(affiliate__public_id=key.removeprefix(_OF_AFFILIATE))
        .exclude(affiliate__status=AffiliateStatus.CLOSED)
        .first()
    )
    if membership is None:
        return None
    sees_work = gives(membership.role, Ability.SEE_WORK)
    return scope_of_affiliate(membership.affiliate, sees_work=sees_work)


def area_of_partner(request: HttpRequest) -> Area:
    """Return the area of the affiliate for whom this request acts."""
    sees_work = may(request.user, Ability.SEE_WORK)
    scope = scope_of_affiliate(current_affiliate(request), sees_work=sees_work)
    return Area(scope, "partner/base.html", "my-")


def area_of_staff(request: HttpRequest) -> Area:
    """Return the area of the team, with costs for who may see them."""
    return Area(scope_of_staff(current_user(request)), "staff/base.html", "")


def for_partner(view: AreaView) -> View:
    """Return ``view`` as a page of partners, about the affiliate they act for."""

    @partner_may(Ability.SEE_ACCOUNT)
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, area_of_partner(request), *args, **kwargs)

    return shown


def for_staff(view: AreaView) -> View:
    """Return ``view`` as a page of managers and finance, about the whole programme."""

    @staff_required
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, area_of_staff(request), *args, **kwargs)

    return shown
