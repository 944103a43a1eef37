"""What the team types of an incident."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy

from affiliates.models import Impact, ServicePart
from affiliates.services.incidents import TEXT_LENGTH, TITLE_LENGTH, Words

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_PUBLIC = gettext_lazy("Everybody can read it. No figures, no names of machines or people.")


class _SaidForm(forms.Form):
    """Words in both languages."""

    text_fr = forms.CharField(
        label=gettext_lazy("Text in French"),
        max_length=TEXT_LENGTH,
        help_text=_PUBLIC,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "fr"}),
    )
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"),
        max_length=TEXT_LENGTH,
        help_text=_PUBLIC,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "en"}),
    )

    def text(self) -> Words:
        """Return what was typed."""
        return Words(fr=self.cleaned_data["text_fr"], en=self.cleaned_data["text_en"])


class IncidentForm(_SaidForm):
    """What does not work, since when, and the first that is said of it."""

    part = forms.ChoiceField(label=gettext_lazy("What"), choices=ServicePart.choices)
    impact = forms.ChoiceField(label=gettext_lazy("How bad"), choices=Impact.choices)
    began_at = forms.DateTimeField(
        label=gettext_lazy("Since when"),
        help_text=gettext_lazy("Time of Paris."),
        widget=_MOMENT,
    )
    title_fr = forms.CharField(label=gettext_lazy("Title in French"), max_length=TITLE_LENGTH)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=TITLE_LENGTH)

    def title(self) -> Words:
        """Return what it is to be called."""
        return Words(fr=self.cleaned_data["title_fr"], en=self.cleaned_data["title_en"])


class UpdateForm(_SaidForm):
    """What more is said, and whether it is over."""

    ended_at = forms.DateTimeField(
        label=gettext_lazy("Over since"),
        required=False,
        help_text=gettext_lazy("Time of Paris. Empty: it goes on, or was over before."),
        widget=_MOMENT,
    )

    def ended(self) -> datetime | None:
        """Return since when it is over, if that was typed."""
        found: datetime | None = self.cleaned_data["ended_at"]
        return found
