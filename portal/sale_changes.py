"""What changed of a sale's lines after they were computed, as both kinds of people read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from payouts.explanation import all_sentences, partner_sentences
from payouts.models import Adjustment
from portal.adjustment_language import story_title, with_text
from portal.formats import format_day, format_money
from portal.sale_references import adjustment_reference


@dataclass(frozen=True, slots=True)
class LineChange:
    """One change of a line: a sentence, and how its amount was computed where that was kept."""

    said: str
    sentences: list[str]


def changes_by_line(
    adjustments: Iterable[Adjustment], *, is_for_staff: bool, shows_costs: bool = False
) -> dict[int | None, list[LineChange]]:
    """Return the changes of each order line in the given order; those of the whole under None.

    The team reads the shop's own number of a return beside ours; only who may see costs reads
    computations with costs.
    """
    found: dict[int | None, list[LineChange]] = defaultdict(list)
    for row in adjustments:
        sentences = all_sentences if shows_costs else partner_sentences
        found[row.order_line_id].append(
            LineChange(_said(row, is_for_staff=is_for_staff), sentences(row.steps, row.currency))
        )
    return found


def _said(row: Adjustment, *, is_for_staff: bool) -> str:
    facts = {
        "day": format_day(row.effective_at),
        "what": with_text(story_title(row), row.text),
        "amount": format_money(row.amount),
        "reference": adjustment_reference(row.pk),
    }
    if is_for_staff and row.return_line is not None:
        return _("{day}: {what}, {amount} ({reference}, return {number}).").format(
            **facts, number=row.return_line.shop_return.external_id
        )
    return _("{day}: {what}, {amount} ({reference}).").format(**facts)
