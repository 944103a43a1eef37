"""What the team types of an announcement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from affiliates.models import Activity, AffiliateKind, AffiliateStatus, Group
from affiliates.services.announcements import TEXT_LENGTH, TITLE_LENGTH, Content

_FILLED = gettext_lazy("{first_name} and {programme} are filled in.")
_MOMENT = {"type": "datetime-local"}
_STATUSES = [one for one in AffiliateStatus.choices if one[0] != AffiliateStatus.CLOSED]


class AnnouncementForm(forms.Form):
    """Words in both languages, whom they are for, and where they are seen."""

    title_fr = forms.CharField(
        label=gettext_lazy("Title in French"), max_length=TITLE_LENGTH, required=False
    )
    text_fr = forms.CharField(
        label=gettext_lazy("Text in French"),
        max_length=TEXT_LENGTH,
        required=False,
        help_text=_FILLED,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "fr"}),
    )
    title_en = forms.CharField(
        label=gettext_lazy("Title in English"), max_length=TITLE_LENGTH, required=False
    )
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"),
        max_length=TEXT_LENGTH,
        required=False,
        help_text=_FILLED,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "en"}),
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=Group.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("Every group"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds"),
        choices=AffiliateKind.choices,
        required=False,
        help_text=gettext_lazy("None: whatever they are."),
        widget=forms.CheckboxSelectMultiple,
    )
    statuses = forms.MultipleChoiceField(
        label=gettext_lazy("State of the account"),
        choices=_STATUSES,
        required=False,
        help_text=gettext_lazy("None: all that are not closed."),
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Readers"),
        choices=[
            ("", gettext_lazy("Whatever language they read")),
            ("fr", gettext_lazy("Who reads French")),
            ("en", gettext_lazy("Who reads English")),
        ],
        required=False,
    )
    activity = forms.ChoiceField(
        label=gettext_lazy("Activity"), choices=Activity.choices, required=False
    )
    as_banner = forms.BooleanField(
        label=gettext_lazy("Show it as a banner on their home"), required=False, initial=True
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("The banner ends"),
        required=False,
        help_text=gettext_lazy("Time of Paris. Empty: until each puts it away."),
        widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M"),
    )
    as_letter = forms.BooleanField(label=gettext_lazy("Send it as a letter too"), required=False)

    def content(self) -> Content:
        """Return what was typed."""
        typed: dict[str, Any] = dict(self.cleaned_data)
        group = typed.pop("group")
        return Content(**typed, group_id=group.pk if group else None)


class MomentForm(forms.Form):
    """When an announcement goes out."""

    at = forms.DateTimeField(
        label=gettext_lazy("When it goes out"),
        required=False,
        help_text=gettext_lazy("Time of Paris. Empty: at once."),
        widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M"),
    )


class KeepForm(forms.Form):
    """The name under which words are kept."""

    name = forms.CharField(label=gettext_lazy("Name of these words"), max_length=80)
