"""What became of money given back without goods, in a word and in a sentence that says why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from portal.display import StatusText, Text, Tone
from portal.queries.staff_refunds import Became

_BECAME: dict[str, tuple[Text, Tone, str, Text]] = {
    Became.LOWERED: (
        gettext_lazy("Commission lowered"), "success", "circle-check",
        gettext_lazy("Less was paid in the end for the goods that were kept, so they earn less."),
    ),
    Became.IGNORED: (
        gettext_lazy("Left alone"), "neutral", "info",
        gettext_lazy(
            "By the setting of the programme when it came: money without goods changes nothing."
        ),
    ),
    Became.UNCHANGED: (
        gettext_lazy("Nothing to lower"), "neutral", "circle-dashed",
        gettext_lazy(
            "It is for shipping, for goods that are back or that nobody knows, or for lines that"
            " earn nothing or a fixed amount."
        ),
    ),
    Became.REVERSED: (
        gettext_lazy("Already reversed"), "neutral", "undo-2",
        gettext_lazy("The commission did not stand any more, so nothing could be taken back."),
    ),
    Became.NOBODY: (
        gettext_lazy("Nobody earned"), "neutral", "users",
        gettext_lazy("No affiliate has a commission of this order."),
    ),
    Became.WAITING: (
        gettext_lazy("Waiting"), "info", "hourglass",
        gettext_lazy("It is applied within a minute."),
    ),
}  # fmt: skip
REFUND_CODES = tuple(_BECAME)


def refund_status(code: str) -> StatusText:
    """What became of a refund, for the team.

    :raises KeyError: unknown ``code``.
    """
    label, tone, icon, sentence = _BECAME[code]
    return StatusText(code, label, tone, icon, sentence)
