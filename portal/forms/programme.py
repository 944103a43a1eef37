"""What managers set for the whole programme."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from affiliates.models import AmountOnly, Programme
from affiliates.services.programme import LONGEST_KEPT_DAYS, MOST_CLAIMS, MOST_LINES
from portal.forms.terms import days_field
from portal.forms.terms_rule import major, minor, money_field


class ProgrammeForm(forms.Form):
    """The settings of the programme. Amounts are of ``currency``."""

    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=40,
        help_text=gettext_lazy("In which days, months and weekdays are counted: Europe/Paris"),
    )
    notice_days = days_field(
        gettext_lazy("Days of notice"),
        help_text=gettext_lazy("From telling affiliates of worse terms to their first day."),
    )
    month_budget = money_field(
        gettext_lazy("Budget of a month"),
        help_text=gettext_lazy("Most commission for the orders of one month. Empty: no limit."),
    )
    four_eyes_from = money_field(
        gettext_lazy("A second person from"),
        required=True,
        help_text=gettext_lazy("From this amount on, an adjustment is confirmed by somebody else."),
    )
    amount_only_returns = forms.ChoiceField(
        label=gettext_lazy("Money given back without goods means"), choices=AmountOnly.choices
    )
    exchange_days = days_field(
        gettext_lazy("Exchanges keep their attribution for (days)"),
    )
    claim_within_days = days_field(gettext_lazy("A sale may be claimed within (days)"), smallest=1)
    claim_answer_days = days_field(
        gettext_lazy("A claim is answered within (days)"),
        smallest=1,
        help_text=gettext_lazy("An affiliate has as many days to answer a question about it."),
    )
    claims_most = forms.IntegerField(
        label=gettext_lazy("Claims of an account in thirty days"),
        min_value=1,
        max_value=MOST_CLAIMS,
        help_text=gettext_lazy("At most so many, so that nobody tries order numbers one by one."),
    )
    claim_lines_most = forms.IntegerField(
        label=gettext_lazy("Lines of a file of claims"),
        min_value=1,
        max_value=MOST_LINES,
        help_text=gettext_lazy("Longer files are refused as a whole."),
    )
    proof_keep_days = forms.IntegerField(
        label=gettext_lazy("Files given as proof are kept for (days)"),
        min_value=1,
        max_value=LONGEST_KEPT_DAYS,
        help_text=gettext_lazy(
            "From the end of the claim, the case or the part in a campaign on. Then they are"
            " deleted for good."
        ),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    @staticmethod
    def of(programme: Programme, currency: str) -> dict[str, Any]:
        """Return the form's values."""
        values = {field.name: getattr(programme, field.name) for field in programme._meta.fields}
        values["month_budget"] = major(programme.month_budget_minor, currency)
        values["four_eyes_from"] = major(programme.four_eyes_from_minor, currency)
        return values

    def values(self) -> dict[str, Any]:
        """Return the settings as the row keeps them."""
        said = dict(self.cleaned_data)
        said["month_budget_minor"] = minor(said.pop("month_budget"), self.currency)
        said["four_eyes_from_minor"] = minor(said.pop("four_eyes_from"), self.currency)
        return said
