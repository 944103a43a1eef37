"""What a kind of letter is: who gets it, how it reaches them, and whether they may refuse it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Audience(StrEnum):
    """Whom letters of a kind go to."""

    PARTNER = "partner"
    CREATOR = "creator"
    MANAGER = "manager"
    FINANCE = "finance"
    EVERYBODY = "everybody"


class Category(TextChoices):
    """What a letter is about: people switch letters off, and filter notifications, by it."""

    MONEY = "money", _("Money")
    SECURITY = "security", _("Security")
    SALES = "sales", _("Sales")
    LOOKS = "looks", _("Looks and campaigns")
    PROGRAMME = "programme", _("The programme")
    DIGEST = "digest", _("Summaries")


class Mail(TextChoices):
    """When the mail of a kind goes out."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("In the daily mail")
    WEEKLY = "weekly", _("In the weekly mail")
    OFF = "off", _("No e-mail")


class Lock(StrEnum):
    """Why the mail of a kind cannot be switched off."""

    MONEY = "money"
    SECURITY = "security"
    TERMS = "terms"
    ANSWER = "answer"


LOCK_WORDS: dict[Lock, Promise] = {
    Lock.MONEY: _("Always sent: it is about your money."),
    Lock.SECURITY: _("Always sent: it shows you when somebody else uses your account."),
    Lock.TERMS: _("Always sent: what you agreed on, or a decision about you, is told in writing."),
    Lock.ANSWER: _("Always sent: it answers what you asked for."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of letter. ``about`` says in a sentence when it is sent.

    ``is_mail_alone``: it is never noted in the portal, and there is nothing to choose.
    """

    key: str
    words: Text
    about: Text
    audience: Audience
    category: Category
    lock: Lock | None = None
    mail: Mail = Mail.AT_ONCE
    is_mail_alone: bool = False

    @property
    def is_locked(self) -> bool:
        """Tell whether the mail is always sent, at once."""
        return self.lock is not None

    @property
    def in_app(self) -> bool:
        """Tell whether it is noted in the portal, if nothing was chosen: a summary is not."""
        return self.category != Category.DIGEST and not self.is_mail_alone

    @property
    def choices(self) -> tuple[Mail, ...]:
        """Return when its mail may go out; a summary waits for no other summary."""
        if self.is_locked:
            return (Mail.AT_ONCE,)
        if self.category == Category.DIGEST:
            return (Mail.AT_ONCE, Mail.OFF)
        return tuple(Mail)


def kind(
    key: str,
    words: Text,
    about: Text,
    audience: Audience,
    category: Category,
    lock: Lock | None = None,
    mail: Mail = Mail.AT_ONCE,
    *,
    is_mail_alone: bool = False,
) -> Kind:
    """Return a kind; the catalogue is read like a table."""
    return Kind(
        key=key,
        words=words,
        about=about,
        audience=audience,
        category=category,
        lock=lock,
        mail=mail,
        is_mail_alone=is_mail_alone,
    )
