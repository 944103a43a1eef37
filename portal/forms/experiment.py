"""The plan of an experiment, and what it asks of traffic."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import Affiliate, AffiliateStatus, Programme
from experiments.domain.switchback import LEAST_BLOCKS
from experiments.models import Design
from experiments.services.experiments import BLOCK_DAYS, LONGEST, MOST_CONTROL_BPS
from portal.experiment_language import design_name
from portal.forms.terms import midnight
from portal.forms.terms_rule import bps, percent_field
from shop.models import Shop
from tracking.domain.destinations import OWN_PARAMETERS

#: Designs that are about an affiliate, and the one about looks on product pages.
DESIGNS = [Design.BENEFIT, Design.CODE, Design.SWITCHBACK, Design.SURFACE]
LONGEST_PARAMETERS = 300
MOST_PAIRS = 60


def _choices() -> list[tuple[str, str]]:
    return [(one.value, design_name(one)) for one in DESIGNS]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class PowerForm(forms.Form):
    """What the calculator asks. Nothing is required: what is missing is taken from the traffic."""

    affiliate = forms.ModelChoiceField(
        label=gettext_lazy("Affiliate"),
        queryset=Affiliate.objects.filter(status=AffiliateStatus.ACTIVE).order_by("name"),
        required=False,
        help_text=gettext_lazy("None for looks on product pages: they are everybody's."),
    )
    shop = forms.ModelChoiceField(
        label=gettext_lazy("Shop"), queryset=Shop.objects.order_by("pk"), required=False
    )
    design = forms.ChoiceField(
        label=gettext_lazy("Design"), choices=_choices, widget=forms.RadioSelect, required=False
    )
    control = percent_field(
        gettext_lazy("Share of visitors who do without"),
        max_value=MOST_CONTROL_BPS // 100,
        help_text=gettext_lazy("At most 50 %, which answers soonest. Not for a switchback."),
    )
    effect = percent_field(
        gettext_lazy("Smallest effect worth finding"),
        min_value=1,
        help_text=gettext_lazy("The share of orders that would not have come without it."),
    )
    conversion = percent_field(
        gettext_lazy("Visitors who order"),
        min_value=Decimal("0.01"),
        max_value=99,
        help_text=gettext_lazy("Empty: as in the last thirty days."),
    )
    units_a_day = forms.IntegerField(
        label=gettext_lazy("New visitors a day"),
        min_value=1,
        max_value=10_000_000,
        required=False,
        help_text=gettext_lazy("With consent. Empty: as in the last thirty days."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days it runs"), min_value=1, max_value=LONGEST.days, required=False
    )
    block_days = forms.IntegerField(
        label=gettext_lazy("Days of a block"),
        min_value=BLOCK_DAYS[0],
        max_value=BLOCK_DAYS[1],
        required=False,
        help_text=gettext_lazy("Of a switchback. The first day of each is not counted."),
    )
    pairs = forms.IntegerField(
        label=gettext_lazy("Pairs of blocks"),
        min_value=LEAST_BLOCKS,
        max_value=MOST_PAIRS,
        required=False,
        help_text=gettext_lazy("Of a switchback: one on, one off."),
    )


#: What a plan begins with.
USUAL: dict[str, Any] = {
    "design": Design.BENEFIT.value, "control": 20, "effect": 20, "days": 60, "block_days": 3,
    "pairs": 8, "outcome_days": 30,
}  # fmt: skip


class PlanForm(PowerForm):
    """An experiment that does not run yet."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    question = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=300,
        help_text=gettext_lazy("What is to be found out, and what follows from each answer."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    parameters = forms.CharField(
        label=gettext_lazy("Added to the landing address"),
        max_length=LONGEST_PARAMETERS,
        required=False,
        help_text=gettext_lazy("Of a benefit, as the shop reads it: discount=ANNA10"),
    )
    outcome_days = forms.IntegerField(
        label=gettext_lazy("Orders count for"),
        min_value=1,
        max_value=180,
        help_text=gettext_lazy("Days after a visitor was first seen."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("shop", "design", "control", "effect"):
            self.fields[name].required = True

    def clean_parameters(self) -> dict[str, str]:
        """Return the parameters by name.

        :raises ValidationError: for what is no query, or a parameter that only we may write.
        """
        said = self.cleaned_data["parameters"].strip().lstrip("?&")
        if not said:
            return {}
        try:
            found = parse_qsl(said, strict_parsing=True, keep_blank_values=True, max_num_fields=10)
        except ValueError as error:
            raise forms.ValidationError(_("Write it like this: discount=ANNA10")) from error
        if OWN_PARAMETERS & {name.lower() for name, _value in found}:
            raise forms.ValidationError(_("ap_c, ap_ref and afsrc are ours: name it otherwise."))
        if len(dict(found)) < len(found):
            raise forms.ValidationError(_("Each name stands once."))
        return dict(found)

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen design needs."""
        said = super().clean() or {}
        design = said.get("design")
        is_chosen = bool(said.get("affiliate"))
        if design == Design.SURFACE and is_chosen:
            self.add_error("affiliate", _("Looks on product pages are of no single affiliate."))
        elif design != Design.SURFACE and not is_chosen and "affiliate" not in self.errors:
            self.add_error("affiliate", _("Choose an affiliate."))
        if design == Design.BENEFIT and "parameters" in said and not said["parameters"]:
            self.add_error("parameters", _("Say what the landing address gets."))
        if design != Design.SWITCHBACK and said.get("control") == 0:
            self.add_error("control", _("Somebody has to do without."))
        return said

    @property
    def control_bps(self) -> int:
        """The share that does without; of a switchback half of the time."""
        if self.cleaned_data["design"] == Design.SWITCHBACK:
            return MOST_CONTROL_BPS
        return bps(self.cleaned_data["control"]) or 0


class CalendarForm(forms.Form):
    """The blocks of a switchback."""

    starts_on = _day(gettext_lazy("First day"))
    block_days = forms.IntegerField(
        label=gettext_lazy("Days of a block"), min_value=BLOCK_DAYS[0], max_value=BLOCK_DAYS[1]
    )
    pairs = forms.IntegerField(
        label=gettext_lazy("Pairs of blocks"), min_value=LEAST_BLOCKS, max_value=MOST_PAIRS
    )

    @classmethod
    def usual(cls) -> CalendarForm:
        """Return the form with the first day that leaves the days of notice."""
        first = timezone.localdate() + timedelta(days=Programme.get().notice_days + 2)
        usual = {name: USUAL[name] for name in ("block_days", "pairs")}
        return cls(initial={"starts_on": first, **usual})


class BeginForm(forms.Form):
    """Until when an experiment runs."""

    ends_on = _day(gettext_lazy("First day no longer"))

    def clean_ends_on(self) -> Any:
        """Return the moment at which that day begins."""
        return midnight(self.cleaned_data["ends_on"])


class UseForm(forms.Form):
    """From when a result is used."""

    begins_on = _day(gettext_lazy("First day"))

    def clean_begins_on(self) -> Any:
        """Return the moment at which that day begins."""
        return midnight(self.cleaned_data["begins_on"])
