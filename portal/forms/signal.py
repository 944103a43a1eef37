"""How a signal is used, and what it is tried with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fraud.domain.bounds import bounds_of
from fraud.models import Mode
from fraud.services.backtest import MOST_DAYS
from fraud.services.settings import REASON_LENGTH
from portal.signal_language import threshold_name

_PREFIX = "limit_"


class ThresholdForm(forms.Form):
    """A field for each threshold of a signal, within its bounds."""

    def __init__(
        self, *args: Any, usual: Mapping[str, int], now: Mapping[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, value in usual.items():
            bounds = bounds_of(name, value)
            self.fields[f"{_PREFIX}{name}"] = forms.IntegerField(
                label=threshold_name(name),
                min_value=bounds.least,
                max_value=bounds.most,
                initial=now.get(name, value),
                help_text=_("%(least)s to %(most)s; the rule says %(usual)s.")
                % {"least": bounds.least, "most": bounds.most, "usual": value},
            )

    @property
    def limits(self) -> dict[str, int]:
        """The thresholds that were typed."""
        return {
            name.removeprefix(_PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_PREFIX)
        }


class SettingForm(ThresholdForm):
    """How a signal is used from now on."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Use"), choices=Mode.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("Kept with the setting."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = [name for name in self.fields if name.startswith(_PREFIX)]
        self.order_fields(["mode", *limits, "reason"])


class TryForm(ThresholdForm):
    """What a signal is tried with on past orders."""

    days = forms.IntegerField(
        label=gettext_lazy("Days back"), min_value=1, max_value=MOST_DAYS, initial=90
    )
