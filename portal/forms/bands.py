"""The edges of margin bands, and the day from which they hold, as a form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from core.money import BPS
from portal.refusals import sentence
from shop.domain.bands import bands_between
from shop.domain.margin import BandEdges
from shop.services.bands import NAME_LENGTH

PERCENT = r"[0-9]{1,3}([.,][0-9]{1,2})?"


class BandsForm(forms.Form):
    """Edges in percent, 0 and 100 left out."""

    edges = forms.CharField(
        label=gettext_lazy("Edges in percent"),
        max_length=120,
        help_text=gettext_lazy(
            "Between 0 and 100, with spaces in between: 20 35 50 65 makes five bands."
        ),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    begins_on = forms.DateField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy(
            "They begin at midnight. Earlier orders keep the bands of their day."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_edges(self) -> list[int]:
        """Return every edge in basis points, 0 and 10,000 included."""
        parts = [part.strip(",") for part in re.split(r"[\s;]+", self.cleaned_data["edges"])]
        if not all(re.fullmatch(PERCENT, part) for part in parts):
            raise ValidationError(
                _("Write percentages with spaces in between, such as 20 35 50 65.")
            )
        inner = [Decimal(part.replace(",", ".")) * 100 for part in parts]
        edges = [0, *(int(edge) for edge in inner), BPS]
        try:
            bands_between(edges)
        except DomainError as refusal:
            raise ValidationError(sentence(refusal)) from refusal
        return edges

    @property
    def bands(self) -> tuple[BandEdges, ...]:
        """The bands between the edges of a valid form."""
        return bands_between(self.cleaned_data["edges"])

    @property
    def valid_from(self) -> datetime:
        """The moment at which they begin: midnight in the programme's time zone."""
        first: date = self.cleaned_data["begins_on"]
        return datetime.combine(first, time(), tzinfo=timezone.get_default_timezone())

    @staticmethod
    def written(edges: Sequence[int]) -> str:
        """Return edges in basis points as they are typed."""
        return " ".join(f"{Decimal(edge) / 100:f}" for edge in edges if 0 < edge < BPS)

    @classmethod
    def beginning(cls, edges: Sequence[int], first_day: date) -> dict[str, Any]:
        """Return the values to begin with."""
        return {
            "edges": cls.written(edges),
            "begins_on": first_day,
            "name": _("Bands of %(year)s") % {"year": first_day.year},
        }
