"""What invitations to the team of the programme and proposals of roles have in common."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import locks, staff
from core.domain.staff_rules import FINANCE, OWNER, TOO_NEW, is_too_new
from core.errors import DomainError
from core.models import ENTERING, AuditEntry, StaffRole, User

REASON_LENGTH = 500


class StaffRefused(DomainError):
    """What was asked of the team of the programme that cannot be."""

    code = "staff_refused"


class NotOfStaff(DomainError):
    """Somebody led the team of the programme who is not in it."""

    code = "not_of_staff"


class NobodyToConfirm(DomainError):
    """Two people are needed, and there is one."""

    code = "nobody_to_confirm"


def hold() -> None:
    """Let nobody else change the team until commit: who is the last one must not change meanwhile.

    :raises TransactionManagementError: outside a transaction.
    """
    locks.hold("team of the programme")


def people() -> QuerySet[User]:
    """Return who enters as staff and can sign in; superusers do."""
    is_staff = Q(groups__name__in=staff.ROLES) | Q(is_superuser=True)
    return User.objects.filter(is_staff, is_active=True).distinct()


def roles_of(person: User) -> set[str]:
    """Return the roles of a person; a superuser is both manager and finance."""
    known = set(StaffRole.values)
    found = {group.name for group in person.groups.all()} & known
    return found | set(ENTERING) if person.is_superuser else found


def acting(actor_id: int) -> User:
    """Return who acts.

    :raises NotOfStaff: unless they are of staff and can sign in.
    """
    actor = people().filter(pk=actor_id).first()
    if actor is None:
        raise NotOfStaff(_("Only people of the team can do this."))
    return actor


def who_can_confirm(
    proposer_id: int, *, person_id: int | None, email: str, now: datetime
) -> list[User]:
    """Return who may agree to what somebody proposed about a person or an address (ST5, ST6).

    Neither the proposer, nor whom it is about, nor somebody to whom any person gave a role within
    the last seven days: two accounts that let each other in would be one person.
    """
    concerned = {proposer_id, person_id}
    if email:
        same = EmailAddress.objects.filter(email__iexact=email).values_list("user", flat=True)
        concerned |= set(same)
        concerned |= set(User.objects.filter(email__iexact=email).values_list("pk", flat=True))
    others = people().exclude(pk__in=[one for one in concerned if one is not None])
    new = _newcomers(now)
    return [one for one in others.order_by("pk") if one.pk not in new]


@dataclass(frozen=True, slots=True)
class Barred:
    """What keeps somebody of the team from being a second person: for whom, and for which address.

    ``is_new``: whether a person gave them a role within the last seven days.
    """

    person_id: int
    addresses: frozenset[str]
    is_new: bool

    def from_deciding(self, proposer_id: int, person_id: int | None, email: str) -> bool:
        """Tell whether they may not agree; the same as :func:`who_can_confirm`, for one person."""
        is_own = self.person_id in (proposer_id, person_id) or email.lower() in self.addresses
        return is_own or self.is_new


def barred(person: User, now: datetime) -> Barred:
    """Return what keeps somebody from agreeing, for however many proposals, in two queries."""
    known = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return Barred(
        person.pk,
        frozenset(one.lower() for one in (person.email, *known)),
        is_new(person.pk, now),
    )


def is_new(person_id: int, now: datetime) -> bool:
    """Tell whether a person, and not the server, gave somebody a role within the last week."""
    return person_id in _newcomers(now)


def _newcomers(now: datetime) -> set[int]:
    entries = AuditEntry.objects.filter(
        verb="staff.added",
        actor__isnull=False,
        subject_type=User._meta.label_lower,
        at__gt=now - TOO_NEW,
    )
    rows = entries.values_list("subject_id", "at")
    return {int(person) for person, at in rows if is_too_new(at, now)}


def require_confirmer(
    proposer_id: int, *, person_id: int | None, email: str, now: datetime
) -> list[User]:
    """Return who may agree.

    :raises NobodyToConfirm: when nobody may.
    """
    found = who_can_confirm(proposer_id, person_id=person_id, email=email, now=now)
    if not found:
        raise NobodyToConfirm(
            _("This takes a second person, and nobody else of the team can agree to it."
              " Whoever runs the server gives the role: bin/manage staff.")
        )  # fmt: skip
    return found


def check_role(person: User, role: str) -> None:
    """Do nothing for a role that a person of staff may get.

    :raises StaffRefused: for one that they have, or an owner who is not of finance.
    """
    held = roles_of(person)
    if role in held:
        raise StaffRefused(
            _("%(person)s has this role already: %(role)s.")
            % {"person": person, "role": StaffRole(role).label}
        )
    if role == OWNER and FINANCE not in held:
        raise StaffRefused(
            _("%(person)s is not of finance: owners approve payouts, as finance does.")
            % {"person": person}
        )


def last_of(person: User, roles: Collection[str]) -> list[str]:
    """Return which of ``roles`` nobody else has who can sign in: such a role cannot end (ST9)."""
    return [
        role
        for role in roles
        if role in StaffRole.values
        and person.groups.filter(name=role).exists()
        and not staff.of_role(role).exclude(pk=person.pk).exists()
    ]


def reason_of(text: str) -> str:
    """Return a reason as it is kept.

    :raises StaffRefused: for none, or a long one.
    """
    said = text.replace("\0", "").strip()
    if not 0 < len(said) <= REASON_LENGTH:
        raise StaffRefused(
            _("Give a reason of at most %(most)s signs: it is kept.") % {"most": REASON_LENGTH}
        )
    return said
