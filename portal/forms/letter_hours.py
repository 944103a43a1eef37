"""When a person wants to be left alone, and when they read their daily mail."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.digests import DEFAULT_HOUR
from core.models import LetterHours, User

_CLOCK = {"type": "time"}


class HoursForm(forms.Form):
    """Quiet hours, the hour of summaries, and the clock that they are read on."""

    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        help_text=gettext_lazy("Mails that can wait leave when the quiet hours are over."),
        widget=forms.TimeInput(attrs=_CLOCK, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        help_text=gettext_lazy("Mails about money and security never wait."),
        widget=forms.TimeInput(attrs=_CLOCK, format="%H:%M"),
    )
    digest_at = forms.TimeField(
        label=gettext_lazy("Daily mail at"),
        help_text=gettext_lazy("The weekly mail leaves on Monday at this hour."),
        widget=forms.TimeInput(attrs=_CLOCK, format="%H:%M"),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("The clock by which these hours are meant."),
    )

    def __init__(self, *args: Any, person: User, hours: LetterHours | None, **kwargs: Any) -> None:
        initial = {
            "quiet_from": hours.quiet_from if hours else None,
            "quiet_until": hours.quiet_until if hours else None,
            "digest_at": hours.digest_at if hours else DEFAULT_HOUR,
            "time_zone": person.time_zone,
        }
        super().__init__(*args, **{**kwargs, "initial": initial})
        zones = sorted(one for one in available_timezones() if "/" in one) + ["UTC"]
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            (one, one.replace("_", " ")) for one in zones
        ]

    def clean(self) -> dict[str, Any]:
        """Demand both ends of the quiet hours, or none."""
        typed: dict[str, Any] = super().clean() or {}
        if (typed.get("quiet_from") is None) != (typed.get("quiet_until") is None):
            missing = "quiet_until" if typed.get("quiet_until") is None else "quiet_from"
            if missing not in self.errors:
                self.add_error(missing, _("Quiet hours have a beginning and an end."))
        return typed
