"""What the verbs of teams, rights, sign-ins and looks at accounts are called in the journal."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from portal.display import Tone

TEAM_WORDS: dict[str, tuple[Promise, str, Tone]] = {
    "team.invited": (gettext_lazy("Invited to the team"), "mail", "info"),
    "team.invited_again": (gettext_lazy("Invitation sent again"), "mail", "neutral"),
    "team.invitation_revoked": (gettext_lazy("Invitation taken back"), "x", "neutral"),
    "team.joined": (gettext_lazy("Joined the team"), "user", "success"),
    "team.role_changed": (gettext_lazy("Role in the team changed"), "users", "warning"),
    "team.removed": (gettext_lazy("Taken out of the team"), "x", "warning"),
    "team.left": (gettext_lazy("Left the team"), "undo-2", "warning"),
    "staff.invited": (gettext_lazy("Invited to the team of the programme"), "mail", "info"),
    "staff.invited_again": (gettext_lazy("Invitation sent again"), "mail", "neutral"),
    "staff.invitation_revoked": (gettext_lazy("Invitation taken back"), "x", "neutral"),
    "staff.joined": (gettext_lazy("Joined the team of the programme"), "user", "success"),
    "staff.proposed": (gettext_lazy("Role proposed"), "clipboard-check", "warning"),
    "staff.proposal_confirmed": (gettext_lazy("Role agreed to"), "circle-check", "warning"),
    "staff.proposal_declined": (gettext_lazy("Role declined"), "circle-x", "neutral"),
    "staff.proposal_withdrawn": (gettext_lazy("Proposal taken back"), "undo-2", "neutral"),
    "staff.proposal_lapsed": (gettext_lazy("Proposal of a role ran out"), "hourglass", "neutral"),
    "staff.left": (gettext_lazy("Left the team, or a role of it"), "log-out", "warning"),
    "application.handed_over": (gettext_lazy("Application given to somebody"), "user", "neutral"),
    "affiliate.view_begun": (gettext_lazy("Look at the account begun"), "eye", "warning"),
    "affiliate.view_ended": (gettext_lazy("Look at the account ended"), "eye", "neutral"),
    "affiliate.page_viewed": (gettext_lazy("Page of the account looked at"), "eye", "neutral"),
    "audit.exported": (gettext_lazy("Audit journal exported"), "download", "neutral"),
    "user.signed_in": (gettext_lazy("Signed in"), "lock", "neutral"),
    "user.password_changed": (gettext_lazy("Password changed"), "lock", "warning"),
    "user.factor_added": (gettext_lazy("Second factor added"), "shield-check", "success"),
    "user.factor_removed": (gettext_lazy("Second factor removed"), "shield-check", "warning"),
    "user.recovery_codes_made": (gettext_lazy("Recovery codes made"), "shield-check", "info"),
}
