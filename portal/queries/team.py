"""The people of an affiliate's team, and who is asked to join it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from affiliates.models import Affiliate, Invitation, MemberRole, Membership
from portal.access import SECOND_FACTORS
from portal.team_language import ROLE_SENTENCES


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a team. ``is_only_owner``: nobody else leads it."""

    member: Membership
    sentence: str
    has_second_factor: bool
    is_only_owner: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who has not answered yet."""

    invitation: Invitation
    is_over: bool


def people(affiliate: Affiliate) -> list[Person]:
    """Return the team, its owners first, in two queries."""
    members = list(
        affiliate.memberships.select_related("user").order_by("-is_owner", "user__email")
    )
    protected = set(
        Authenticator.objects.filter(
            user__in=[one.user_id for one in members], type__in=SECOND_FACTORS
        ).values_list("user", flat=True)
    )
    owners = [one for one in members if one.role == MemberRole.OWNER and one.user.is_active]
    return [
        Person(
            member=one,
            sentence=str(ROLE_SENTENCES[one.role]),
            has_second_factor=one.user_id in protected,
            is_only_owner=owners == [one],
        )
        for one in members
    ]


def asked(affiliate: Affiliate, now: datetime) -> list[Asked]:
    """Return the invitations that nobody answered, the last one first."""
    rows = affiliate.invitations.pending().select_related("invited_by").order_by("-sent_at", "-pk")
    return [Asked(one, is_over=not one.is_open(now)) for one in rows]
