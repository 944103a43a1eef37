"""What changed of a sale's lines after they were computed, as both kinds of people read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from payouts.explanation import partner_sentences
from payouts.models import Adjustment
from portal.adjustment_language import story_title, with_text
from portal.formats import format_day, format_money
from portal.reckoning import team_sentences
from portal.sale_references import adjustment_reference


@dataclass(frozen=True, slots=True)
class LineChange:
    """One change of a line: a sentence, and how its amount was computed where that was kept."""

    said: str
    sentences: list[str]


def changes_for_partner(adjustments: Iterable[Adjustment]) -> dict[int | None, list[LineChange]]:
    """Return the changes of each order line in the given order; those of the whole under None."""
    return _by_line(
        (row, LineChange(_said(row), partner_sentences(row.steps, row.currency)))
        for row in adjustments
    )


def changes_for_team(
    adjustments: Iterable[Adjustment], *, basis: str, shows_costs: bool
) -> dict[int | None, list[LineChange]]:
    """Return the same as the team reads it, beside ours with the shop's own number of a return."""
    return _by_line(
        (
            row,
            LineChange(
                _said(row, is_for_staff=True),
                team_sentences(row.steps, row.currency, basis=basis, shows_costs=shows_costs),
            ),
        )
        for row in adjustments
    )


def _by_line(
    changes: Iterable[tuple[Adjustment, LineChange]],
) -> dict[int | None, list[LineChange]]:
    found: dict[int | None, list[LineChange]] = defaultdict(list)
    for row, change in changes:
        found[row.order_line_id].append(change)
    return found


def _said(row: Adjustment, *, is_for_staff: bool = False) -> str:
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
