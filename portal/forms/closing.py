"""What finance types about differences, months and the journal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import staff
from payouts.domain.months import month_end, month_start
from payouts.services.differences import NOTE_LENGTH


class MindForm(forms.Form):
    """Who minds a difference, and what they know so far."""

    owner = forms.TypedChoiceField(
        label=gettext_lazy("Who minds it"), required=False, coerce=int, empty_value=None
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(person.pk, str(person)) for person in staff.of_role("finance")]
        self.fields["owner"].choices = [("", _("Nobody yet")), *people]  # type: ignore[attr-defined]


class TogetherForm(MindForm):
    """Several differences at once: who minds them, and what is known or explains them."""

    selected = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": gettext_lazy("Choose differences first.")}
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        typed = {one for one in data.getlist("selected") if one.isdecimal() and len(one) < 10}
        self.fields["selected"].choices = [(one, one) for one in typed]  # type: ignore[attr-defined]


class PeriodForm(forms.Form):
    """Two months, both included."""

    since = forms.CharField(
        label=gettext_lazy("From"), widget=forms.TextInput(attrs={"type": "month"})
    )
    until = forms.CharField(
        label=gettext_lazy("To, included"), widget=forms.TextInput(attrs={"type": "month"})
    )

    def clean_since(self) -> date:
        return _month(self.cleaned_data["since"])

    def clean_until(self) -> date:
        return _month(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if {"since", "until"} <= given.keys() and given["until"] < given["since"]:
            self.add_error("until", _("The last month is before the first."))
        return given

    def moments(self) -> tuple[datetime, datetime]:
        """Return the first moment of the period, and the first after it."""
        return month_start(self.cleaned_data["since"]), month_end(self.cleaned_data["until"])


def read_month(said: str) -> date | None:
    """Return the first day of a month written as 2026-10; None for anything else."""
    try:
        return datetime.strptime(said, "%Y-%m").date()  # noqa: DTZ007 - a month, not a moment
    except ValueError:
        return None


def _month(said: str) -> date:
    month = read_month(said)
    if month is None or not 2000 <= month.year <= 2999:
        raise forms.ValidationError(_("Write the month as 2026-10."))
    return month
