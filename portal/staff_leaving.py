"""Somebody of the team leaves, or has a role no more: what they minded goes to others (ST9-ST12).

Here, above all apps, because each of them has something that people of the team mind.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import audit, staff, staff_invitations, staff_mails, staff_proposals, staff_team
from core.domain.staff_rules import FINANCE, OWNER
from core.errors import DomainError
from core.models import ApiKey, StaffInvitation, StaffRole, User
from core.staff_team import StaffRefused
from fraud.models import CaseProposal
from fraud.models import ProposalStatus as CaseProposalStatus
from payouts.models import (
    AdjustmentProposal,
    Approval,
    ApprovalLimit,
    ApprovalRule,
    Batch,
    BatchStatus,
    MinimumRule,
)
from payouts.models import ProposalStatus as AdjustmentStatus
from portal import staff_held
from portal.staff_held import KINDS, Held


class LastOfRole(DomainError):
    """Nobody else who can sign in has the role."""

    code = "last_of_role"


@dataclass(frozen=True, slots=True)
class Holding:
    """How much somebody minds of one kind, and who can take it on."""

    kind: Held
    count: int
    heirs: list[User]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What somebody has who is to lose roles: what goes to others, what ends, what stays."""

    roles: list[str]
    is_all: bool
    handed: list[Holding]
    ended: dict[str, int]
    stays: dict[str, int]


def roles_to_end(person: User, role: str) -> list[str]:
    """Return which roles end when ``role`` does (empty: all); an owner is somebody of finance."""
    held = [one.value for one in StaffRole if person.groups.filter(name=one.value).exists()]
    ended = {role} if role else set(held)
    return [one for one in held if one in ended or (one == OWNER and FINANCE in ended)]


def is_all(person: User, roles: Collection[str]) -> bool:
    """Tell whether nothing by which they enter is left to somebody without ``roles``."""
    return not person.groups.filter(name__in=set(staff.ROLES) - set(roles)).exists()


def holdings_of(person: User, role: str, now: datetime) -> Holdings:
    """Return what somebody has whose ``role`` (empty: every one) is to end."""
    roles = roles_to_end(person, role)
    everything = is_all(person, roles)
    handed = [
        Holding(kind, count, _heirs(kind, person))
        for kind in _concerned(roles, everything=everything)
        if (count := kind.rows(person).count())
    ]
    return Holdings(
        roles=roles,
        is_all=everything,
        handed=handed,
        ended=_ended(person, now) if everything else {},
        stays=_stays(person) if FINANCE in roles or everything else {},
    )


@transaction.atomic
def leave(
    *,
    person_id: int,
    role: str,
    heirs: Mapping[str, int | None],
    reason: str,
    actor_id: int,
    now: datetime,
) -> list[str]:
    """End a role of somebody, or (``role`` empty) all of them; return which ended.

    ``heirs``: who gets what of each kind. With the last role end where they are signed in, their
    keys, what is mailed to them again and again, and what they asked others to agree to. What they
    approved stands.

    :raises NotOfStaff: unless ``actor_id`` is of staff.
    :raises StaffRefused: for who has no such role, a superuser, an heir who cannot have it, or
        without a reason.
    :raises LastOfRole: when nobody else has the role who can sign in.
    """
    staff_team.hold()
    actor, why = staff_team.acting(actor_id), staff_team.reason_of(reason)
    person = User.objects.select_for_update(no_key=True).get(pk=person_id)
    roles = roles_to_end(person, role)
    _check(person, roles)
    everything = is_all(person, roles)
    handed = {}
    for kind in _concerned(roles, everything=everything):
        heir = heirs.get(kind.key)
        if heir is not None and heir not in {one.pk for one in _heirs(kind, person)}:
            raise StaffRefused(_("Choose somebody who has the role for it."))
        went = staff_held.pass_all_on(kind, person, heir, actor.pk, now)
        if any(went.values()):
            handed[kind.key] = {"to": heir, **went}
    if everything:
        staff_invitations.revoke_of(person, actor, now)
        staff_proposals.lapse_of(person, now)
    for one in reversed(roles):
        staff.take(email=person.email, role=one, actor=actor, reason=why, now=now)
    data = {"roles": roles, "handed": handed}
    audit.record(actor=actor, verb="staff.left", subject=person, at=now, reason=why, data=data)
    staff_mails.gone(person, roles, by=actor, now=now)
    return roles


@transaction.atomic
def remove_by_shell(*, email: str, role: str, now: datetime) -> User:
    """End a role at once, as whoever runs the server asks; their webhooks pause with it.

    What they minded is told to every manager from then on.

    :raises UnknownRole: for any other role than manager and finance.
    :raises NotStaff: when nobody with this address has the role.
    """
    person = staff.remove(email=email, role=role, actor=None, now=now)
    if not staff.of_role("manager").filter(pk=person.pk).exists():
        staff_held.pause_rest(person, None, now)
    return person


def _check(person: User, roles: Collection[str]) -> None:
    if person.is_superuser:
        raise StaffRefused(
            _("%(person)s administers the server, and enters everywhere: only the server ends it.")
            % {"person": person}
        )
    if not roles:
        raise StaffRefused(_("%(person)s does not have this role.") % {"person": person})
    for role in staff_team.last_of(person, roles):
        raise LastOfRole(
            _("Nobody else has the role: %(role)s. Give it to somebody else first.")
            % {"role": StaffRole(role).label}
        )


def _concerned(roles: Collection[str], *, everything: bool) -> list[Held]:
    return [kind for kind in KINDS if kind.role in roles or (not kind.role and everything)]


def _heirs(kind: Held, person: User) -> list[User]:
    able = staff.of_role(kind.role) if kind.role else staff_team.people().order_by("pk")
    return list(able.exclude(pk=person.pk))


def _ended(person: User, now: datetime) -> dict[str, int]:
    """Count what ends with somebody's last role."""
    return {
        "keys": ApiKey.objects.live(now).filter(owner=person, account=None).count(),
        "reports": staff.mailed_to(person).count(),
        "sessions": UserSession.objects.filter(user=person).count(),
        "invitations": StaffInvitation.objects.pending().filter(invited_by=person).count(),
    }


def _stays(person: User) -> dict[str, int]:
    """Count what stands, or waits for others, whoever made it."""
    return {
        "batches": _batches(person).count(),
        "approvals": Approval.objects.filter(
            user=person, dropped_at__isnull=True, batch__status__in=_UNDER_WAY
        ).count(),
        "limits": ApprovalLimit.objects.filter(user=person, confirmed_at__isnull=False)
        .values("currency")
        .distinct()
        .count(),
        "proposals": _proposals(person),
    }


_UNDER_WAY = (BatchStatus.DRAFT, BatchStatus.IN_REVIEW, BatchStatus.APPROVED, BatchStatus.PAUSED)


def _batches(person: User) -> QuerySet[Batch]:
    rows = Batch.objects.filter(status__in=_UNDER_WAY)
    return (rows.filter(created_by=person) | rows.filter(submitted_by=person)).distinct()


def _proposals(person: User) -> int:
    four_eyes = sum(
        model._default_manager.filter(proposed_by=person, confirmed_at__isnull=True).count()
        for model in (ApprovalRule, ApprovalLimit, MinimumRule)
    )
    adjustments = AdjustmentProposal.objects.filter(author=person, status=AdjustmentStatus.PROPOSED)
    cases = CaseProposal.objects.filter(proposed_by=person, status=CaseProposalStatus.PROPOSED)
    return int(four_eyes + adjustments.count() + cases.count())
