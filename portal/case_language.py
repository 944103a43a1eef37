"""The states of cases, rulings and sanctions, for the team and for the affiliate."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from fraud.domain.advice import Advice, Step
from fraud.models import Case, CaseStatus, Ruling, Sanction, SanctionStatus
from portal.display import StatusText
from portal.formats import format_count, format_day, lazily

_OPEN = StatusText("open", gettext_lazy("To decide"), "warning", "eye")
_TEAM = {
    CaseStatus.CONFIRMED: StatusText("confirmed", gettext_lazy("Confirmed"), "danger", "circle-x"),
    CaseStatus.DISMISSED: StatusText(
        "dismissed", gettext_lazy("Dismissed"), "success", "circle-check"
    ),
}
_APPEALED = StatusText("appealed", gettext_lazy("Contested"), "info", "message-square")
_UNANSWERED = StatusText("unanswered", gettext_lazy("No answer"), "warning", "clock")
_ASKED = StatusText("asked", gettext_lazy("Waits for the affiliate"), "info", "circle-help")

_THEIRS = {
    CaseStatus.OPEN: StatusText(
        "open", gettext_lazy("Being looked at"), "warning", "eye",
        gettext_lazy("A person decides. Sales that are held wait meanwhile; nothing is lost."),
    ),
    CaseStatus.CONFIRMED: StatusText(
        "confirmed", gettext_lazy("Decided"), "danger", "circle-x",
        gettext_lazy("Sales that do not count are listed. You can contest it once."),
    ),
    CaseStatus.DISMISSED: StatusText(
        "dismissed", gettext_lazy("Nothing held against you"), "success", "circle-check",
        gettext_lazy("All sales count."),
    ),
}  # fmt: skip
_ASKS_YOU = StatusText(
    "asked", gettext_lazy("Waits for your answer"), "warning", "circle-help",
    gettext_lazy("Please answer: we cannot go on without it."),
)  # fmt: skip
_CONTESTED = StatusText(
    "appealed", gettext_lazy("You contest it"), "info", "message-square",
    gettext_lazy("Somebody who did not take the decision looks at it again."),
)  # fmt: skip

_RULINGS = {
    Ruling.WAITING: StatusText("waiting", gettext_lazy("Held"), "warning", "pause"),
    Ruling.REFUSED: StatusText("refused", gettext_lazy("Refused"), "danger", "circle-x"),
    Ruling.CLEARED: StatusText("cleared", gettext_lazy("Counts"), "success", "circle-check"),
}

_SANCTIONS = {
    SanctionStatus.PROPOSED: StatusText(
        "proposed", gettext_lazy("Waits for a second person"), "warning", "users"
    ),
    SanctionStatus.IN_FORCE: StatusText("in_force", gettext_lazy("In force"), "danger", "ban"),
    SanctionStatus.REJECTED: StatusText("rejected", gettext_lazy("Not agreed to"), "neutral", "x"),
    SanctionStatus.LIFTED: StatusText("lifted", gettext_lazy("Lifted"), "success", "undo-2"),
}


_ADVICE = {
    Step.READ_APPEAL: gettext_lazy(
        "The affiliate contests it: read what it says, and look with fresh eyes."
    ),
    Step.READ_ANSWER: gettext_lazy("The affiliate has written: read it, then decide."),
    Step.WAIT: gettext_lazy("A question waits for the affiliate: wait for the answer or the day."),
    Step.REFUSE: gettext_lazy(
        "People refused %(refused)s of %(decided)s sales of alike cases. Look at what is different"
        " here before you do the same."
    ),
    Step.LET_STAND: gettext_lazy(
        "People let %(stood)s of %(decided)s sales of alike cases stand: most likely these too."
    ),
    Step.ASK: gettext_lazy(
        "Ask the affiliate. Alike cases do not say enough: people refused %(refused)s of"
        " %(decided)s sales."
    ),
}


def advice_sentence(advice: Advice) -> str:
    """What to do next about a case, and why."""
    return str(_ADVICE[advice.step]) % {
        "refused": format_count(advice.refused),
        "stood": format_count(advice.decided - advice.refused),
        "decided": format_count(advice.decided),
    }


def team_status(case: Case, now: datetime) -> StatusText:
    """The state of a case as the team reads it."""
    if case.status == CaseStatus.OPEN:
        if case.answer_due_at is not None:
            return _UNANSWERED if case.answer_due_at < now else _ASKED
        if case.snoozed_until is not None and case.snoozed_until > now:
            until = case.snoozed_until
            return StatusText(
                "snoozed", lazily(lambda: _snoozed() % {"day": format_day(until)}), "neutral",
                "clock",
            )  # fmt: skip
        return _OPEN
    return _APPEALED if case.appealed_in_id else _TEAM[CaseStatus(case.status)]


def their_status(case: Case) -> StatusText:
    """The state of a case as the affiliate reads it."""
    if case.status == CaseStatus.OPEN and case.answer_due_at is not None:
        return _ASKS_YOU
    return _CONTESTED if case.appealed_in_id else _THEIRS[CaseStatus(case.status)]


def ruling_status(ruling: str) -> StatusText:
    """What became of a sale in a case."""
    return _RULINGS[Ruling(ruling)]


def sanction_status(sanction: Sanction) -> StatusText:
    """The state of a sanction."""
    return _SANCTIONS[SanctionStatus(sanction.status)]


def _snoozed() -> str:
    return str(gettext_lazy("Put off until %(day)s"))
