"""Erasing a person with an account here, or an account of nobody: previewed, then in one go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core import audit
from core.errors import DomainError
from core.models import User
from core.privacy import journal, registry
from core.privacy.declaring import Holding, OnErasure, Person
from core.privacy.tables import model_of

#: The domain is reserved: no mail ever leaves to it.
GONE_DOMAIN = "erased.invalid"


class CannotEraseYet(DomainError):
    """Something has to be settled before a person can be erased."""

    code = "cannot_erase_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What becomes of one table's rows about somebody: how many, what, and why they stay."""

    table: str
    rows: int
    end: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would happen, and what is in the way of it."""

    parts: list[Part]
    obstacles: list[str]

    @property
    def going(self) -> list[Part]:
        """What is deleted or emptied."""
        return [part for part in self.parts if part.end != OnErasure.KEEP]

    @property
    def staying(self) -> list[Part]:
        """What stays, each with its reason."""
        return [part for part in self.parts if part.end == OnErasure.KEEP]


def preview(person: Person) -> Preview:
    """Return what erasing somebody would do, for the team. Nothing is changed."""
    parts = [_part(holding, rows.count()) for holding, rows in _found(person)]
    return Preview(parts=[part for part in parts if part.rows], obstacles=obstacles(person))


def told(person: Person) -> list[Part]:
    """Return what is held of somebody, for themselves: without what is not decided yet (PV12)."""
    parts = [
        _part(holding, rows.filter(**holding.told_of).count()) for holding, rows in _found(person)
    ]
    return [part for part in parts if part.rows]


def obstacles(person: Person) -> list[str]:
    """Return sentences that say why somebody cannot be erased yet."""
    found: list[str] = []
    for one in registry.declared():
        if one.obstacles is not None:
            found += one.obstacles(person)
    return found


@transaction.atomic
def erase(
    person: Person, *, actor_id: int | None, now: datetime, is_repeated: bool = False
) -> list[dict[str, Any]]:
    """Erase somebody; return what went and what stays, by table. Safe to repeat.

    Money, what was signed and the audit trail are not touched: they name a number whose person is
    gone. ``is_repeated``: somebody was erased before, and came back with a backup; nothing is in
    the way of it then.

    :raises CannotEraseYet: while something has to be settled first.
    """
    user = None
    if person.user_id is not None:
        user = User.objects.select_for_update().get(pk=person.user_id)
        if user.erased_at is not None:
            return []
    in_the_way = obstacles(person)
    if in_the_way and not is_repeated:
        raise CannotEraseYet(" ".join(in_the_way))
    for one in registry.declared():
        if one.before is not None:
            one.before(person, actor_id, now)
    parts = [_end(holding, rows) for holding, rows in _found(person)]
    if user is not None:
        _entomb(user, now)
        journal.note(journal.PERSON, [journal.key_of_user(user)], now=now)
        audit.record(actor=actor_id, verb="person.erased", subject=user, at=now,
                     data={"accounts": list(person.accounts)})  # fmt: skip
    return [asdict(part) for part in parts if part.rows]


def repeat(*, now: datetime) -> int:
    """Erase once more whoever the journal names and the database knows; return how many."""
    keys = journal.keys(journal.PERSON)
    if not keys:
        return 0
    again = [
        user.pk
        for user in User.objects.filter(erased_at__isnull=True).order_by("pk").iterator()
        if journal.key_of_user(user) in keys
    ]
    for pk in again:
        erase(registry.person_of(pk), actor_id=None, now=now, is_repeated=True)
    return len(again)


def rows_of(holding: Holding, person: Person) -> QuerySet[Any] | None:
    """Return the rows of a table that are about somebody; None where nothing leads to them."""
    about = Q()
    if holding.person and person.user_id is not None:
        about |= Q(**{holding.person: person.user_id})
    if holding.account and person.accounts:
        about |= Q(**{f"{holding.account}__in": person.accounts})
    if not about:
        return None
    return model_of(holding.model)._default_manager.filter(about)


def _found(person: Person) -> Iterator[tuple[Holding, QuerySet[Any]]]:
    for holding in registry.holdings():
        rows = rows_of(holding, person)
        if rows is not None:
            yield holding, rows


def _end(holding: Holding, rows: QuerySet[Any]) -> Part:
    # Keys first: what is emptied may no longer be found by what led to it.
    keys = list(rows.values_list("pk", flat=True))
    mine = model_of(holding.model)._default_manager.filter(pk__in=keys)
    if holding.erased == OnErasure.DELETE:
        mine.delete()
    elif holding.erased == OnErasure.EMPTY:
        mine.update(**holding.blank)
    return _part(holding, len(keys))


def _part(holding: Holding, rows: int) -> Part:
    return Part(
        table=holding.model,
        rows=rows,
        end=str(holding.erased),
        why=str(holding.stays),
    )


def _entomb(user: User, now: datetime) -> None:
    """Leave of a person the number that the books and the trail name."""
    user.email, user.name = f"erased-{user.pk}@{GONE_DOMAIN}", ""
    user.is_active, user.is_staff, user.is_superuser = False, False, False
    user.erased_at, user.last_login = now, None
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
