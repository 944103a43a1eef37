"""Lines from a file, or typed: the same form wherever many things are brought in."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME_LENGTH = 120


class LinesForm(forms.Form):
    """A file, or its lines as they were shown after they were read once."""

    most_bytes: ClassVar[int]

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )
    lines = forms.CharField(
        label=gettext_lazy("Or paste the lines"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"}),
    )
    name = forms.CharField(required=False, max_length=NAME_LENGTH, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = self.fields["lines"]
        lines.validators.append(MaxLengthValidator(self.most_bytes))
        lines.widget.attrs["maxlength"] = str(self.most_bytes)

    def clean(self) -> dict[str, Any]:
        """Read the file, if there is one, in place of the lines.

        :raises ValidationError: for nothing at all, or too much.
        """
        cleaned = dict(self.cleaned_data)
        upload = cleaned.get("file")
        if upload is not None:
            if upload.size > self.most_bytes:
                raise forms.ValidationError(
                    _("The file is larger than %(size)s kB.") % {"size": self.most_bytes // 1024}
                )
            cleaned["lines"] = _decoded(upload.read())
            cleaned["name"] = upload.name[:NAME_LENGTH]
        if not cleaned.get("lines", "").strip():
            raise forms.ValidationError(_("Choose a file, or paste its lines."))
        return cleaned


def _decoded(content: bytes) -> str:
    """Return a file's text: UTF-8, or what an older spreadsheet writes."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
