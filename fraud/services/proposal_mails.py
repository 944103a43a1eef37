"""What the team reads by mail about decisions that wait for a second person."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core import staff
from core.letters import tell
from fraud.models import CaseProposal
from fraud.services.case_mails import staff_page


def proposed(made: CaseProposal, *, now: datetime) -> None:
    """Tell the other managers that a decision waits for one of them."""
    name = {"name": made.case.affiliate.name}
    tell(
        staff.of_role("manager").exclude(pk=made.proposed_by_id),
        f"case_proposal:{made.pk}:proposed",
        now,
        lambda: _("Case of %(name)s: a second person is needed") % name,
        lambda: [
            _("Somebody of the team proposes to refuse sales of %(name)s:") % name
            if made.is_confirming
            else _("Somebody of the team proposes to let all held sales of %(name)s stand:") % name,
            made.reason,
            staff_page(made.case),
        ],
        kind="second_person_asked",
    )


def declined(made: CaseProposal, *, now: datetime) -> None:
    """Tell who proposed a decision that a colleague does not agree, and why."""
    name = {"name": made.case.affiliate.name}
    tell(
        [made.proposed_by],
        f"case_proposal:{made.pk}:declined",
        now,
        lambda: _("Case of %(name)s: your decision was not agreed to") % name,
        lambda: [
            _("A colleague does not agree with the decision that you proposed:"),
            made.answer,
            staff_page(made.case),
        ],
        kind="second_person_declined",
    )
