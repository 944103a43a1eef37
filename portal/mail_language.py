"""Who gets a mail, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.letter_kinds import Audience

AUDIENCES: dict[Audience, Promise] = {
    Audience.PARTNER: _("Affiliates"),
    Audience.CREATOR: _("Creators"),
    Audience.MANAGER: _("Programme managers"),
    Audience.FINANCE: _("Finance"),
    Audience.EVERYBODY: _("Whoever it concerns"),
}
AUDIENCE_NOTES: dict[Audience, Promise] = {
    Audience.PARTNER: _("Everybody who acts for an affiliate."),
    Audience.CREATOR: _("Influencers and store employees who make looks."),
    Audience.MANAGER: _("The team that runs the programme."),
    Audience.FINANCE: _("The team that pays."),
    Audience.EVERYBODY: _("Affiliates and the team alike."),
}
