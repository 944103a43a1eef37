"""What affiliates and the team read by mail about cases, each in their language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.domain.abilities import Ability
from affiliates.queries import language_of, people_of
from core import staff
from core.letters import Letter, paragraphs, send, tell
from fraud.models import Case, CaseMessage
from fraud.queries.cases import can_be_contested


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is decided in a case: about how many of its sales, and about what was stopped."""

    is_confirmed: bool
    refused: int
    of: int
    is_about_sanction: bool = False


def standard_text(case: Case, outcome: Outcome) -> str:
    """Return the sentences that tell an affiliate what was decided, in its language."""
    with translation.override(language_of(case.affiliate_id)):
        return _standard(outcome)


def _standard(outcome: Outcome) -> str:
    """The standard words of a decision, in the active language."""
    if not outcome.is_about_sanction:
        return _of_sales(outcome)
    kept = (
        _("We have looked again at what is stopped of your account: it stays stopped.")
        if outcome.is_confirmed
        else _("We have looked again at what was stopped of your account: it goes on from now.")
    )
    return "\n\n".join([kept, _of_sales(outcome)]) if outcome.of else kept


def _of_sales(outcome: Outcome) -> str:
    refused, of = outcome.refused, outcome.of
    if not refused and of:
        return _("We have looked at the sales that were held: they all count.")
    if not refused:
        return _("We have looked at your account: nothing changes for you.")
    if refused < of:
        return _(
            "We have looked at the %(of)s sales that were held: %(refused)s of them do not count,"
            " the others do."
        ) % {"refused": refused, "of": of}
    return ngettext(
        "We have looked at the sale that was held: it does not count.",
        "We have looked at the %(of)s sales that were held: they do not count.",
        of,
    ) % {"of": of}


def decision_letter(case: Case, text: str, outcome: Outcome, *, name: str) -> Letter:
    """Return the mail about a decision, in the active language: as shown before, and as sent."""
    said = [
        _standard(outcome),
        text,
        _("What it was about: %(address)s") % {"address": _their_page(case)},
    ]
    if outcome.is_confirmed and can_be_contested(case):
        said.append(
            _("If this is wrong, say so on that page: somebody else of the team decides again.")
        )
    return Letter(_subject(outcome), paragraphs(name, said))


def _subject(outcome: Outcome) -> str:
    if outcome.is_about_sanction:
        return (
            _("A decision about your account")
            if outcome.is_confirmed
            else _("Your account works again")
        )
    return (
        _("A decision about your sales") if outcome.is_confirmed else _("Your sales were looked at")
    )


def decided(case: Case, text: str, outcome: Outcome, *, now: datetime) -> None:
    """Tell the affiliate's people what was decided."""
    send(
        people_of(case.affiliate_id, Ability.SEE_WORK),
        f"case:{case.pk}:{case.status}",
        lambda person: decision_letter(case, text, outcome, name=person.get_short_name()),
        now,
        kind="case_decided",
    )


def question_letter(case: Case, text: str, due_at: datetime, *, name: str) -> Letter:
    """Return the mail that asks the affiliate, in the active language."""
    return Letter(
        _("A question about your sales"),
        paragraphs(
            name,
            [
                _("We are looking at sales of yours and have a question:"),
                text,
                _("Please answer by %(day)s: %(address)s")
                % {"day": date_format(localtime(due_at)), "address": _their_page(case)},
                _("Nothing is decided by itself when that day passes."),
            ],
        ),
    )


def asked(case: Case, message: CaseMessage, due_at: datetime, *, now: datetime) -> None:
    """Send the affiliate's people a question."""
    send(
        people_of(case.affiliate_id, Ability.SEE_WORK),
        f"case:{case.pk}:asked:{message.pk}",
        lambda person: question_letter(case, message.text, due_at, name=person.get_short_name()),
        now,
        kind="case_asked",
    )


def answered(case: Case, message: CaseMessage, *, now: datetime) -> None:
    """Tell who has the case, or every manager, what the affiliate wrote."""
    tell(
        staff.who_answers(case.assignee, "manager"),
        f"case:{case.pk}:answered:{message.pk}",
        now,
        lambda: _("An answer of %(name)s") % {"name": case.affiliate.name},
        lambda: [
            _("%(name)s wrote about a case:") % {"name": case.affiliate.name},
            message.text,
            staff_page(case),
        ],
        kind="case_replied",
    )


def appealed(case: Case, message: CaseMessage, *, now: datetime) -> None:
    """Tell every manager that a decision is contested, and where it is decided again."""
    tell(
        staff.of_role("manager"),
        f"case:{case.pk}:appeal:{message.pk}",
        now,
        lambda: _("%(name)s contests a decision") % {"name": case.affiliate.name},
        lambda: [
            _("%(name)s contests a decision. Somebody who did not take it must decide again:")
            % {"name": case.affiliate.name},
            message.text,
            staff_page(case),
        ],
        kind="case_appealed",
    )


def assigned(case: Case, *, now: datetime) -> None:
    """Tell a manager that a case is theirs now."""
    if case.assignee is None:
        return
    tell(
        [case.assignee],
        f"case:{case.pk}:assigned:{now.timestamp():.0f}",
        now,
        lambda: _("A case is yours to decide"),
        lambda: [
            _("The case of %(name)s was given to you.") % {"name": case.affiliate.name},
            staff_page(case),
        ],
        kind="case_assigned",
    )


def escalated(cases: Sequence[Case], days: int, *, now: datetime) -> None:
    """Tell every manager which cases hold sales for longer than they should."""
    tell(
        staff.of_role("manager"),
        f"cases:escalated:{cases[0].pk}:{now.timestamp():.0f}",
        now,
        lambda: (
            ngettext("%(n)s case waits too long", "%(n)s cases wait too long", len(cases))
            % {"n": len(cases)}
        ),
        lambda: [
            _("These cases hold sales for more than %(days)s days. Time never decides them: please"
              " do.") % {"days": days},
            "\n".join(
                _("%(name)s, since %(day)s, to be decided by %(owner)s: %(address)s")
                % {
                    "name": case.affiliate.name,
                    "owner": case.assignee or _("whoever can"),
                    "day": date_format(localtime(case.opened_at)),
                    "address": staff_page(case),
                }
                for case in cases
            ),
        ],
        kind="cases_escalated",
    )  # fmt: skip


def staff_page(case: Case) -> str:
    """Return where the team decides a case."""
    return f"{settings.PUBLIC_URL}/manage/reviews/{case.public_id}/"


def _their_page(case: Case) -> str:
    return f"{settings.PUBLIC_URL}/portal/cases/{case.public_id}/"
