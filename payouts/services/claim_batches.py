"""Many claims from a file: every line is tried first, and all are made or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import DomainError
from payouts.models import Claim
from payouts.services.claim_evidence import Evidence, gather
from payouts.services.claim_rules import (
    AlreadyClaimed,
    Wanted,
    allow,
    check_count,
    same_twice,
)
from payouts.services.claims import open_already, open_many


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a file, by its number there."""

    number: int
    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult:
    """What a line would become: a claim with its evidence, or a refusal.

    ``is_there``: the same claim is open already, so nothing is made of the line.
    """

    line: Line
    evidence: Evidence | None = None
    is_there: bool = False
    refusal: DomainError | None = None


def rehearse(lines: Sequence[Line], *, now: datetime) -> list[LineResult]:
    """Return what each line of one affiliate's file would become. Nothing is written (CL14)."""
    twice = same_twice([line.wanted for line in lines])
    results = [_try(line, is_twice=place in twice, now=now) for place, line in enumerate(lines)]
    new = [one for one in results if not one.is_there and one.refusal is None]
    if new:
        try:
            check_count(lines[0].wanted.affiliate_id, len(new), now=now)
        except DomainError as refusal:
            return [
                LineResult(line=one.line, refusal=refusal) if one in new else one for one in results
            ]
    return results


def bring_in(
    lines: Sequence[Line], *, actor_id: int, now: datetime
) -> tuple[list[Claim], list[Claim]]:
    """Make every line a claim, or none; return those made, and those that were there. Repeatable.

    :raises ClaimRefused: for the first line that cannot be one.
    """
    if same_twice([line.wanted for line in lines]):
        raise _twice()
    return open_many([line.wanted for line in lines], actor_id=actor_id, now=now)


def _try(line: Line, *, is_twice: bool, now: datetime) -> LineResult:
    try:
        if is_twice:
            raise _twice()
        allowed = allow(line.wanted, now=now)
        if open_already(allowed) is not None:
            return LineResult(line=line, is_there=True)
        evidence = gather(allowed.claim, allowed.order, now=now)
    except DomainError as refusal:
        return LineResult(line=line, refusal=refusal)
    return LineResult(line=line, evidence=evidence)


def _twice() -> AlreadyClaimed:
    return AlreadyClaimed(_("Two lines claim this order: leave one of them out."))
