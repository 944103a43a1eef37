"""What a creator agrees to when a look is sent: where its photos may be used, and until when."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from influencers.domain.licence import ALONE, RELEASED, LicenceTerms
from influencers.models import Scope

TERRITORY = "World"
DAYS_IN_A_YEAR = 365
#: Without these a look cannot be published at all.
NEEDED = (Scope.SITE, Scope.PDP)
_UNTIL_REVOKED = "open"
_TEXT = gettext_lazy(
    "I took these photos or may use them. I let the programme show them at the places chosen here,"
    " everywhere in the world, as long as chosen here, cropped and scaled as its pages need. I can"
    " end this at any time: within the hour they are gone from every page."
)


class RightsForm(forms.Form):
    """The licence of the photos of one look."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Where we may show the photos"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(NEEDED),
        help_text=gettext_lazy("Looks pages and product pages are needed to publish the look."),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("How long"),
        choices=[
            ("1", gettext_lazy("One year")),
            ("2", gettext_lazy("Two years")),
            (_UNTIL_REVOKED, gettext_lazy("Until I end it")),
        ],
        widget=forms.RadioSelect,
        initial="2",
    )
    credit = forms.CharField(
        label=gettext_lazy("Who took the photos"),
        max_length=120,
        help_text=gettext_lazy("Shown beside them."),
    )
    people = forms.ChoiceField(
        label=gettext_lazy("Other people on the photos"),
        choices=[
            (ALONE, gettext_lazy("Nobody else can be recognised")),
            (RELEASED, gettext_lazy("Everybody who can be recognised agreed in writing")),
        ],
        widget=forms.RadioSelect,
    )
    has_minors = forms.BooleanField(
        label=gettext_lazy("Somebody on the photos is younger than 18"), required=False
    )
    guardian = forms.CharField(
        label=gettext_lazy("Who agreed in writing for the minor"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("The names of the holders of parental authority."),
    )
    agreed = forms.BooleanField(
        label=_TEXT, error_messages={"required": gettext_lazy("Agree to this to send the look.")}
    )

    def clean_scopes(self) -> list[str]:
        """Return the places, the two that a look needs among them.

        :raises ValidationError: without these two.
        """
        scopes: list[str] = self.cleaned_data["scopes"]
        if not set(NEEDED) <= set(scopes):
            raise forms.ValidationError(
                _("A look needs at least the looks pages and the product pages.")
            )
        return scopes

    def clean(self) -> dict[str, Any]:
        """Ask who agreed for a minor.

        :raises ValidationError: at the field.
        """
        cleaned = dict(self.cleaned_data)
        if cleaned.get("has_minors") and not cleaned.get("guardian"):
            self.add_error("guardian", _("Say who agreed in writing for the minor."))
        if cleaned.get("has_minors") and cleaned.get("people") == ALONE:
            self.add_error("people", _("With a minor, everybody's agreement in writing is needed."))
        return cleaned

    def terms(self, today: date) -> LicenceTerms:
        """Return what was agreed to, from ``today`` on; the last day is part of it."""
        cleaned = self.cleaned_data
        return LicenceTerms(
            scopes=tuple(cleaned["scopes"]),
            starts_on=today,
            ends_on=_last_day(today, cleaned["period"]),
            credit=cleaned["credit"],
            people=cleaned["people"],
            text_sha256=hashlib.sha256(str(_TEXT).encode()).hexdigest(),
            territory=TERRITORY,
            has_minors=cleaned["has_minors"],
            guardian=cleaned["guardian"] if cleaned["has_minors"] else "",
        )


def _last_day(today: date, period: str) -> date | None:
    if period == _UNTIL_REVOKED:
        return None
    return today + timedelta(days=int(period) * DAYS_IN_A_YEAR - 1)
