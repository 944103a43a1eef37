"""When a saved report is sent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Every
from portal.formats import locale

_MONDAY = date(2026, 6, 1)
LAST_DAY = 28


def rhythms() -> list[tuple[str, str]]:
    """Return every day of a week and of a month on which a report can be sent."""
    days = [
        (
            f"{Every.WEEK}-{number + 1}",
            _("Every %(day)s")
            % {"day": format_date(_MONDAY + timedelta(days=number), "EEEE", locale=locale())},
        )
        for number in range(7)
    ]
    days += [
        (f"{Every.MONTH}-{number}", _("Every month, on day %(number)s") % {"number": number})
        for number in range(1, LAST_DAY + 1)
    ]
    return days


class ScheduleForm(forms.Form):
    """The day, the hour on the person's own clock, and the form of the file."""

    rhythm = forms.ChoiceField(label=gettext_lazy("When"), choices=rhythms)
    hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )
    form = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[
            ("xlsx", gettext_lazy("Spreadsheet (XLSX)")),
            ("csv", gettext_lazy("CSV, French: semicolons and decimal commas")),
            ("international", gettext_lazy("CSV, international: commas and decimal points")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        """Add ``every`` and ``day`` to what was chosen."""
        found: dict[str, Any] = super().clean() or {}
        every, _dash, day = found.get("rhythm", "").partition("-")
        if day:
            found |= {"every": every, "day": int(day)}
        return found
