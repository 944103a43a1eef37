from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.formats import format_bps
from shop.models import MarginBand

DEFAULTS = {"visits": 2_000, "conversion": Decimal(2), "basket": Decimal(80)}


class CalculatorForm(forms.Form):
    """A partner's own numbers. ``bands`` are the published margin bands, the lowest first."""

    visits = forms.IntegerField(
        label=_("Visitors you send in a month"),
        min_value=0,
        max_value=10_000_000,
        widget=forms.NumberInput(attrs={"data-slider-max": 20_000, "step": 100}),
    )
    conversion = forms.DecimalField(
        label=_("How many of them buy"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"data-slider-max": 10, "step": "0.1"}),
    )
    basket = forms.DecimalField(
        label=_("Average basket, without VAT"),
        min_value=0,
        max_value=100_000,
        max_digits=8,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"data-slider-max": 400, "step": 5}),
    )
    band = forms.TypedChoiceField(label=_("Margin band of what they buy"), coerce=int)

    def __init__(self, *args: Any, bands: Sequence[MarginBand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(band.lower_bps, band_label(band.lower_bps, band.upper_bps)) for band in bands]
        self.fields["band"].choices = choices  # type: ignore[attr-defined]


def usual_numbers(bands: Sequence[MarginBand]) -> dict[str, Any]:
    """What the calculator shows before anybody changed it: the band above the middle."""
    middle = bands[len(bands) // 2].lower_bps if bands else 0
    return {**DEFAULTS, "band": middle}


def band_label(lower_bps: int, upper_bps: int) -> str:
    """``35–50%``."""
    return f"{format_bps(lower_bps)} – {format_bps(upper_bps)}"
