"""A stored computation as the team reads it: with what follows from costs, or without.

On the actual margin a rate beside its amount tells the margin, and with the price the cost. Who may
not see costs reads the amount alone. Rule M11 of docs/rules/margin.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from payouts.domain.commission import ACTUAL
from payouts.explanation import all_sentences


def is_hidden(basis: str, *, shows_costs: bool) -> bool:
    """Tell whether rates and computations on ``basis`` are kept from who reads."""
    return basis == ACTUAL and not shows_costs


def hidden_sentence() -> str:
    """Say why a computation is not shown."""
    return _(
        "How it was computed is shown to those who may see costs: the rate beside the amount would"
        " tell the margin, and with it the cost."
    )


def hidden_pay() -> str:
    """Say in the place of what terms on the actual margin pay that it is not shown."""
    return _("Shown to those who may see costs")


def team_sentences(
    steps: Sequence[dict[str, Any]], currency: str, *, basis: str, shows_costs: bool
) -> list[str]:
    """Return a computation sentence by sentence, or the one that says why it is not shown."""
    if is_hidden(basis, shows_costs=shows_costs):
        return [hidden_sentence()] if steps else []
    return all_sentences(steps, currency)
