"""Contesting a decision, once: somebody else decides again. Rule CA8 of docs/rules/cases.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core import audit
from core.errors import DomainError
from core.models import User
from core.nudge import nudge
from fraud.models import Case, CaseCredit, CaseMessage, CaseStatus, ProposalStatus, Ruling
from fraud.queries.cases import can_be_contested, new_to
from fraud.services import case_files, case_mails
from fraud.services.case_files import ReadFile
from fraud.services.cases import locked, words
from fraud.services.holding import open_case

TEXT_LENGTH = 4_000


class NotContestable(DomainError):
    """Nothing was decided against the affiliate, or it was decided for good."""

    code = "not_contestable"


class AlreadyContested(DomainError):
    """A decision was to be contested a second time."""

    code = "already_contested"


@transaction.atomic
def contest(
    *,
    case_id: int,
    affiliate_id: int,
    text: str,
    actor_id: int,
    now: datetime,
    files: Sequence[ReadFile] = (),
) -> Case:
    """Contest what a case decided; return the open case in which it is decided again.

    Its refused sales wait again in the open case of the same family, or in a new one. Safe to
    repeat with the same words.

    :raises Case.DoesNotExist: when it is another affiliate's.
    :raises ReasonMissing: without words, or with too many.
    :raises NotContestable: when nothing was refused, or this decided an appeal already.
    :raises AlreadyContested: a second time.
    :raises FileRefused: with too many ``files``.
    """
    said = words(text, most=TEXT_LENGTH, missing=_("Say why it is wrong: a person reads it."))
    # Of two that contest at once, the second finds what the first did.
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    before = locked(case_id, affiliate_id=affiliate_id)
    if before.appealed_in is not None:
        _require_same(before, said)
        return before.appealed_in
    if before.status != CaseStatus.CONFIRMED or not can_be_contested(before):
        raise NotContestable(
            _("There is nothing to contest here: it was not decided against you, or it was decided"
              " twice.")
        )  # fmt: skip
    again = open_case(
        affiliate_id=affiliate_id, family=before.family, severity=before.severity, now=now
    )
    refused = new_to(before).filter(ruling=Ruling.REFUSED).values_list("credit_id", flat=True)
    CaseCredit.objects.bulk_create(
        [CaseCredit(case=again, credit_id=pk, added_at=now) for pk in refused],
        ignore_conflicts=True,
    )
    before.appealed_in = again
    before.save(update_fields=["appealed_in"])
    proposed = before.proposals.filter(status=ProposalStatus.AGREED)
    if proposed.filter(proposed_by=again.assignee_id).exists():
        again.assignee = None
    former = before.decided_by
    return begin(again, said, actor_id=actor_id, former=former, now=now, files=files)


def begin(
    case: Case,
    text: str,
    *,
    actor_id: int,
    former: User | None,
    now: datetime,
    files: Sequence[ReadFile] = (),
) -> Case:
    """Keep what is contested in the open case that decides it again, and tell the managers.

    ``former`` took the decision: the case is no longer theirs. The caller holds its row.

    :raises FileRefused: with too many ``files``.
    """
    message = CaseMessage.objects.create(
        case=case, author_id=actor_id, is_from_affiliate=True, is_appeal=True, text=text,
        sent_at=now,
    )  # fmt: skip
    case_files.keep(message, files)
    if former is not None and case.assignee_id == former.pk:
        case.assignee = None
    case.snoozed_until = None
    case.save(update_fields=["assignee", "snoozed_until"])
    audit.record(actor=actor_id, verb="case.appealed", subject=case, at=now)
    case_mails.appealed(case, message, now=now)
    nudge("payouts.tasks.apply_decisions")
    return case


def _require_same(before: Case, said: str) -> None:
    appeal = before.appealed_in
    if appeal is None or not appeal.messages.filter(is_appeal=True, text=said).exists():
        raise AlreadyContested(_("You have contested this decision already: we look at it again."))
