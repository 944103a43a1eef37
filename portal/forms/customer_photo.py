"""What customers say when they send a photo, and what managers say when they ask for photos."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from influencers.domain.customer_photo import ALT_LENGTH, MOST, NAME_LENGTH, STORY_LENGTH
from influencers.domain.licence import ALONE, RELEASED
from influencers.domain.picture import MOST_BYTES
from influencers.services.customer_photos import Sent, sha256_of_words
from portal.display import Text
from shop.models import Shop

_FILES = {"accept": "image/jpeg,image/png,image/webp,image/avif"}
_PEOPLE: list[tuple[str, Text]] = [
    (ALONE, gettext_lazy("Nobody but me, or nobody at all")),
    (RELEASED, gettext_lazy("Others too, and each of them agreed in writing")),
]


def _agreed(label: Text) -> forms.BooleanField:
    return forms.BooleanField(
        label=label,
        error_messages={"required": gettext_lazy("Without this we cannot take the photo.")},
    )


class PhotoForm(forms.Form):
    """A photo, how its sender wants to be named, and what was agreed to."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    shown_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    photo = forms.FileField(
        label=gettext_lazy("Your photo"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or AVIF, at most 15 MB. Where it was taken is not kept."
        ),
        widget=forms.FileInput(attrs=_FILES),
    )
    alt = forms.CharField(
        label=gettext_lazy("What is on it"),
        required=False,
        max_length=ALT_LENGTH,
        help_text=gettext_lazy("For people who cannot see it: what you wear, and where."),
    )
    story = forms.CharField(
        label=gettext_lazy("What you like about it"),
        required=False,
        max_length=STORY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    shown_name = forms.CharField(
        label=gettext_lazy("How we name you"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("Everybody reads it: a first name is enough."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy(
            "Only a fingerprint of it is kept, to find the photo if you ask us to erase it."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    people = forms.ChoiceField(
        label=gettext_lazy("Who can be recognised"), choices=_PEOPLE, widget=forms.RadioSelect
    )
    is_of_age = _agreed(gettext_lazy("I am 18 or older"))
    is_without_minors = _agreed(gettext_lazy("No child or teenager can be seen"))
    accept = _agreed(gettext_lazy("I have read what you may do with it, and agree"))

    def begin(self, language: str) -> None:
        """Give an empty form its key, and remember which words stand beside it."""
        self.initial.setdefault("form_key", uuid4())
        self.initial.setdefault("shown_sha256", sha256_of_words(language))

    def clean_photo(self) -> UploadedFile[bytes]:
        """Return the file.

        :raises ValidationError: when it is too large to be looked at.
        """
        found: UploadedFile[bytes] = self.cleaned_data["photo"]
        if (found.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                gettext_lazy("The photo is larger than 15 MB: choose a smaller one.")
            )
        return found

    def sent(self, language: str) -> Sent:
        """Return what was sent, with the words that were read in ``language``."""
        typed = self.cleaned_data
        return Sent(
            content=typed["photo"].read(MOST_BYTES + 1),
            file_name=typed["photo"].name or "",
            language=language,
            **{
                name: typed[name]
                for name in (
                    "shown_name", "email", "people", "is_of_age", "is_without_minors", "alt",
                    "story", "shown_sha256",
                )
            },
        )  # fmt: skip


class InviteForm(forms.Form):
    """An invitation to customers."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("For the team: the newsletter or the parcel that it goes with."),
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Takes photos until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    most = forms.IntegerField(
        label=gettext_lazy("At most so many photos"), min_value=1, max_value=MOST, initial=500
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shop"] = forms.ModelChoiceField(
            label=gettext_lazy("Shop"), queryset=Shop.objects.order_by("pk"), empty_label=None
        )
        self.order_fields(["name", "shop", "ends_at", "most"])


class FindForm(forms.Form):
    """An address whose photos somebody asks us to erase."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("As it was typed when the photo was sent."),
    )
