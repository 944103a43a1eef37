"""Whom samples of mails are about: people and accounts that are made up and nowhere kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from affiliates.models import Affiliate, AffiliateKind
from core.models import User
from core.money import Money
from shop.models import Shop

#: The number of whatever is made up: rows begin at 1, so that nothing real is found by it.
NOBODY = 0
CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Scene:
    """Who reads the samples, and when."""

    reader: User
    now: datetime

    def ago(self, days: int) -> datetime:
        """Return the moment ``days`` days before now."""
        return self.now - timedelta(days=days)

    def ahead(self, days: int) -> datetime:
        """Return the moment ``days`` days from now."""
        return self.now + timedelta(days=days)

    def day(self, ahead: int) -> date:
        """Return the day ``ahead`` days from today."""
        return self.ahead(ahead).date()


Sample = Callable[[Scene], None]


def blog() -> Affiliate:
    """Return an affiliate who writes a blog."""
    return Affiliate(pk=NOBODY, name="Le Carnet d’Ada", kind=AffiliateKind.CONTENT)


def creator() -> Affiliate:
    """Return an influencer."""
    return Affiliate(pk=NOBODY, name="Inès Moreau", kind=AffiliateKind.INFLUENCER)


def person() -> User:
    """Return somebody who acts for an affiliate."""
    return User(pk=NOBODY, name="Ada Blanchet", email="ada@example.com")


def colleague() -> User:
    """Return another one."""
    return User(pk=NOBODY, name="Nadia Benali", email="nadia@example.com")


def shop() -> Shop:
    """Return a shop."""
    return Shop(pk=NOBODY, code="fr", name="La boutique", currency=CURRENCY)


def euros(minor: int) -> Money:
    """Return an amount of ``minor`` cents."""
    return Money(minor, CURRENCY)
