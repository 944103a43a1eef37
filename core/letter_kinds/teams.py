"""Letters about who may do what: in an affiliate's team, and in the programme's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.letter_kinds.kind import Audience, Category, Lock, kind

_PARTNER, _MANAGER, _SECURITY = Audience.PARTNER, Audience.MANAGER, Category.SECURITY

KINDS = (
    kind("team_invited", _("Invitation to a team"),
         _("When you are asked to join the team of an account."),
         _PARTNER, _SECURITY, Lock.SECURITY),
    kind("team_changed", _("Team changed"),
         _("When somebody joins your team, leaves it, or gets another role."),
         _PARTNER, _SECURITY, Lock.SECURITY),
    kind("staff_invited", _("Invitation to the programme's team"),
         _("When you are asked to join the programme's team."),
         _MANAGER, _SECURITY, Lock.SECURITY),
    kind("staff_rights", _("Rights in the programme's team"),
         _("When somebody of the programme's team gets rights, or loses them."),
         _MANAGER, _SECURITY, Lock.SECURITY),
)  # fmt: skip
