"""What ends and what stays when somebody leaves the team, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def ended_words(counts: Mapping[str, int]) -> list[str]:
    """Return what ends with somebody's last role; nothing for who keeps one."""
    if not counts:
        return []
    said = [
        ngettext(
            "They are signed out on %(count)s device.",
            "They are signed out on %(count)s devices.",
            counts["sessions"],
        )
        % {"count": counts["sessions"]}
        if counts["sessions"]
        else _("They are signed in nowhere."),
        ngettext(
            "%(count)s key of programs is revoked.",
            "%(count)s keys of programs are revoked.",
            counts["keys"],
        )
        % {"count": counts["keys"]}
        if counts["keys"]
        else _("They have no keys of programs."),
    ]
    if counts["reports"]:
        said.append(
            ngettext(
                "%(count)s report is mailed to them no more.",
                "%(count)s reports are mailed to them no more.",
                counts["reports"],
            )
            % {"count": counts["reports"]}
        )
    if counts["invitations"]:
        said.append(
            ngettext(
                "%(count)s invitation that they sent is taken back.",
                "%(count)s invitations that they sent are taken back.",
                counts["invitations"],
            )
            % {"count": counts["invitations"]}
        )
    return said


def stays_words(counts: Mapping[str, int]) -> list[str]:
    """Return what stands although somebody leaves; nothing for who was not of finance."""
    if not counts:
        return []
    said = [_("Whatever they decided and approved stands, and stays theirs in the history.")]
    if counts["batches"]:
        said.append(
            ngettext(
                "%(count)s batch that they prepared goes on: anybody of finance takes it on.",
                "%(count)s batches that they prepared go on: anybody of finance takes them on.",
                counts["batches"],
            )
            % {"count": counts["batches"]}
        )
    if counts["approvals"]:
        said.append(
            ngettext(
                "Their approval of %(count)s batch that has not left stays valid.",
                "Their approvals of %(count)s batches that have not left stay valid.",
                counts["approvals"],
            )
            % {"count": counts["approvals"]}
        )
    if counts["proposals"]:
        said.append(
            ngettext(
                "%(count)s proposal of theirs waits on for somebody else's answer.",
                "%(count)s proposals of theirs wait on for somebody else's answer.",
                counts["proposals"],
            )
            % {"count": counts["proposals"]}
        )
    if counts["limits"]:
        said.append(_("Their daily limit is kept: it holds again should they come back."))
    return said
