"""Letters: mails to people, each in their language and greeted by name, once for a key.

Beside the mail stands a notification in the portal. Which of the two a person gets, and when, is
theirs to choose for each kind; what is locked is mailed at once (docs/rules/letters.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from core.deliveries import one_line
from core.domain.letter_hours import after_quiet
from core.letter_kinds import Kind, Mail, kind_of
from core.models import Delivery, LetterChoice, LetterHours, Notification, User
from core.nudge import nudge
from core.own_addresses import own_path
from core.shown_letters import Showing, Shown, now_shown

_SUMMARIES = (Mail.DAILY, Mail.WEEKLY)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as its reader gets it."""

    subject: str
    body: str


Write = Callable[[User], Letter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A letter on its way: to whom, where, once for which key, and how it is written."""

    person: User
    address: str
    key: str
    write: Write

    @property
    def is_own(self) -> bool:
        """Tell whether the address is the one its reader signs in with."""
        return self.address.lower() == self.person.email.lower()


@dataclass(frozen=True, slots=True)
class _Wish:
    """How a person wants a kind, and when their mail may leave."""

    mail: str
    in_app: bool
    leaves_at: datetime


def paragraphs(name: str, said: Iterable[str]) -> str:
    """Return the body of a mail to ``name``, in the active language, without what is empty."""
    return "\n\n".join([_("Hello %(name)s,") % {"name": name}, *filter(None, said)])


def send(people: Iterable[User], key: str, write: Write, now: datetime, *, kind: str) -> None:
    """Send each what ``write`` gives in their language. Safe to repeat with one ``key``.

    ``kind`` is one of ``core.letter_kinds``.
    """
    showing = now_shown()
    letters = [
        Addressed(person=one, address=one.email, key=f"{key}:{one.pk}", write=write)
        for one in (people if showing is None else [showing.reader])
    ]
    send_each(letters, now, kind=kind)


def send_to(
    address: str, key: str, person: User, write: Write, now: datetime, *, kind: str
) -> None:
    """Send a person a letter to one of their addresses. Safe to repeat with one ``key``.

    Only a letter to the address that they sign in with is noted in the portal too.
    """
    send_each([Addressed(person=person, address=address, key=key, write=write)], now, kind=kind)


def saying(
    subject: Callable[[], str], said: Callable[[], Iterable[str]]
) -> Callable[[User], Letter]:
    """Return how a letter is written that says the same to everybody, each by their name."""
    return lambda person: Letter(subject(), paragraphs(person.get_short_name(), said()))


def tell(
    people: Iterable[User],
    key: str,
    now: datetime,
    subject: Callable[[], str],
    said: Callable[[], Iterable[str]],
    *,
    kind: str,
) -> None:
    """Send everybody the same in their language. Safe to repeat with one ``key``."""
    send(people, key, saying(subject, said), now, kind=kind)


def send_each(letters: Sequence[Addressed], now: datetime, *, kind: str) -> None:
    """Send letters that are written each in its own way. Safe to repeat with the same keys.

    Who cannot sign in any more is written to no more.
    """
    if (showing := now_shown()) is not None:
        _show(letters, showing, kind=kind)
        return
    known, of = _known([one.key for one in letters]), kind_of(kind)
    fresh = [one for one in letters if one.person.is_active and one.key not in known]
    if not fresh:
        return
    wishes = _wishes({one.person.pk: one.person for one in fresh}, of, now)
    notes, mails = [], []
    for one in fresh:
        with translation.override(one.person.language):
            letter = one.write(one.person)
        wish = wishes[one.person.pk]
        if one.is_own:
            notes.append(_note(one, letter, of, wish, now))
        if wish.mail == Mail.AT_ONCE or not one.is_own:
            mails.append(_mail(one, letter, of, wish, now))
    Notification.objects.bulk_create(notes, ignore_conflicts=True, batch_size=500)
    Delivery.objects.bulk_create(mails, ignore_conflicts=True, batch_size=500)
    if mails:
        nudge("core.tasks.send_deliveries")


def _show(letters: Sequence[Addressed], showing: Showing, *, kind: str) -> None:
    """Keep letters for whoever looks at them, and store nothing."""
    for one in letters:
        with translation.override(showing.reader.language):
            letter = one.write(showing.reader)
        subject = one_line(letter.subject)
        showing.letters.append(Shown(kind_of(kind).key, subject, letter.body))


def _known(keys: Sequence[str]) -> set[str]:
    """Return the keys that were told already: what was chosen then stands."""
    return set(Notification.objects.filter(key__in=keys).values_list("key", flat=True))


def _wishes(people: dict[int, User], kind: Kind, now: datetime) -> dict[int, _Wish]:
    chosen = {
        one.person_id: one for one in LetterChoice.objects.filter(person__in=people, kind=kind.key)
    }
    hours = {one.person_id: one for one in LetterHours.objects.filter(person__in=people)}
    return {
        pk: _wish(person, kind, chosen.get(pk), hours.get(pk), now) for pk, person in people.items()
    }


def _wish(
    person: User,
    kind: Kind,
    chosen: LetterChoice | None,
    hours: LetterHours | None,
    now: datetime,
) -> _Wish:
    in_app = chosen.in_app if chosen is not None else kind.in_app
    if kind.is_locked:
        return _Wish(Mail.AT_ONCE, in_app, now)
    leaves_at = now
    if hours is not None:
        zone = ZoneInfo(person.time_zone)
        leaves_at = after_quiet(now, zone, hours.quiet_from, hours.quiet_until)
    return _Wish(chosen.mail if chosen is not None else kind.mail, in_app, leaves_at)


def _note(one: Addressed, letter: Letter, kind: Kind, wish: _Wish, now: datetime) -> Notification:
    return Notification(
        person=one.person,
        key=one.key,
        kind=kind.key,
        category=kind.category,
        at=now,
        title=one_line(letter.subject),
        body=letter.body,
        path=own_path(letter.body),
        is_shown=wish.in_app,
        digest=wish.mail if wish.mail in _SUMMARIES else "",
    )


def _mail(one: Addressed, letter: Letter, kind: Kind, wish: _Wish, now: datetime) -> Delivery:
    return Delivery(
        key=one.key,
        kind=kind.key,
        person=one.person,
        language=one.person.language,
        recipient=one.address,
        subject=one_line(letter.subject),
        body=letter.body,
        status_changed_at=now,
        next_attempt_at=wish.leaves_at,
    )
