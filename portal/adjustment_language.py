"""What a later plus or minus is called, for the affiliate and for the team."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payouts.models import Adjustment, AdjustmentReason
from payouts.services.proposal_imports import Outcome
from portal.display import StatusText, Text, Tone

_OF_COSTS = (AdjustmentReason.COST_FOUND, AdjustmentReason.COST_CORRECTED)
#: In a payout: what was already validated changed.
_IN_A_PAYOUT: dict[str, Text] = {
    AdjustmentReason.RETURN: gettext_lazy("Taken back: returned after validation"),
    AdjustmentReason.CANCELLATION: gettext_lazy("Taken back: order cancelled after validation"),
    AdjustmentReason.COST_FOUND: gettext_lazy("Added: missing information arrived"),
    AdjustmentReason.REFUND: gettext_lazy("Taken back: money given back after validation"),
    AdjustmentReason.COST_CORRECTED: gettext_lazy("Recomputed: information corrected"),
}

#: In the history of a sale.
_IN_A_STORY: dict[str, Text] = {
    AdjustmentReason.RETURN: gettext_lazy("Item returned"),
    AdjustmentReason.CANCELLATION: gettext_lazy("Order cancelled"),
    AdjustmentReason.COST_FOUND: gettext_lazy("Missing information arrived"),
    AdjustmentReason.REFUND: gettext_lazy("Money given back to the customer"),
    AdjustmentReason.COST_CORRECTED: gettext_lazy("Information corrected"),
}

_PROPOSAL: dict[str, tuple[Text, Tone, str, Text]] = {
    "proposed": (
        gettext_lazy("To approve"), "warning", "clipboard-check",
        gettext_lazy("Nothing is booked until a second person approves it."),
    ),
    "booked": (
        gettext_lazy("Booked"), "success", "circle-check",
        gettext_lazy("It is in the ledger, and the affiliate sees it."),
    ),
    "declined": (
        gettext_lazy("Declined"), "danger", "circle-x", gettext_lazy("Nothing was booked."),
    ),
    "withdrawn": (
        gettext_lazy("Withdrawn"), "neutral", "undo-2",
        gettext_lazy("Its author took it back. Nothing was booked."),
    ),
}  # fmt: skip
PROPOSAL_CODES = tuple(_PROPOSAL)


def proposal_status(code: str) -> StatusText:
    """The state of a proposed adjustment, for the team.

    :raises KeyError: unknown ``code``.
    """
    label, tone, icon, sentence = _PROPOSAL[code]
    return StatusText(code, label, tone, icon, sentence)


def payout_line_label(change: Adjustment) -> str:
    """Return what an adjustment is called as a line of a payout."""
    return str(_IN_A_PAYOUT.get(change.reason, change.get_reason_display()))


def story_title(change: Adjustment) -> str:
    """Return what an adjustment is called in the history of its sale."""
    return str(_IN_A_STORY.get(change.reason, change.get_reason_display()))


def public_reason(reason: str) -> str:
    """Return the code of a reason that programs of partners read: none tells of a cost."""
    return AdjustmentReason.CORRECTION.value if reason in _OF_COSTS else reason


def with_text(label: str, text: str) -> str:
    """Return a label with the sentence that a person wrote for the affiliate, if there is one."""
    return _("{label}: {text}").format(label=label, text=text) if text else label


def after_payment(label: str, reference: str) -> str:
    """Return a label with the payout that had paid the sale before."""
    return _("{label} (paid with {reference})").format(label=label, reference=reference)


def outcome_label(outcome: str) -> str:
    """Say what would become of a line of a file of adjustments."""
    return {
        Outcome.BOOKED: _("Would be booked"),
        Outcome.PROPOSED: _("Would wait for a second person"),
        Outcome.KNOWN: _("Was brought in before: nothing to do"),
        Outcome.REFUSED: _("Cannot be booked"),
    }[Outcome(outcome)]
