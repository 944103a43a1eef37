"""What finance types to control payouts: approval rules, limits, who minds an exception."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from core.models import User
from payouts.domain.approval_rules import Rule
from payouts.domain.calendar import day_start
from payouts.domain.currency import CURRENCY
from payouts.services.minimum_rules import MOST_MONTHS
from portal.access import Role
from portal.formats import in_paris
from portal.forms.terms_rule import day_field, minor, money_field

STEPS = ("second", "third")


def finance_people() -> Any:
    """Return the people who work in finance."""
    of_finance = Q(groups__name=Role.FINANCE) | Q(is_superuser=True)
    return User.objects.filter(of_finance, is_active=True).distinct().order_by("email")


class _FromADay(forms.Form):
    valid_from = day_field(
        gettext_lazy("Holds from"), help_text=gettext_lazy("Empty: from the confirmation on.")
    )

    def begins(self, now: datetime) -> datetime:
        """Return the first moment of the chosen day in Paris; ``now`` for none and for today."""
        day: date | None = self.cleaned_data["valid_from"]
        if day is None or day == in_paris(now).date():
            return now
        return day_start(day)


class RulesForm(_FromADay):
    """How many people approve: any batch, and from two amounts on."""

    first_people = forms.IntegerField(
        label=gettext_lazy("People for any batch"), min_value=1, max_value=9, initial=1
    )
    second_above = money_field(gettext_lazy("Above (EUR)"))
    second_people = forms.IntegerField(
        label=gettext_lazy("People above that amount"), min_value=1, max_value=9, required=False
    )
    second_owner = forms.BooleanField(label=gettext_lazy("An owner is among them"), required=False)
    third_above = money_field(gettext_lazy("Above, a second amount (EUR)"))
    third_people = forms.IntegerField(
        label=gettext_lazy("People above the second amount"),
        min_value=1,
        max_value=9,
        required=False,
    )
    third_owner = forms.BooleanField(
        label=gettext_lazy("An owner is among them, too"), required=False
    )
    field_order = [
        "first_people", "second_above", "second_people", "second_owner", "third_above",
        "third_people", "third_owner", "valid_from",
    ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for step in STEPS:
            if (given.get(f"{step}_above") is None) != (given.get(f"{step}_people") is None):
                self.add_error(
                    f"{step}_people", gettext_lazy("Enter the amount and the number of people.")
                )
        return given

    def rules(self) -> list[Rule]:
        """Return what was typed."""
        given = self.cleaned_data
        found = [Rule(above_minor=0, people=given["first_people"])]
        for step in STEPS:
            above = minor(given[f"{step}_above"], CURRENCY)
            if above is not None:
                found.append(
                    Rule(
                        above_minor=above,
                        people=given[f"{step}_people"],
                        needs_owner=given[f"{step}_owner"],
                    )
                )
        return found


class LimitForm(_FromADay):
    """How much a person may approve in a day."""

    user = forms.ModelChoiceField(label=gettext_lazy("Person"), queryset=User.objects.none())
    daily = money_field(gettext_lazy("In a day, all batches together (EUR)"), required=True)
    field_order = ["user", "daily", "valid_from"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = finance_people()  # type: ignore[attr-defined]

    def daily_minor(self) -> int:
        """Return the amount in minor units."""
        return minor(self.cleaned_data["daily"], CURRENCY) or 0


class MinimumForm(_FromADay):
    """After how long small sums are paid, too."""

    months = forms.IntegerField(
        label=gettext_lazy("Months without a payout"),
        min_value=0,
        max_value=MOST_MONTHS,
        help_text=gettext_lazy("After them the minimum is lifted. 0: it always holds."),
    )
    field_order = ["months", "valid_from"]


class MindForm(forms.Form):
    """Who looks at an exception, what is known, until when it waits."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who looks at it"), queryset=User.objects.none(), required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    snoozed_until = day_field(gettext_lazy("Put off until"))

    def __init__(
        self, *args: Any, owners: Sequence[tuple[Any, str]] | None = None, **kwargs: Any
    ) -> None:
        """``owners``: what :func:`owner_choices` returns, for one of many forms of a page."""
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = finance_people()
        if owners is not None:
            owner.choices = owners

    def until(self) -> datetime | None:
        """Return the first moment of the chosen day in Paris."""
        day: date | None = self.cleaned_data["snoozed_until"]
        return None if day is None else day_start(day)


def owner_choices() -> list[tuple[Any, str]]:
    """Return who can look at an exception. One query."""
    owner: Any = MindForm().fields["owner"]
    return list(owner.choices)


class ConfirmRulesForm(forms.Form):
    """Which proposed rules are confirmed or discarded."""

    valid_from = forms.DateTimeField()
