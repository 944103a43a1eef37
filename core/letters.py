"""Letters: mails to people, each in their language and greeted by name, once for a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from core.deliveries import queue_mail
from core.models import User
from core.nudge import nudge
from core.tasks import send_deliveries


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as its reader gets it."""

    subject: str
    body: str


def paragraphs(name: str, said: Iterable[str]) -> str:
    """Return the body of a mail to ``name``, in the active language, without what is empty."""
    return "\n\n".join([_("Hello %(name)s,") % {"name": name}, *filter(None, said)])


def send(people: Iterable[User], key: str, write: Callable[[User], Letter], now: datetime) -> None:
    """Send each what ``write`` gives in their language. Safe to repeat with one ``key``."""
    for person in people:
        _queue(person.email, f"{key}:{person.pk}", person, write, now)
    nudge(send_deliveries)


def send_to(
    address: str, key: str, person: User, write: Callable[[User], Letter], now: datetime
) -> None:
    """Send a person a letter to one of their addresses. Safe to repeat with one ``key``."""
    _queue(address, key, person, write, now)
    nudge(send_deliveries)


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
) -> None:
    """Send everybody the same in their language. Safe to repeat with one ``key``."""
    send(people, key, saying(subject, said), now)


def _queue(
    address: str, key: str, person: User, write: Callable[[User], Letter], now: datetime
) -> None:
    with translation.override(person.language):
        letter = write(person)
    queue_mail(key=key, recipient=address, subject=letter.subject, body=letter.body, now=now)
