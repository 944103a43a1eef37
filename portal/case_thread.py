"""What was said about a case, oldest first, with the files that came with it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from fraud.models import Case, CaseFile, CaseMessage
from portal.claim_thread import Said

OURS, THEIRS = "portal:review-file", "portal:case-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidFile:
    """A file that came with words. One without address is deleted by now."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOfCase(Said):
    """Words of one side, with any number of files."""

    file_name: str = ""
    file_url: str = ""
    files: tuple[SaidFile, ...] = ()


def thread_of(case: Case, *, is_team: bool) -> list[SaidOfCase]:
    """Return the words of both sides; of the team's notes only to the team, with who wrote them.

    The affiliate reads nobody's name of the team.
    """
    rows = case.messages.select_related("author").order_by("sent_at", "pk")
    if not is_team:
        rows = rows.filter(is_internal=False)
    files = _files(case, OURS if is_team else THEIRS)
    said = [
        SaidOfCase(
            who=_who(case, message, is_team=is_team),
            at=message.sent_at,
            text=message.text,
            files=tuple(files[message.pk]),
        )
        for message in rows
    ]
    if case.message and case.decided_by_id:
        who = str(case.decided_by) if is_team else _("The programme team")
        said.append(
            SaidOfCase(
                who=_("%(who)s: the decision") % {"who": who},
                at=case.status_changed_at,
                text=case.message,
            )
        )
    return sorted(said, key=lambda one: one.at)


def _files(case: Case, route: str) -> dict[int, list[SaidFile]]:
    rows = (
        CaseFile.objects.filter(message__case=case)
        .annotate(is_kept=Q(body__isnull=False))
        .order_by("pk")
        .values_list("pk", "message_id", "name", "is_kept")
    )
    found: dict[int, list[SaidFile]] = defaultdict(list)
    for pk, message_id, name, is_kept in rows:
        url = reverse(route, args=[case.public_id, pk]) if is_kept else ""
        found[message_id].append(SaidFile(name=name, url=url))
    return found


def _who(case: Case, message: CaseMessage, *, is_team: bool) -> str:
    if message.is_from_affiliate:
        name = case.affiliate.name
        return _("%(name)s, contesting") % {"name": name} if message.is_appeal else name
    name = str(message.author) if is_team and message.author else _("The programme team")
    return _("%(name)s, note for the team") % {"name": name} if message.is_internal else name
