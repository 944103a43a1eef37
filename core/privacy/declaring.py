"""The words in which an app declares what it knows of people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Whose(models.TextChoices):
    """Whom personal data is about."""

    VISITOR = "visitor", _("Visitor")
    BUYER = "buyer", _("Buyer")
    PARTNER = "partner", _("Partner")
    CREATOR = "creator", _("Creator")
    STAFF = "staff", _("Staff")
    OTHER = "other", _("Others")


#: Those who earn.
PEOPLE = (Whose.PARTNER, Whose.CREATOR)


class Basis(models.TextChoices):
    """What lets us keep it (GDPR, article 6.1)."""

    CONSENT = "consent", _("Consent (a)")
    CONTRACT = "contract", _("Contract (b)")
    LAW = "law", _("Legal duty (c)")
    INTEREST = "interest", _("Legitimate interest (f)")


class End(models.TextChoices):
    """What becomes of the personal data when its time is over."""

    DELETE = "delete", _("Rows deleted")
    EMPTY = "empty", _("Fields emptied")
    CUT = "cut", _("Cut from the person")
    KEEP = "keep", _("Kept by law")


class OnErasure(models.TextChoices):
    """What becomes of it when the person asks to be erased."""

    DELETE = "delete", _("Deleted")
    EMPTY = "empty", _("Emptied")
    KEEP = "keep", _("Stays")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has, or had, an account here, and the affiliates that are theirs alone.

    ``user_id`` None: an affiliate for which nobody acts any more.
    """

    user_id: int | None
    accounts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one table holds of people. ``fields`` are personal; ``plain`` only look like it.

    ``person`` and ``account`` lead from a row to the user and to the affiliate that it is about.
    ``told``: what else an export shows of a row. ``secret``: personal fields that no export shows,
    such as keys. ``told_of``: conditions that rows of an export meet. ``bare_of``: by a field's
    name, its values with which a row's ``fields`` are left empty in an export: it is about others.
    """

    model: str
    whose: tuple[Whose, ...]
    fields: tuple[str, ...]
    purpose: str | Promise
    basis: Basis
    kept: str | Promise
    end: End
    rule: str = ""
    plain: tuple[str, ...] = ()
    person: str = ""
    account: str = ""
    told: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    told_of: Mapping[str, Any] = field(default_factory=dict)
    bare_of: Mapping[str, Collection[str]] = field(default_factory=dict)
    erased: OnErasure = OnErasure.KEEP
    blank: Mapping[str, Any] = field(default_factory=dict)
    stays: str | Promise = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that ends by itself. ``due`` counts what ``run`` would end now.

    ``oldest``: since when the oldest row has been kept that the rule will end one day.
    """

    key: str
    text: str | Promise
    due: Callable[[datetime], int]
    run: Callable[[datetime], int]
    oldest: Callable[[], datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """That files below ``folder`` of the storage are there because a row names them."""

    folder: str
    model: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that an app says.

    ``nothing``: tables without anything personal, and of their fields those that look like it.
    ``accounts_of``: the affiliates that are a person's alone. ``obstacles``: sentences that say why
    somebody cannot be erased yet. ``before``: what has to happen before the rows go. ``repeats``:
    by a word for whom, what erases again those whom the journal names. ``files``: whose files are
    in the storage.
    """

    holdings: Sequence[Holding] = ()
    nothing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    accounts_of: Callable[[int], tuple[int, ...]] | None = None
    obstacles: Callable[[Person], list[str]] | None = None
    before: Callable[[Person, int | None, datetime], None] | None = None
    repeats: Mapping[str, Callable[[datetime], int]] = field(default_factory=dict)
    files: Sequence[Stored] = ()


def oldest_of(rows: QuerySet[Any], moment: str) -> datetime | None:
    """Return the earliest ``moment`` of ``rows``."""
    found: datetime | None = rows.order_by(moment).values_list(moment, flat=True).first()
    return found


def rule_of_rows(
    *,
    key: str,
    text: str | Promise,
    held: Callable[[], QuerySet[Any]],
    moment: str,
    due: Callable[[datetime], QuerySet[Any]],
    run: Callable[[datetime], int],
) -> Rule:
    """Return a rule about the rows of one table: those ``held``, and those of them ``due``."""
    return Rule(
        key=key,
        text=text,
        due=lambda now: due(now).count(),
        run=run,
        oldest=lambda: oldest_of(held(), moment),
    )


def numbered(word: str) -> Concat:
    """Return an expression that is ``word`` and the row's number: unique, and of nobody."""
    return Concat(Value(word), Cast(F("pk"), CharField()), output_field=CharField())
