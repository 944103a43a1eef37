"""What the team types of resources."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from affiliates.models import AffiliateKind, Group, Resource, ResourceKind, ResourceLanguage
from affiliates.services.resources import CATEGORY_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Content
from core.attachments import Attachment
from portal.forms.message import AttachmentField

_KINDS_OF_FILE = gettext_lazy("PDF, PNG or JPEG, at most 2 MB; a banner is PNG or JPEG.")


class ResourceForm(forms.Form):
    """Words in both languages, and whom they are for."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ResourceKind.choices)
    title_fr = forms.CharField(label=gettext_lazy("Title in French"), max_length=TITLE_LENGTH)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=TITLE_LENGTH)
    text_fr = forms.CharField(
        label=gettext_lazy("Words in French"),
        max_length=TEXT_LENGTH,
        required=False,
        help_text=gettext_lazy("A text to use, rules, or what the file is for."),
        widget=forms.Textarea(attrs={"rows": 6, "lang": "fr"}),
    )
    text_en = forms.CharField(
        label=gettext_lazy("Words in English"),
        max_length=TEXT_LENGTH,
        required=False,
        help_text=gettext_lazy("A text to use, rules, or what the file is for."),
        widget=forms.Textarea(attrs={"rows": 6, "lang": "en"}),
    )
    category = forms.CharField(
        label=gettext_lazy("Category"),
        max_length=CATEGORY_LENGTH,
        required=False,
        help_text=gettext_lazy("A campaign, for example. Affiliates choose by it."),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Separated by commas, eight at most."),
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=Group.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("Every group"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of affiliates"),
        choices=AffiliateKind.choices,
        required=False,
        help_text=gettext_lazy("None: whatever they are."),
        widget=forms.CheckboxSelectMultiple,
    )
    expires_at = forms.DateTimeField(
        label=gettext_lazy("Offered until"),
        required=False,
        help_text=gettext_lazy("Time of Paris. Empty: until you take it back."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def content(self) -> Content:
        """Return what was typed."""
        typed: dict[str, Any] = {
            name: value for name, value in self.cleaned_data.items() if not name.startswith("file_")
        }
        group, tags = typed.pop("group"), typed.pop("tags")
        kind = ResourceKind(typed.pop("kind"))
        found = [one.strip() for one in tags.split(",") if one.strip()]
        return Content(
            **typed,
            kind=kind,
            group_id=group.pk if group else None,
            tags=list(dict.fromkeys(found)),
        )


class NewResourceForm(ResourceForm):
    """The same, with files."""

    file_both = AttachmentField(
        label=gettext_lazy("File for both languages"),
        required=False,
        help_text=_KINDS_OF_FILE,
    )
    file_fr = AttachmentField(label=gettext_lazy("File in French"), required=False)
    file_en = AttachmentField(label=gettext_lazy("File in English"), required=False)

    def chosen_files(self) -> list[tuple[ResourceLanguage, Attachment]]:
        """Return the files that were chosen, each for its language."""
        fields = (
            ("file_both", ResourceLanguage.BOTH),
            ("file_fr", ResourceLanguage.FRENCH),
            ("file_en", ResourceLanguage.ENGLISH),
        )
        return [
            (language, self.cleaned_data[name])
            for name, language in fields
            if self.cleaned_data.get(name)
        ]


class FileForm(forms.Form):
    """A file, or a newer version of one."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=ResourceLanguage.choices, required=False
    )
    file = AttachmentField(label=gettext_lazy("File"), help_text=_KINDS_OF_FILE)


def typed_of(found: Resource) -> dict[str, Any]:
    """Return what a resource says, as its form shows it."""
    names = ("kind", "title_fr", "title_en", "text_fr", "text_en", "category", "group", "kinds")
    return {name: getattr(found, name) for name in names} | {
        "tags": ", ".join(found.tags),
        "expires_at": found.expires_at,
    }
