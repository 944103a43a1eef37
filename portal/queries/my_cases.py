"""What an affiliate may know of a case: sentences, counts and sales; nothing of any visitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from fraud.models import (
    Case,
    CaseStatus,
    Observation,
    Severity,
    Signal,
)
from portal.sale_references import sale_reference
from portal.signal_language import clears_sentence, told_sentence
from tracking.models import Credit

MOST_SALES = 50
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What one signal comes to for the affiliate: the sentence, how often, three dated examples."""

    sentence: str
    clears: str
    sales: int
    examples: list[datetime]


@dataclass(frozen=True, slots=True)
class TheirSale:
    """A sale of a case, as the affiliate knows it."""

    reference: str
    placed_at: datetime
    ruling: str
    href: str


def told_of(case: Case) -> list[Told]:
    """Return what the affiliate reads of the signals of a case; what is only counted is left out.

    A sentence is that of the newest finding.
    """
    found = [
        *_of_sales(
            Signal.objects.filter(screening__credit__case_credits__case=case, family=case.family)
        ),
    ]
    observed = Observation.objects.filter(
        affiliate=case.affiliate_id,
        family=case.family,
        is_shadow=False,
        first_seen_at__lte=case.last_seen_at,
    ).exclude(severity=Severity.INFO)
    for one in observed.order_by("code", "-last_seen_at").distinct("code"):
        sentence = told_sentence(one.code, one.evidence)
        if sentence:
            found.append(Told(sentence, clears_sentence(one.code), 0, []))
    return found


def told_of_credit(credit: Credit) -> list[Told]:
    """Return what the affiliate reads of the signals that refuse or hold one sale."""
    heavy = [Severity.REFUSE, Severity.HOLD]
    return _of_sales(Signal.objects.filter(screening__credit=credit, severity__in=heavy))


def case_of(credit: Credit) -> Case | None:
    """Return the case that a sale is in, the one that is open or else the newest."""
    rows = Case.objects.filter(credits__credit=credit).order_by("-opened_at", "-pk")
    return min(rows, key=lambda case: case.status != CaseStatus.OPEN, default=None)


def their_sales(case: Case) -> list[TheirSale]:
    """Return the newest sales of a case."""
    rows = case.credits.select_related("credit__order").order_by("-credit__order__placed_at", "-pk")
    return [
        TheirSale(
            reference=sale_reference(row.credit_id),
            placed_at=row.credit.order.placed_at,
            ruling=row.ruling,
            href=reverse("portal:sale-detail", args=[row.credit_id]),
        )
        for row in rows[:MOST_SALES]
    ]


def _of_sales(signals: QuerySet[Signal]) -> list[Told]:
    rows = (
        signals.filter(is_shadow=False)
        .exclude(severity=Severity.INFO)
        .select_related("screening__credit__order")
        .order_by("code", "-screening__credit__order__placed_at", "-pk")
    )
    by_code: dict[str, list[Signal]] = {}
    for signal in rows:
        by_code.setdefault(signal.code, []).append(signal)
    return [
        Told(
            sentence=sentence,
            clears=clears_sentence(code),
            sales=len(found),
            examples=[one.screening.credit.order.placed_at for one in found[:EXAMPLES]],
        )
        for code, found in by_code.items()
        if (sentence := told_sentence(code, found[0].evidence))
    ]
