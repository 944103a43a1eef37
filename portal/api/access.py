"""What a key may do: its scopes, as far as its owner's role still gives them at this call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from affiliates.domain.abilities import Ability, gives
from affiliates.models import Affiliate, Membership
from core.models import ApiKey, Scope, User
from portal.access import STAFF, Role, lacks_second_factor, roles_of

#: What a person of an affiliate's team must be able to do for a key of theirs to have a scope.
PARTNER_SCOPES: Mapping[Scope, Ability] = {
    Scope.READ_LINKS: Ability.SEE_WORK,
    Scope.WRITE_LINKS: Ability.WORK,
    Scope.READ_CODES: Ability.SEE_WORK,
    Scope.READ_CLICKS: Ability.SEE_WORK,
    Scope.READ_SALES: Ability.SEE_ACCOUNT,
    Scope.READ_PAYOUTS: Ability.SEE_MONEY,
    Scope.READ_PRODUCTS: Ability.SEE_WORK,
    Scope.READ_LOOKS: Ability.SEE_WORK,
    Scope.READ_TERMS: Ability.SEE_ACCOUNT,
    Scope.READ_CLAIMS: Ability.SEE_WORK,
    Scope.WRITE_CLAIMS: Ability.WORK,
    Scope.READ_WEBHOOKS: Ability.MANAGE_KEYS,
    Scope.WRITE_WEBHOOKS: Ability.MANAGE_KEYS,
}
#: Which roles give a member of staff a scope: one of them is enough.
STAFF_SCOPES: Mapping[Scope, frozenset[Role]] = {
    Scope.READ_APPLICATIONS: frozenset({Role.MANAGER}),
    Scope.READ_AFFILIATES: frozenset({Role.MANAGER}),
    Scope.READ_ORDERS: STAFF,
    Scope.READ_CASES: frozenset({Role.MANAGER}),
    Scope.READ_BATCHES: frozenset({Role.FINANCE}),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the key, its owner, for whom it acts, and the scopes that it has now.

    ``affiliate`` is None for a key of staff.
    """

    key: ApiKey
    affiliate: Affiliate | None
    scopes: frozenset[Scope]


def caller_of(key: ApiKey) -> Caller | None:
    """Return who calls with a key; None when its owner may not act any more.

    That is somebody whose account is closed to them, who left the affiliate's team, who is no
    staff any more, or who is staff without the second factor that staff need.
    """
    if not key.owner.is_active:
        return None
    if key.account is None:
        return _staff(key)
    membership = (
        Membership.objects.select_related("affiliate__group")
        .filter(user=key.owner_id, affiliate__public_id=key.account)
        .first()
    )
    if membership is None:
        return None
    has = {one for one, need in PARTNER_SCOPES.items() if gives(membership.role, need)}
    return Caller(key, membership.affiliate, _of_key(key, has))


def scopes_for_staff(user: User) -> list[Scope]:
    """Return the scopes that a member of staff may give a key."""
    return [one for one, need in STAFF_SCOPES.items() if need & roles_of(user)]


def _staff(key: ApiKey) -> Caller | None:
    scopes = scopes_for_staff(key.owner)
    if not scopes or lacks_second_factor(key.owner):
        return None
    return Caller(key, None, _of_key(key, set(scopes)))


def _of_key(key: ApiKey, has: set[Scope]) -> frozenset[Scope]:
    return frozenset(one for one in has if one in key.scopes)
