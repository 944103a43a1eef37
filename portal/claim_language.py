"""Claims in words: their states, what our records say, and why a click or code did not win."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payouts.models import ClaimKind, ClaimStatus
from payouts.queries.claim_view import AffiliateView
from portal.display import StatusText, Text, Tone
from portal.formats import format_day, lazily
from tracking.domain.touchpoints import Reason

_STATES: dict[str, tuple[Text, Tone, str]] = {
    ClaimStatus.OPEN: (gettext_lazy("Being looked into"), "info", "hourglass"),
    ClaimStatus.QUESTION: (gettext_lazy("Question for you"), "warning", "circle-help"),
    ClaimStatus.GRANTED: (gettext_lazy("Granted"), "success", "circle-check"),
    ClaimStatus.DECLINED: (gettext_lazy("Declined"), "danger", "circle-x"),
    ClaimStatus.WITHDRAWN: (gettext_lazy("Withdrawn"), "neutral", "undo-2"),
}
_FOR_STAFF: dict[str, tuple[Text, Tone, str]] = {
    **_STATES,
    ClaimStatus.OPEN: (gettext_lazy("Open"), "info", "inbox"),
    ClaimStatus.QUESTION: (gettext_lazy("Affiliate asked"), "neutral", "circle-help"),
}
LATE = "late"
SECOND_PERSON = "second_person"
UNANSWERED = "unanswered"

_KINDS: dict[str, Promise] = {
    ClaimKind.MISSING: gettext_lazy("Missing sale"),
    ClaimKind.WRONG: gettext_lazy("Wrong amount"),
    ClaimKind.DECLINED: gettext_lazy("Refused sale"),
}
#: What the affiliate reads about the order.
_FOUND: dict[str, Promise] = {
    "not_found": gettext_lazy(
        "We find no order with this number around this day. Orders can take up to 48 hours to"
        " reach us: we look again by ourselves. Check the number and the day meanwhile."
    ),
    "undecided": gettext_lazy(
        "We know this order. Whom it is credited to is decided within an hour."
    ),
    "gone": gettext_lazy("We know this order. It was cancelled, or everything came back."),
    "yours": gettext_lazy("This order is in your list of sales."),
    "refused": gettext_lazy("This order is in your list of sales, as refused."),
    "other": gettext_lazy(
        "We know this order. Under the rules of the programme something else led to it."
    ),
    "nobody": gettext_lazy(
        "We know this order. Nothing that counts under the rules of the programme led to it."
    ),
}
#: What the team reads.
_VERDICTS: dict[str, tuple[Text, Tone, str, Text]] = {
    "not_found": (
        gettext_lazy("No such order"), "warning", "search",
        gettext_lazy("No order of this number within 45 days of the day they say."),
    ),
    "test_order": (
        gettext_lazy("Test order"), "neutral", "info",
        gettext_lazy("The shop marked it as a test: it earns nothing."),
    ),
    "cancelled": (
        gettext_lazy("Cancelled"), "neutral", "ban", gettext_lazy("The order was cancelled."),
    ),
    "returned": (
        gettext_lazy("Returned"), "neutral", "undo-2", gettext_lazy("Everything came back."),
    ),
    "undecided": (
        gettext_lazy("Not attributed yet"), "info", "hourglass",
        gettext_lazy("The order is here and waits for its attribution."),
    ),
    "refused": (
        gettext_lazy("Refused"), "danger", "circle-x",
        gettext_lazy("It is theirs, and its commission was reversed."),
    ),
    "yours": (
        gettext_lazy("Theirs"), "success", "circle-check",
        gettext_lazy("All of it is credited to them."),
    ),
    "shared": (
        gettext_lazy("Shared"), "success", "users",
        gettext_lazy("They are credited a part of it, others the rest."),
    ),
    "other": (
        gettext_lazy("Another's"), "warning", "users",
        gettext_lazy("It is credited to another affiliate: granting pays for it twice."),
    ),
    "nobody": (
        gettext_lazy("Nobody's"), "info", "circle-dashed",
        gettext_lazy("It is credited to nobody."),
    ),
}  # fmt: skip
#: Why a touchpoint did not win, as its affiliate may know it. What the checks see is not named.
_LOST: dict[str, Promise] = {
    Reason.AFTER_ORDER: gettext_lazy("came after the order"),
    Reason.OTHER_SHOP: gettext_lazy("leads to another shop"),
    Reason.AFFILIATE_NOT_ACTIVE: gettext_lazy("your account was not active then"),
    Reason.EXPERIMENT_OFF: gettext_lazy("your account paused then, as the calendar said"),
    Reason.CODE_NOT_VALID: gettext_lazy("the code was not valid then"),
    Reason.CODE_USED_UP: gettext_lazy("the code had reached its limit of orders"),
    Reason.NO_TERMS: gettext_lazy("your account had no terms then"),
    Reason.OUTSIDE_WINDOW: gettext_lazy("came before the window of your terms began"),
    Reason.SUPERSEDED: gettext_lazy("something that counts came after it"),
    Reason.CONTRACTED_PRIORITY: gettext_lazy("something else comes first under the rules"),
    Reason.STOOD_DOWN: gettext_lazy("the visit had begun another way"),
}


def claim_status(status: str, *, due_at: datetime | None = None, answer: str = "") -> StatusText:
    """The state of a claim for its affiliate. ``due_at``: by when it, or its question, is answered.

    :raises KeyError: unknown ``status``.
    """
    label, tone, icon = _STATES[status]
    return StatusText(status, label, tone, icon, lazily(lambda: _sentence(status, due_at, answer)))


def claim_state(
    status: str, *, is_late: bool = False, waits: bool = False, is_unanswered: bool = False
) -> StatusText:
    """The state of a claim for the team. ``waits``: its amount needs a second person.

    ``is_unanswered``: the affiliate let the days of a question pass.

    :raises KeyError: unknown ``status``.
    """
    if waits:
        return StatusText(SECOND_PERSON, _("Second person"), "accent", "users")
    if is_late:
        return StatusText(LATE, _("Late"), "danger", "clock")
    if is_unanswered:
        return StatusText(UNANSWERED, _("No answer"), "warning", "circle-help")
    label, tone, icon = _FOR_STAFF[status]
    return StatusText(status, label, tone, icon)


def kind_name(kind: str) -> str:
    """What is claimed, in two words."""
    return str(_KINDS[kind])


def verdict_status(verdict: str) -> StatusText:
    """The short of the evidence for the team.

    :raises KeyError: unknown ``verdict``.
    """
    label, tone, icon, sentence = _VERDICTS[verdict]
    return StatusText(verdict, label, tone, icon, sentence)


def found_sentences(view: AffiliateView) -> list[str]:
    """What the affiliate reads of our records, one sentence after the other."""
    said = [str(_FOUND[view.state])]
    if view.days_off:
        said.append(_("Its day is another one than you say: open the sale to see it."))
    if view.amount_agrees is not None:
        said.append(
            _("The price is the one you say.")
            if view.amount_agrees
            else _("The price paid without VAT is another one than you say.")
        )
    said += [_lost(touch.kind, touch.name, touch.reason) for touch in view.lost]
    if view.codes:
        said.append(
            _("Promo codes of yours typed with it: %(codes)s.") % {"codes": ", ".join(view.codes)}
        )
    return said


def _lost(kind: str, name: str, reason: str) -> str:
    why = str(_LOST.get(reason, gettext_lazy("it does not count under the rules")))
    told: Mapping[str, str] = {"name": name, "why": why}
    if kind == "click":
        return _("A click on “%(name)s” led to it and did not win: %(why)s.") % told
    return _("Your code “%(name)s” came with it and did not win: %(why)s.") % told


def _sentence(status: str, due_at: datetime | None, answer: str) -> str:
    if status == ClaimStatus.OPEN:
        if due_at is None:
            return _("A person looks into it and answers by e-mail.")
        return _("A person looks into it and answers by {date}.").format(date=format_day(due_at))
    if status == ClaimStatus.QUESTION:
        if due_at is None:
            return _("We need something from you to go on. Until you answer, our days stand still.")
        return _(
            "We need something from you to go on: please answer by {date}. Until then our days"
            " stand still."
        ).format(date=format_day(due_at))
    if status == ClaimStatus.WITHDRAWN:
        return _("You took it back. You may claim the order anew.")
    return answer
