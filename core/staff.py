"""Who is staff: the one door by which somebody becomes a manager or finance, or ceases to be."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import api_keys, audit, schedules
from core.errors import DomainError
from core.models import STAFF_SCOPE, Schedule, User

ROLES = ("manager", "finance")


class UnknownRole(DomainError):
    """A role that nobody can have."""

    code = "unknown_role"


class InvalidEmail(DomainError):
    """Something that is no e-mail address."""

    code = "invalid_email"


class NotStaff(DomainError):
    """Somebody was to lose a role that they do not have."""

    code = "not_staff"


@transaction.atomic
def add(*, email: str, role: str, name: str, actor: User | None, now: datetime) -> User:
    """Give a role to the person with this address, who is made known if they are not. Repeatable.

    A new person has no password: they choose one by the page that resets it. ``name`` is for a
    new person. ``actor`` None means the shell.

    :raises UnknownRole: for any other role than manager and finance.
    :raises InvalidEmail: for a new person with no proper address.
    """
    _check(role)
    user = User.objects.filter(email__iexact=email.strip()).first() or _new(email.strip(), name)
    return give(user_id=user.pk, role=role, actor=actor, now=now)


@transaction.atomic
def remove(*, email: str, role: str, actor: User | None, now: datetime) -> User:
    """Take a role from a person, at their next click. Their account stays.

    :raises UnknownRole: for any other role than manager and finance.
    :raises NotStaff: when nobody with this address has the role.
    """
    _check(role)
    user = take(email=email, role=role, actor=actor, now=now)
    if user is None:
        raise NotStaff(
            _("Nobody with the address %(email)s has the role %(role)s.")
            % {"email": email, "role": role}
        )
    return user


@transaction.atomic
def give(*, user_id: int, role: str, actor: User | None, now: datetime, reason: str = "") -> User:
    """Give any role to a person, with its entry in the audit trail. Safe to repeat."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if not user.groups.filter(name=role).exists():
        user.groups.add(Group.objects.get_or_create(name=role)[0])
        audit.record(
            actor=actor, verb="staff.added", subject=user, at=now, reason=reason,
            data={"role": role},
        )  # fmt: skip
    return user


@transaction.atomic
def take(
    *, email: str, role: str, actor: User | None, now: datetime, reason: str = ""
) -> User | None:
    """Take any role from who has it and this address; None when nobody does.

    With the last one end their keys of programs, the reports that are mailed to them and wherever
    they are signed in: another role later does not bring them back.
    """
    rows = User.objects.select_for_update(no_key=True, of=("self",))
    user = rows.filter(email__iexact=email.strip(), groups__name=role).first()
    if user is not None:
        user.groups.remove(Group.objects.get(name=role))
        audit.record(
            actor=actor, verb="staff.removed", subject=user, at=now, reason=reason,
            data={"role": role},
        )  # fmt: skip
        if not user.is_superuser and not user.groups.filter(name__in=ROLES).exists():
            _end_access(user, actor, now)
    return user


def _end_access(user: User, actor: User | None, now: datetime) -> None:
    api_keys.revoke_all(
        owner_id=user.pk, account=None, actor_id=actor.pk if actor else None, now=now
    )
    for pk in mailed_to(user).values_list("pk", flat=True):
        schedules.stop(schedule_id=pk, because=schedules.NO_ACCESS, now=now)
    for session in UserSession.objects.filter(user=user):
        session.end()


def mailed_to(user: User) -> QuerySet[Schedule]:
    """Return the reports of the programme that are mailed to a person again and again."""
    return Schedule.objects.filter(
        person=user, view__scope=STAFF_SCOPE, stopped_at__isnull=True
    ).order_by("pk")


def everybody() -> QuerySet[User]:
    """Return whoever has a role, by address."""
    people = User.objects.filter(groups__name__in=ROLES).distinct()
    return people.prefetch_related("groups").order_by("email")


def of_role(role: str) -> QuerySet[User]:
    """Return who has a role and can sign in, the first that was made known first."""
    return User.objects.filter(groups__name=role, is_active=True).order_by("pk")


def who_answers(assignee: User | None, role: str) -> list[User]:
    """Return who is told what waits: its assignee, or whoever has ``role``.

    An assignee who lost the role, or cannot sign in any more, is told nothing.
    """
    people = list(of_role(role))
    return [one for one in people if assignee is not None and one.pk == assignee.pk] or people


def _check(role: str) -> None:
    if role not in ROLES:
        raise UnknownRole(
            _("There is no role %(role)s: choose %(roles)s.")
            % {"role": role, "roles": ", ".join(ROLES)}
        )


def _new(email: str, name: str) -> User:
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidEmail(_("%(email)s is no e-mail address.") % {"email": email}) from error
    return User.objects.create_user(email, name=name.strip())
