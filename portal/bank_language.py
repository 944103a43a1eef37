"""What lines of bank files are called, and where they stand."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from payouts.models import EntryState
from portal.display import StatusText, Text, Tone

_STATES: dict[str, tuple[Text, Tone, str, Text]] = {
    EntryState.MATCHED: (
        gettext_lazy("Matched"), "success", "circle-check",
        gettext_lazy("It is about a payout of ours, and what it says was done."),
    ),
    EntryState.UNMATCHED: (
        gettext_lazy("To look at"), "warning", "circle-alert",
        gettext_lazy("Nothing was done: somebody has to say what it is about."),
    ),
    EntryState.IGNORED: (
        gettext_lazy("Not ours"), "neutral", "circle-dashed",
        gettext_lazy("It is not about our payouts, or was dealt with otherwise."),
    ),
}  # fmt: skip


def entry_status(code: str) -> StatusText:
    """The state of a line of a bank file.

    :raises KeyError: unknown ``code``.
    """
    label, tone, icon, sentence = _STATES[code]
    return StatusText(code, label, tone, icon, sentence)
