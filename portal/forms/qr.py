from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from portal.qr_codes import DARK, LIGHT, QrStyle, logo_of, require_readable

COLOUR = r"^#[0-9a-fA-F]{6}$"
FORMATS = (
    ("png1024", _("PNG, 1024 pixels: screens and stickers")),
    ("png2048", _("PNG, 2048 pixels: posters")),
    ("svg", _("SVG: any size")),
    ("pdf", _("PDF, A6: a card with address and promo code")),
)


def _colour(label: Any, initial: str) -> forms.RegexField:
    return forms.RegexField(
        COLOUR,
        label=label,
        initial=initial,
        widget=forms.TextInput(attrs={"type": "color"}),
        error_messages={"invalid": _("A colour is written #1d1916.")},
    )


class QrForm(forms.Form):
    """How a QR code is drawn, and as what it is sent."""

    dark = _colour(_("Colour of the code"), DARK)
    light = _colour(_("Background"), LIGHT)
    level = forms.ChoiceField(
        label=_("Error level"),
        choices=[
            ("m", _("M: clean places")),
            ("h", _("H: dirt, creases, or a logo")),
        ],
        initial="m",
        widget=forms.RadioSelect,
    )
    logo = forms.FileField(
        label=_("Logo in the middle"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 1 MB. Needs error level H. It is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    format = forms.ChoiceField(label=_("File"), choices=FORMATS, initial="png1024")

    def clean(self) -> dict[str, Any]:
        """Put the style together.

        :raises ValidationError: for one that no camera reads.
        """
        cleaned = dict(self.cleaned_data)
        if self.errors:
            return cleaned
        upload = cleaned.get("logo")
        try:
            style = QrStyle(
                dark=cleaned["dark"],
                light=cleaned["light"],
                level=cleaned["level"],
                logo=logo_of(upload.read()) if upload else b"",
            )
            require_readable(style)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return {**cleaned, "style": style}
