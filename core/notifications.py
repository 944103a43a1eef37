"""What a person was told, as they find it in the portal, and how they choose to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.letter_kinds import KINDS, Category, Kind, Mail
from core.models import LetterChoice, LetterHours, Notification, User

#: Notifications older than this are deleted: whoever wants to know looks at the thing itself.
KEPT = timedelta(days=400)


class ChoiceRefused(DomainError):
    """A choice that the kind of letter does not leave."""

    code = "choice_refused"


class HoursRefused(DomainError):
    """Quiet hours with one end, or a place whose clock is not known."""

    code = "hours_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """How a person wants letters of a kind: when by mail, and whether in the portal."""

    kind: Kind
    mail: str
    in_app: bool


def of_person(person: User, *, category: str = "", unread: bool = False) -> QuerySet[Notification]:
    """Return what a person was told and wants to find in the portal, newest first."""
    rows = Notification.objects.filter(person=person).shown().order_by("-at", "-pk")
    if category in Category.values:
        rows = rows.filter(category=category)
    return rows.unread() if unread else rows


def unread_count(person: User, *, most: int = 100) -> int:
    """Return how many notifications a person has not read; counting ends at ``most``."""
    return Notification.objects.filter(person=person).unread()[:most].count()


def read(person: User, *, pk: int, now: datetime) -> Notification | None:
    """Note that a person read one of theirs; None when it is not theirs. Safe to repeat."""
    found = Notification.objects.filter(person=person, pk=pk).first()
    if found is not None and found.read_at is None:
        Notification.objects.filter(pk=pk, read_at__isnull=True).update(read_at=now)
    return found


def read_all(person: User, *, until: int, category: str = "", now: datetime) -> int:
    """Note that a person read all of theirs up to number ``until``, which is what they saw."""
    rows = Notification.objects.filter(person=person, pk__lte=until).unread()
    if category in Category.values:
        rows = rows.filter(category=category)
    return rows.update(read_at=now)


def chosen(person: User, kinds: Iterable[Kind]) -> list[Chosen]:
    """Return how a person wants each of the kinds."""
    rows = {one.kind: one for one in LetterChoice.objects.filter(person=person)}
    found = []
    for kind in kinds:
        row = rows.get(kind.key)
        mail = row.mail if row is not None and row.mail in kind.choices else kind.mail
        in_app = row.in_app if row is not None else kind.in_app
        found.append(Chosen(kind=kind, mail=str(mail), in_app=in_app))
    return found


@transaction.atomic
def choose(*, person_id: int, choices: Mapping[str, tuple[str, bool]]) -> None:
    """Keep how a person wants letters: by kind, when by mail and whether in the portal.

    What went out before stays as it was. Safe to repeat.

    :raises ChoiceRefused: for a kind nobody knows, or a choice that it does not leave.
    """
    for key, (mail, _in_app) in choices.items():
        kind = KINDS.get(key)
        if kind is None or mail not in kind.choices:
            raise ChoiceRefused(_("This mail cannot be sent like that: choose one of the list."))
    for key, (mail, in_app) in choices.items():
        LetterChoice.objects.update_or_create(
            person_id=person_id, kind=key, defaults={"mail": mail, "in_app": in_app}
        )


@transaction.atomic
def keep_hours(
    *,
    person_id: int,
    quiet_from: time | None,
    quiet_until: time | None,
    digest_at: time,
    time_zone: str,
) -> LetterHours:
    """Keep when a person is left alone, and when they read their daily mail. Safe to repeat.

    :raises HoursRefused: for quiet hours with one end, or a time zone nobody knows.
    """
    if (quiet_from is None) != (quiet_until is None):
        raise HoursRefused(_("Quiet hours have a beginning and an end."))
    if time_zone not in available_timezones():
        raise HoursRefused(_("Choose a time zone of the list."))
    User.objects.filter(pk=person_id).update(time_zone=time_zone)
    made, _created = LetterHours.objects.update_or_create(
        person_id=person_id,
        defaults={"quiet_from": quiet_from, "quiet_until": quiet_until, "digest_at": digest_at},
    )
    return made


def stoppable(category: Category) -> list[Kind]:
    """Return the kinds of a category whose mails may be switched off."""
    return [one for one in KINDS.values() if one.category == category and not one.is_locked]


def is_stopped(person: User, category: Category) -> bool:
    """Tell whether a person gets no mail of a category that may be switched off."""
    return all(one.mail == Mail.OFF for one in chosen(person, stoppable(category)))


def stop(*, person_id: int, category: Category) -> None:
    """Send a person no more mails of a category, but for what is locked. Safe to repeat."""
    _set(person_id, {one.key: Mail.OFF for one in stoppable(category)})


def start(*, person_id: int, category: Category) -> None:
    """Send a person the mails of a category again, as their kinds say. Safe to repeat."""
    _set(person_id, {one.key: one.mail for one in stoppable(category)})


def forget(*, now: datetime, limit: int = 10_000) -> int:
    """Delete notifications that are older than they are kept; return how many."""
    old = Notification.objects.filter(at__lt=now - KEPT).order_by("pk").values_list("pk")[:limit]
    deleted, _by_model = Notification.objects.filter(pk__in=old).delete()
    return deleted


@transaction.atomic
def _set(person_id: int, mails: Mapping[str, Mail]) -> None:
    for key, mail in mails.items():
        LetterChoice.objects.update_or_create(
            person_id=person_id,
            kind=key,
            defaults={"mail": mail},
            create_defaults={"mail": mail, "in_app": KINDS[key].in_app},
        )


def seen_by(roles: Collection[str]) -> list[Kind]:
    """Return the kinds that somebody of these audiences gets, in the order of the catalogue.

    Those of which nothing can be chosen are not among them.
    """
    wanted = {*roles, "everybody"}
    return [one for one in KINDS.values() if one.audience.value in wanted and not one.is_mail_alone]
