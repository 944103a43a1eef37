"""The team of the programme: its people, who is asked to join, and what waits for a second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import staff, staff_team
from core.models import (
    AuditEntry,
    ProposalStatus,
    StaffInvitation,
    StaffProposal,
    StaffRole,
    User,
)
from core.money import Money
from core.staff_team import Barred
from payouts.models import ApprovalLimit
from portal.access import SECOND_FACTORS, needs_second_factor
from portal.display import TimelineItem
from portal.queries.staff_journal import WORDS, verb_label

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody of the team. ``last_seen`` None: never; ``limits``: what they approve in a day."""

    user: User
    roles: list[str]
    factors: list[str]
    last_seen: datetime | None
    limits: list[Money]
    lacks_factor: bool

    @property
    def is_of_finance(self) -> bool:
        """Tell whether limits of approvals concern them."""
        return str(StaffRole.FINANCE.label) in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A role that waits for a second person. ``why_not``: why who looks cannot agree to it."""

    proposal: StaffProposal
    role: str
    is_own: bool
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody who has not answered yet."""

    invitation: StaffInvitation
    roles: str
    is_over: bool


def colleagues(now: datetime) -> list[Colleague]:
    """Return everybody of staff by address, those who cannot sign in too, in five queries."""
    rows = User.objects.filter(Q(groups__name__in=staff.ROLES) | Q(is_superuser=True)).distinct()
    return _drawn(list(rows.prefetch_related("groups").order_by("email")), now)


def colleague(person: User, now: datetime) -> Colleague:
    """Return one of them."""
    return _drawn([person], now)[0]


def waiting(viewer: User, now: datetime) -> list[Waiting]:
    """Return the proposals that wait for somebody, the oldest first."""
    rows = StaffProposal.objects.filter(status=ProposalStatus.PROPOSED, expires_at__gt=now)
    found = rows.select_related("person", "invitation", "proposed_by").order_by("proposed_at", "pk")
    barred = staff_team.barred(viewer, now)
    return [
        Waiting(
            proposal=one,
            role=str(StaffRole(one.role).label),
            is_own=one.proposed_by_id == viewer.pk,
            why_not=_why_not(one, barred),
        )
        for one in found
    ]


def asked(now: datetime) -> list[Asked]:
    """Return the invitations that were sent and that nobody answered, the last one first."""
    rows = StaffInvitation.objects.pending().filter(sent_at__isnull=False)
    return [
        Asked(
            invitation=one,
            roles=roles_in_words(one.roles),
            is_over=not one.is_open(now),
        )
        for one in rows.select_related("invited_by").order_by("-sent_at", "-pk")
    ]


def is_alone(viewer: User, now: datetime) -> bool:
    """Tell whether nobody could agree to what ``viewer`` proposes."""
    return not staff_team.who_can_confirm(viewer.pk, person_id=None, email="", now=now)


def history(person: User) -> list[TimelineItem]:
    """Return what the trail says about somebody's place in the team, the last first."""
    entries = AuditEntry.objects.filter(
        subject_type=User._meta.label_lower, subject_id=str(person.pk), verb__startswith="staff."
    ).select_related("actor")
    return [
        TimelineItem(
            title=_said(one),
            at=one.at,
            actor=str(one.actor) if one.actor else _("The server"),
            note=one.reason,
            icon=WORDS[one.verb][1],
            tone=WORDS[one.verb][2],
        )
        for one in entries.order_by("-pk")[:SHOWN]
    ]


def _said(entry: AuditEntry) -> str:
    roles = entry.data.get("roles") or [entry.data.get("role", "")]
    known = [role for role in roles if role in StaffRole.values]
    return f"{verb_label(entry.verb)}: {roles_in_words(known)}" if known else verb_label(entry.verb)


def roles_in_words(roles: Iterable[str]) -> str:
    """Return roles as "Programme manager, Finance"."""
    return ", ".join(str(StaffRole(role).label) for role in roles)


def _drawn(people: Sequence[User], now: datetime) -> list[Colleague]:
    ids = [one.pk for one in people]
    factors, limits = _factors(ids), _limits(ids, now)
    sessions = UserSession.objects.filter(user__in=ids).values("user")
    seen = dict(sessions.annotate(last=Max("last_seen_at")).values_list("user", "last"))
    return [
        Colleague(
            user=one,
            roles=[str(r.label) for r in StaffRole if r.value in staff_team.roles_of(one)],
            factors=factors.get(one.pk, []),
            last_seen=max(filter(None, (seen.get(one.pk), one.last_login)), default=None),
            limits=limits.get(one.pk, []),
            lacks_factor=one.pk not in factors and needs_second_factor(one),
        )
        for one in people
    ]


def _factors(ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the kinds of second factors of people, as words; nothing for who has none."""
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = Authenticator.objects.filter(user__in=ids, type__in=SECOND_FACTORS)
    for person, kind in rows.values_list("user", "type"):
        counts[person][kind] += 1
    return {person: _factor_words(kinds) for person, kinds in counts.items()}


def _factor_words(kinds: dict[str, int]) -> list[str]:
    passkeys, words = kinds.get(Authenticator.Type.WEBAUTHN, 0), []
    if passkeys:
        words.append(ngettext("%(count)s passkey", "%(count)s passkeys", passkeys)
                     % {"count": passkeys})  # fmt: skip
    if kinds.get(Authenticator.Type.TOTP):
        words.append(_("Code generator"))
    return words


def _limits(ids: Sequence[int], now: datetime) -> dict[int, list[Money]]:
    """Return the daily limits that hold, the newest of each person and currency."""
    rows = ApprovalLimit.objects.filter(user__in=ids, confirmed_at__lte=now, valid_from__lte=now)
    found = defaultdict(list)
    for row in rows.order_by("user", "currency", "-valid_from").distinct("user", "currency"):
        found[row.user_id].append(Money(row.daily_minor, row.currency))
    return dict(found)


def _why_not(proposal: StaffProposal, barred: Barred) -> str:
    email = proposal.invitation.email if proposal.invitation is not None else ""
    if not barred.from_deciding(proposal.proposed_by_id, proposal.person_id, email):
        return ""
    if proposal.proposed_by_id == barred.person_id:
        return _("You proposed it: another person confirms it.")
    if barred.is_new:
        return _("You got a role within the last seven days: another person confirms it.")
    return _("It is about you: another person confirms it.")
