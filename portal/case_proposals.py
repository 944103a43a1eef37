"""What the page of a case shows of a decision that waits for a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import override

from affiliates.queries import language_of
from core.money import Money
from fraud.models import CaseStatus, ProposalStatus
from fraud.queries.cases import contests_sanction
from fraud.services import case_mails, case_proposals
from portal.case_figures import effect_items
from portal.forms.staff import ReasonForm
from portal.queries.staff_case_view import CaseView


def proposal_context(view: CaseView, *, name: str, user_id: int, now: datetime) -> dict[str, Any]:
    """Return the proposal that waits, with the mail that it would send, or why the last one fell.

    ``name`` is whom the mail greets. Nothing for a case that is decided.
    """
    case = view.case
    if case.status != CaseStatus.OPEN:
        return {}
    rows = case.proposals.select_related("proposed_by", "decided_by")
    last = rows.order_by("-pk").first()
    if last is None or last.status != ProposalStatus.PROPOSED:
        is_declined = last is not None and last.status == ProposalStatus.DECLINED
        return {
            "declined": last if is_declined else None,
            "needs_second": case_proposals.needs_second(case, view.stakes, now=now),
        }
    outcome = case_mails.Outcome(
        is_confirmed=last.is_confirming,
        refused=len(last.refused),
        of=len(last.waiting),
        is_about_sanction=contests_sanction(case),
    )
    language = language_of(case.affiliate_id)
    with override(language):
        letter = case_mails.decision_letter(case, last.message, outcome, name=name)
    return {
        "proposal": last,
        "proposal_letter": letter,
        "proposal_stake": Money(last.at_stake_minor, last.currency),
        "proposal_effect": effect_items(view, last.refused),
        "read_in": language,
        "may_agree": user_id != last.proposed_by_id,
        "decline": ReasonForm(auto_id="decline_%s"),
    }
