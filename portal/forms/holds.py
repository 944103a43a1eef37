"""What finance types to hold payouts, and the bank's file about the holders of accounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payouts.domain.calendar import day_start
from payouts.gateways.name_results import COLUMNS, MOST_BYTES
from portal.forms.staff import ReasonForm
from portal.forms.terms_rule import day_field


class HoldForm(ReasonForm):
    """Why payouts are held, and until when."""

    until = day_field(
        gettext_lazy("Until"),
        help_text=gettext_lazy("From this day on it is paid again. Empty: until it is released."),
    )

    def moment(self) -> datetime | None:
        """Return the first moment of the chosen day in Paris; None for none."""
        day: date | None = self.cleaned_data["until"]
        return None if day is None else day_start(day)


class NameFileForm(forms.Form):
    """The bank's answers about the holders of accounts."""

    file = forms.FileField(
        label=gettext_lazy("Answers of the bank"),
        help_text=", ".join(COLUMNS),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read.

        :raises ValidationError: above 2 MB.
        """
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        return upload
