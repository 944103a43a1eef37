"""What is written about a case: questions, answers, notes of the team. Rules CA9 to CA11."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from fraud.models import Case, CaseMessage
from fraud.services import case_files, case_mails
from fraud.services.case_files import ReadFile
from fraud.services.cases import locked, refuse_own, require_open, words

TEXT_LENGTH = 4_000
LEAST_TIME, MOST_TIME = timedelta(days=1), timedelta(days=30)
#: What an affiliate may write about one case.
MOST_ANSWERS = 20


class AnswerDay(DomainError):
    """A question was to be asked without a day by which it is answered, or with an odd one."""

    code = "answer_day"


class QuestionOpen(DomainError):
    """The affiliate was to be asked while another question waits."""

    code = "question_open"


class TooMuch(DomainError):
    """An affiliate has written as much about one case as it may."""

    code = "too_much"


@transaction.atomic
def ask(*, case_id: int, text: str, due_at: datetime, actor_id: int, now: datetime) -> CaseMessage:
    """Ask the affiliate, who should answer by ``due_at``: a day passed is marked, no more.

    Safe to repeat: the same question waits once.

    :raises ReasonMissing: without a question, or with too long a one.
    :raises AnswerDay: for a moment that is not between one and thirty days ahead.
    :raises QuestionOpen: while another question waits.
    :raises CaseClosed, OwnCase: when nothing can be asked.
    """
    said = words(text, most=TEXT_LENGTH, missing=_("Write the question: the affiliate reads it."))
    case = locked(case_id)
    refuse_own(case, actor_id)
    require_open(case)
    if case.answer_due_at is not None:
        last = case.messages.filter(is_internal=False).order_by("-pk").first()
        if last is not None and not last.is_from_affiliate and last.text == said:
            return last
        raise QuestionOpen(_("A question waits for the affiliate's answer already."))
    if not LEAST_TIME <= due_at - now <= MOST_TIME:
        raise AnswerDay(_("Choose a day from tomorrow on, within thirty days."))
    message = CaseMessage.objects.create(
        case=case, author_id=actor_id, is_from_affiliate=False, text=said, sent_at=now
    )
    case.answer_due_at = due_at
    if case.assignee_id is None:
        case.assignee_id = actor_id
    case.save(update_fields=["answer_due_at", "assignee"])
    _record("case.asked", case, actor_id, now, due_at=due_at.isoformat())
    case_mails.asked(case, message, due_at, now=now)
    return message


@transaction.atomic
def answer(
    *,
    case_id: int,
    affiliate_id: int,
    text: str,
    actor_id: int,
    now: datetime,
    files: Sequence[ReadFile] = (),
) -> CaseMessage:
    """Write to the team about an open case, asked or not, with ``files`` that show what is said.

    Safe to repeat: the same words with the same files once.

    :raises Case.DoesNotExist: when it is another affiliate's.
    :raises ReasonMissing: without words, or with too many.
    :raises TooMuch: after twenty messages.
    :raises FileRefused: with too many files.
    :raises CaseClosed: once it is decided.
    """
    said = words(text, most=TEXT_LENGTH, missing=_("Write a few words: a person reads them."))
    case = locked(case_id, affiliate_id=affiliate_id)
    require_open(case)
    theirs = case.messages.filter(is_from_affiliate=True)
    last = case.messages.filter(is_internal=False).order_by("-pk").first()
    is_same = last is not None and last.is_from_affiliate and last.text == said
    if last is not None and is_same and case_files.are_those_of(last, files):
        return last
    if theirs.count() >= MOST_ANSWERS:
        raise TooMuch(_("You have written much about this case: we answer as soon as we can."))
    message = CaseMessage.objects.create(
        case=case, author_id=actor_id, is_from_affiliate=True, text=said, sent_at=now
    )
    case_files.keep(message, files)
    case.answer_due_at = case.snoozed_until = None
    case.save(update_fields=["answer_due_at", "snoozed_until"])
    _record("case.answered", case, actor_id, now)
    case_mails.answered(case, message, now=now)
    return message


@transaction.atomic
def note(*, case_id: int, text: str, actor_id: int, now: datetime) -> CaseMessage:
    """Keep a note that only the team reads, about a decided case too. Safe to repeat.

    :raises ReasonMissing: without words, or with too many.
    :raises OwnCase: when the person acts for the affiliate.
    """
    said = words(text, most=TEXT_LENGTH, missing=_("Write the note."))
    case = locked(case_id)
    refuse_own(case, actor_id)
    last = case.messages.order_by("-pk").first()
    if last is not None and last.is_internal and (last.text, last.author_id) == (said, actor_id):
        return last
    message = CaseMessage.objects.create(
        case=case, author_id=actor_id, is_from_affiliate=False, is_internal=True, text=said,
        sent_at=now,
    )  # fmt: skip
    _record("case.noted", case, actor_id, now)
    return message


def _record(verb: str, case: Case, actor_id: int, now: datetime, **data: str) -> None:
    audit.record(actor=actor_id, verb=verb, subject=case, at=now, data=dict(data))
