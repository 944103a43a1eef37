"""What an affiliate types of itself. Beside each field stands who reads it."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from affiliates.models import Affiliate, AffiliateKind, AffiliateProfile
from affiliates.services.profiles import (
    CONTACT_LENGTH,
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    PHONE_LENGTH,
    Told,
)
from portal.countries import country_choices
from portal.formats import locale
from portal.forms.message import AttachmentField

#: Languages that people write for in the countries we pay to; others by their code would be noise.
LANGUAGES = (
    "fr", "en", "de", "es", "it", "nl", "pt", "pl", "ro", "sv", "da", "fi", "nb", "cs", "hu", "el",
    "bg", "hr", "sk", "sl", "lt", "lv", "et", "ga", "mt", "ar", "tr", "uk",
)  # fmt: skip
_TEAM = gettext_lazy("Only the team reads it.")
_SEVERAL = gettext_lazy("Only the team reads it. Hold Ctrl to choose several.")
_PUBLIC = gettext_lazy("Everybody reads it: it stands on your creator page and under your looks."
                       " The team looks at a new one first.")  # fmt: skip
_OF_TEAM = gettext_lazy("The team reads it. Statements and invoices name your legal holder.")
_OF_EMPLOYEES = gettext_lazy("Everybody reads it under your looks. The shop keeps the names of its"
                             " employees: ask your store to change it.")  # fmt: skip


class ProfileForm(forms.Form):
    """Everything that an affiliate keeps the team told of itself."""

    name = forms.CharField(
        label=gettext_lazy("Display name"),
        max_length=NAME_LENGTH,
    )
    description = forms.CharField(
        label=gettext_lazy("What you do"),
        max_length=DESCRIPTION_LENGTH,
        required=False,
        help_text=gettext_lazy("Only the team reads it: for whom you write, and about what."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    picture = AttachmentField(
        label=gettext_lazy("Logo or photo"),
        required=False,
        help_text=gettext_lazy("Only the team sees it. PNG or JPEG, at most 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,image/png,image/jpeg"}),
    )
    drop_picture = forms.BooleanField(label=gettext_lazy("Take the picture away"), required=False)
    contact_name = forms.CharField(
        label=gettext_lazy("Whom we ask for"),
        max_length=CONTACT_LENGTH,
        required=False,
        help_text=_TEAM,
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("E-mail of that person"),
        required=False,
        help_text=gettext_lazy("Only the team reads it. Mails of the programme go to your team's"
                               " own addresses, not here."),
    )  # fmt: skip
    contact_phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=PHONE_LENGTH,
        required=False,
        help_text=gettext_lazy("Only the team reads it; kept encrypted."),
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages you publish in"),
        required=False,
        help_text=_SEVERAL,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    audience_countries = forms.MultipleChoiceField(
        label=gettext_lazy("Countries of your audience"),
        required=False,
        help_text=_SEVERAL,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )

    def __init__(
        self, *args: Any, affiliate: Affiliate, found: AffiliateProfile | None, **kwargs: Any
    ) -> None:
        names = ("description", "contact_name", "contact_email", "contact_phone", "languages",
                 "audience_countries")  # fmt: skip
        initial = {name: getattr(found, name) for name in names} if found else {}
        name = found.wished_name if found and found.name_waits else affiliate.name
        kwargs["initial"] = {"name": name, **initial}
        super().__init__(*args, **kwargs)
        self.fields["languages"].choices = language_choices()  # type: ignore[attr-defined]
        self.fields["audience_countries"].choices = country_choices()  # type: ignore[attr-defined]
        self.fields["name"].help_text = str(name_read_by(affiliate))
        self.fields["name"].disabled = affiliate.is_employee

    def told(self) -> Told:
        """Return what was typed."""
        return Told(**self.cleaned_data)


def name_read_by(affiliate: Affiliate) -> Promise:
    """Return who reads the display name of an affiliate."""
    if affiliate.is_employee:
        return _OF_EMPLOYEES
    return _PUBLIC if affiliate.kind == AffiliateKind.INFLUENCER else _OF_TEAM


def language_choices() -> list[tuple[str, str]]:
    """Return ``(code, name)`` in the active language, those that most write in first."""
    names = Locale.parse(locale()).languages
    return [(code, str(names[code])) for code in LANGUAGES]
