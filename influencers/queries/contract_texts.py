"""The versions of the clauses that are the same for everybody, and which of them is in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from influencers.domain.contract import Clause
from influencers.models import ContractStatus, ContractText


def text_at(moment: datetime) -> ContractText | None:
    """Return the version in force: the newest of those that have begun (CT16)."""
    return ContractText.objects.filter(valid_from__lte=moment).order_by("-number").first()


def newest_text() -> ContractText | None:
    """Return the version that was written last, begun or not."""
    return ContractText.objects.order_by("-number").first()


def texts() -> QuerySet[ContractText]:
    """Return every version, the newest first, with how many contracts were ever offered in it."""
    offered = Q(contracts__offered_at__isnull=False)
    signed = Q(contracts__status=ContractStatus.SIGNED)
    return (
        ContractText.objects.select_related("author")
        .annotate(
            offered=Count("contracts", filter=offered), alive=Count("contracts", filter=signed)
        )
        .order_by("-number")
    )


def changed_clauses(
    text: ContractText | None, clauses_fr: Mapping[str, str], clauses_en: Mapping[str, str]
) -> list[Clause]:
    """Return the clauses that say something else than ``text``, in either language."""
    if text is None:
        return list(Clause)
    return [
        clause
        for clause in Clause
        if (clauses_fr.get(clause), clauses_en.get(clause))
        != (text.clauses_fr.get(clause), text.clauses_en.get(clause))
    ]
