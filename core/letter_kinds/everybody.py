"""Letters to whoever it concerns: people of affiliates and of the team alike."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.letter_kinds.kind import Audience, Category, Lock, kind

_WHO = Audience.EVERYBODY

KINDS = (
    kind("api_key_changed", _("API keys"),
         _("When a key of the API is made, or ends."), _WHO, Category.SECURITY, Lock.SECURITY),
    kind("new_device", _("Sign-in from a new device"),
         _("When somebody signs in as you with a device that you had not used here."),
         _WHO, Category.SECURITY, Lock.SECURITY),
    kind("account_code", _("Code for your account"),
         _("When you prove an address, sign in with a code or forgot your password."),
         _WHO, Category.SECURITY, Lock.SECURITY, is_mail_alone=True),
    kind("account_changed", _("Account changed"),
         _("When your password, an address, a passkey or another second factor changes."),
         _WHO, Category.SECURITY, Lock.SECURITY, is_mail_alone=True),
    kind("data_request_recorded", _("Request about your data"),
         _("When the team writes down that you asked for a copy of your data, or to be erased."),
         _WHO, Category.SECURITY, Lock.SECURITY),
    kind("export_ready", _("Export ready"),
         _("When a file that you asked for is ready, or a report that you scheduled."),
         _WHO, Category.PROGRAMME),
    kind("digest_daily", _("Daily mail"),
         _("What came since yesterday, of all you chose to read once a day."),
         _WHO, Category.DIGEST),
    kind("digest_weekly", _("Weekly mail"),
         _("What came since last week, of all you chose to read once a week."),
         _WHO, Category.DIGEST),
)  # fmt: skip
