"""What finance types: a batch to prepare, a day to look back to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from payouts.domain.calendar import day_start
from payouts.models import Rail
from portal.formats import in_paris


class BatchForm(forms.Form):
    """What a batch shall hold and when it shall be paid."""

    rail = forms.ChoiceField(
        label=gettext_lazy("How it is paid"), choices=Rail.choices, widget=forms.RadioSelect
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"), min_length=3, max_length=3, initial="EUR"
    )
    cutoff = forms.DateField(
        label=gettext_lazy("Approved up to and including"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Commissions approved later wait for the next batch."),
    )
    execution_date = forms.DateField(
        label=gettext_lazy("Payment date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("When the bank shall carry it out, or the month's payroll."),
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def cutoff_at(self, now: datetime) -> datetime:
        """Return the end of the cutoff day in Paris, or ``now`` when that is earlier."""
        day: date = self.cleaned_data["cutoff"]
        return min(now, day_start(day + timedelta(days=1)))


class AsOfForm(forms.Form):
    """The day up to which, included, the ledger is shown."""

    on = forms.DateField(
        label=gettext_lazy("As of the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def moment(self) -> datetime | None:
        """Return the end of the day in Paris; None when no day, or no such day, was given."""
        day: date | None = self.cleaned_data.get("on") if self.is_valid() else None
        return None if day is None else day_start(day + timedelta(days=1))


def first_values(now: datetime, execution_date: date) -> dict[str, Any]:
    """Return what the form for a batch begins with."""
    return {
        "rail": Rail.SEPA,
        "currency": "EUR",
        "cutoff": in_paris(now).date(),
        "execution_date": execution_date,
    }
