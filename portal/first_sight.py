"""What stands on a partner's home only when there is something, and how far the first steps are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from affiliates.models import Affiliate, DraftStatus, TermsDraft
from core.models import User
from fraud.models import Case, CaseStatus, Sanction, SanctionStatus
from payouts.models import Claim, ClaimStatus
from portal import beginning
from shop.models import BandPeriod


@dataclass(frozen=True, slots=True)
class Sight:
    """What an account should know at first sight.

    ``done``: the facts of the first steps. ``claims_asked`` and ``asked``: claims and cases with a
    question to it; ``answer_by`` is the first day of the latter, ``open`` are the other cases.
    ``has_bands``: margin bands are published that have not begun.
    """

    done: dict[str, bool]
    claims_asked: int
    asked: int
    answer_by: datetime | None
    open: int
    is_stopped: bool
    has_offers: bool
    has_bands: bool


def sight_of(affiliate: Affiliate, user: User, now: datetime) -> Sight:
    """Return what ``affiliate`` and its person ``user`` read first. One query."""
    steps = beginning.facts(affiliate, user)
    cases = Case.objects.filter(affiliate=OuterRef("pk"), status=CaseStatus.OPEN)
    asked = cases.filter(answer_due_at__isnull=False)
    claims = Claim.objects.filter(affiliate=OuterRef("pk"), status=ClaimStatus.QUESTION)
    in_force = Sanction.objects.filter(affiliate=OuterRef("pk"), status=SanctionStatus.IN_FORCE)
    offered = TermsDraft.objects.filter(affiliate=OuterRef("pk"), status=DraftStatus.OFFERED)
    rows = Affiliate.objects.filter(pk=affiliate.pk).values(
        **steps,
        claims_asked=_number(claims),
        asked=_number(asked),
        answer_by=Subquery(asked.order_by("answer_due_at").values("answer_due_at")[:1]),
        open=_number(cases.filter(answer_due_at__isnull=True)),
        is_stopped=Exists(in_force),
        has_offers=Exists(offered),
        has_bands=Exists(BandPeriod.objects.filter(valid_from__gt=now)),
    )
    found: dict[str, Any] = {**rows.get()}
    done = {name: bool(found.pop(name)) for name in steps}
    return Sight(done, **found)


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("affiliate").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)
