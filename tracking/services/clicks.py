"""Recording landings without a spool: what the demo's past and tests are made with.

Visitors' landings come through the spool (``tracking.spool``) and ``services.shipping``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction

from tracking.domain.references import new_reference
from tracking.domain.spool_line import click_line, count_line, microseconds
from tracking.services import tallies
from tracking.services.shipping import store


class _Link(Protocol):
    @property
    def pk(self) -> int: ...
    @property
    def affiliate_id(self) -> int: ...
    @property
    def sub_id(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Somebody who came through ``link``. ``visitor`` is made where there is consent but none."""

    link: _Link
    consent: bool
    navigation: str
    referrer_host: str
    at: datetime
    visitor: str = ""
    facts: int = 0
    surface: str = ""


def record(
    *, link: _Link, consent: bool, navigation: str, referrer_host: str, now: datetime
) -> str | None:
    """Record one landing through ``link``; return the visitor's reference, or None without consent.

    The reference is 128 random bits and says nothing. Without consent nothing is kept that could
    tell one visitor from another: the hour's count grows by one.
    """
    landing = Landing(
        link=link, consent=consent, navigation=navigation, referrer_host=referrer_host, at=now
    )
    return record_many([landing], now=now)[0]


@transaction.atomic
def record_many(landings: Iterable[Landing], *, now: datetime) -> list[str | None]:
    """Record landings as the shipper would; return their references, None without consent.

    :raises ValueError: when one of them says something that no landing can say.
    """
    lines, references = [], []
    for landing in landings:
        line, reference = _line(landing)
        lines.append(line)
        references.append(reference)
    _store(lines, now)
    return references


def _line(landing: Landing) -> tuple[bytes, str | None]:
    link, at_us = landing.link, microseconds(landing.at)
    if not landing.consent:
        hour = at_us // 3_600_000_000 * 3_600
        host = landing.referrer_host
        return count_line(hour, link.pk, link.affiliate_id, str(landing.navigation), host), None
    reference = landing.visitor or new_reference()
    line = click_line(
        at_us, link.pk, link.affiliate_id, reference, str(landing.navigation), landing.facts,
        landing.referrer_host, 0, 0, "", None, link.sub_id, landing.surface,
    )  # fmt: skip
    return line, reference


def _store(lines: Sequence[bytes], now: datetime) -> None:
    stored = store(lines, now)
    if stored.rejects:
        reject = stored.rejects[0]
        raise ValueError(f"No landing says {lines[reject.index]!r}: {reject.reason}")
    tallies.recorded(clicks=stored.clicks, counts=stored.counts, events=stored.events)
