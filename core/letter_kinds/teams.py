"""Letters about who is in an affiliate's team, and what they may do there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.letter_kinds.kind import Audience, Category, Lock, kind

_PARTNER, _SECURITY = Audience.PARTNER, Category.SECURITY

KINDS = (
    kind("team_invited", _("Invitation to a team"),
         _("When you are asked to join the team of an account."),
         _PARTNER, _SECURITY, Lock.SECURITY),
    kind("staff_invited", _("Invitation to the team of the programme"),
         _("When you are asked to join the team that runs the programme."),
         Audience.EVERYBODY, _SECURITY, Lock.SECURITY),
    kind("staff_proposed", _("Role of a colleague to agree to"),
         _("When somebody is to have a role in the programme that takes a second person."),
         Audience.MANAGER, _SECURITY, Lock.SECURITY),
    kind("staff_changed", _("Team of the programme changed"),
         _("When somebody joins the team of the programme, leaves it, or gets another role."),
         Audience.MANAGER, _SECURITY, Lock.SECURITY),
    kind("team_changed", _("Team changed"),
         _("When somebody joins your team, leaves it, or gets another role."),
         _PARTNER, _SECURITY, Lock.SECURITY),
)  # fmt: skip
