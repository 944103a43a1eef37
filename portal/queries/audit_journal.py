"""The audit trail as a whole: filtered, in pages, and in words; and whether its chain holds.

What would tell a cost, a margin or a bank account is left out here, whoever reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core.models import AuditEntry, User
from payouts.models import LedgerCheck
from portal.queries.staff_journal import WORDS, verb_label

LEFT_OUT = "•••"
#: Words in the name of a value that could tell a cost, a margin, a bank account or a secret.
_SECRET = re.compile(
    r"cost|margin|band|factor|iban|bic|last4|account|holder|legal_name|secret|token|password|hash"
    r"|phone|address$|postcode|town|tax|vat|birth",
)
#: Amounts of pay tell the margin of whom is paid a share of it: they stand on their own pages.
_AMOUNT = re.compile(r"_minor$|^amount|^total|^value|_bps$|^rate")
_ABOUT_COSTS = {"cost", "costs", "band"}
_CHAIN = {"audit chain", "audit trail"}
_MOST_PEOPLE = 200
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for; empty texts look for everything."""

    who: str = ""
    verb: str = ""
    kind: str = ""
    subject: str = ""
    request: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_narrowed(self) -> bool:
        return any((self.who, self.verb, self.kind, self.subject, self.request, self.since,
                    self.until))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after; for what did not change only ``after`` is said."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words."""

    entry: AuditEntry
    label: str
    actor: str
    subject: str
    href: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Chain:
    """What the last check of the whole chain found; ``checked_at`` None: never checked."""

    checked_at: datetime | None
    broken: list[str]


def entries(wanted: Filters) -> QuerySet[AuditEntry]:
    """Return what is looked for, with its people."""
    found = AuditEntry.objects.select_related("actor")
    if wanted.who:
        found = found.filter(actor__in=_people(wanted.who))
    if wanted.since:
        found = found.filter(at__gte=wanted.since)
    if wanted.until:
        found = found.filter(at__lt=wanted.until)
    exact = {
        "verb": wanted.verb,
        "subject_type": wanted.kind,
        "subject_id": wanted.subject,
        "request_id": wanted.request,
    }
    return found.filter(**{name: value for name, value in exact.items() if value})


def lines(found: Iterable[AuditEntry]) -> list[Line]:
    """Return entries in words, with the names of accounts and people, in two queries."""
    rows = list(found)
    names = _names(rows)
    return [
        Line(
            entry=one,
            label=verb_label(one.verb),
            actor=str(one.actor) if one.actor else _("System"),
            subject=names.get((one.subject_type, one.subject_id)) or _subject(one),
            href=_href(one, names),
            changes=changes(one),
        )
        for one in rows
    ]


def changes(entry: AuditEntry) -> list[Change]:
    """Return what an entry says of values, before and after, without what is left out."""
    data = dict(entry.data)
    if entry.verb.endswith("costs_viewed") or entry.verb.partition(".")[0] in _ABOUT_COSTS:
        return []
    before, after = data.pop("before", None), data.pop("after", None)
    said = list(_compared(before, after)) if before is not None or after is not None else []
    return said + [Change(name, "", _said(name, value)) for name, value in data.items()]


def chain() -> Chain:
    """Return the state of the chain by the last check, which a task makes every night."""
    last = LedgerCheck.objects.order_by("-at", "-pk").first()
    if last is None:
        return Chain(None, [])
    broken = [one["subject"] for one in last.differences if one.get("check") in _CHAIN]
    return Chain(last.at, broken)


def verbs() -> list[tuple[str, str]]:
    """Return every verb with its words, by the words."""
    return sorted(((verb, str(words[0])) for verb, words in WORDS.items()), key=lambda one: one[1])


def kinds() -> list[tuple[str, str]]:
    """Return every kind of thing that can be a subject, with its name, by the name."""
    return sorted(
        ((model._meta.label_lower, _kind(model._meta.label_lower)) for model in apps.get_models()),
        key=lambda one: one[1],
    )


def rows_of_file(found: QuerySet[AuditEntry], most: int) -> Iterator[tuple[Any, ...]]:
    """Yield entries for a spreadsheet, the last first, with the same left out as on the page."""
    for one in found.order_by("-at", "-pk")[:most].iterator(chunk_size=500):
        said = "; ".join(f"{c.name}: {c.before} → {c.after}" if c.before else f"{c.name}: {c.after}"
                         for c in changes(one))  # fmt: skip
        yield (
            one.pk, one.at.isoformat(), one.actor.email if one.actor else "", one.verb,
            one.subject_type, one.subject_id, one.reason, said, one.request_id, one.hash,
        )  # fmt: skip


def _compared(before: Any, after: Any) -> Iterator[Change]:
    if not isinstance(before, dict) and not isinstance(after, dict):
        yield Change(_("value"), _said("", before), _said("", after))
        return
    old, new = (one if isinstance(one, dict) else {} for one in (before, after))
    for name in sorted(name for name in old | new if old.get(name) != new.get(name)):
        yield Change(name, _said(name, old.get(name)), _said(name, new.get(name)))


def _said(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if _SECRET.search(name) or _AMOUNT.search(name):
        return LEFT_OUT
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_said(key, inner)}" for key, inner in value.items())[:_LONGEST]
    if isinstance(value, list):
        return ", ".join(_said(name, inner) for inner in value)[:_LONGEST]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)[:_LONGEST]


def _people(text: str) -> list[int]:
    found = User.objects.filter(Q(email__icontains=text) | Q(name__icontains=text))
    return list(found.order_by("pk").values_list("pk", flat=True)[:_MOST_PEOPLE])


def _names(rows: list[AuditEntry]) -> dict[tuple[str, str], str]:
    ids: dict[str, set[str]] = {"affiliates.affiliate": set(), "core.user": set()}
    for one in rows:
        if one.subject_type in ids:
            ids[one.subject_type].add(one.subject_id)
    accounts = Affiliate.objects.filter(pk__in=ids["affiliates.affiliate"])
    people = User.objects.filter(pk__in=ids["core.user"])
    names = {("affiliates.affiliate", str(one.pk)): one.name for one in accounts}
    hrefs = {("href", str(one.pk)): str(one.public_id) for one in accounts}
    return names | hrefs | {("core.user", str(one.pk)): str(one) for one in people}


def _href(entry: AuditEntry, names: dict[tuple[str, str], str]) -> str:
    public_id = names.get(("href", entry.subject_id))
    if entry.subject_type == "affiliates.affiliate" and public_id:
        return reverse("portal:affiliate-detail", args=[public_id])
    return ""


def _subject(entry: AuditEntry) -> str:
    return f"{_kind(entry.subject_type)} {entry.subject_id}"


def _kind(label: str) -> str:
    try:
        return str(capfirst(apps.get_model(label)._meta.verbose_name))
    except LookupError:
        return label
