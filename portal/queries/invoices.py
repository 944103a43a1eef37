"""The invoices and credit notes of payouts, without their bodies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from payouts.models import Invoice, InvoiceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that can be downloaded."""

    number: str
    public_id: UUID
    is_credit_note: bool


def papers_of(item_ids: Iterable[int]) -> dict[int, list[Paper]]:
    """Return the invoices and credit notes of payouts by payout, in their order."""
    found: dict[int, list[Paper]] = {pk: [] for pk in item_ids}
    rows = Invoice.objects.filter(Q(item__in=found) | Q(item_return__item__in=found))
    for item, returned, number, public_id, kind in rows.order_by("pk").values_list(
        "item", "item_return__item", "number", "public_id", "kind"
    ):
        paper = Paper(
            number=number, public_id=public_id, is_credit_note=kind == InvoiceKind.CREDIT_NOTE
        )
        found[item or returned].append(paper)
    return found
