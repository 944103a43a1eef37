"""What was said about a case, oldest first."""

from __future__ import annotations

from django.utils.translation import gettext as _

from fraud.models import Case, CaseMessage
from portal.claim_thread import Said


def thread_of(case: Case, *, is_team: bool) -> list[Said]:
    """Return the words of both sides; of the team's notes only to the team, with who wrote them.

    The affiliate reads nobody's name of the team.
    """
    rows = case.messages.select_related("author").order_by("sent_at", "pk")
    if not is_team:
        rows = rows.filter(is_internal=False)
    said = [
        Said(
            who=_who(case, message, is_team=is_team),
            at=message.sent_at,
            text=message.text,
            file_name="",
            file_url="",
        )
        for message in rows
    ]
    if case.message and case.decided_by_id:
        who = str(case.decided_by) if is_team else _("The programme team")
        said.append(
            Said(
                who=_("%(who)s: the decision") % {"who": who},
                at=case.status_changed_at,
                text=case.message,
                file_name="",
                file_url="",
            )
        )
    return sorted(said, key=lambda one: one.at)


def _who(case: Case, message: CaseMessage, *, is_team: bool) -> str:
    if message.is_from_affiliate:
        name = case.affiliate.name
        return _("%(name)s, contesting") % {"name": name} if message.is_appeal else name
    name = str(message.author) if is_team and message.author else _("The programme team")
    return _("%(name)s, note for the team") % {"name": name} if message.is_internal else name
