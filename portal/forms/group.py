from __future__ import annotations

from typing import Any

from django import forms

from portal.forms.link import UTM_LABELS
from tracking.domain.utm import PARAMETERS, VALUE_LENGTH


class UtmTemplateForm(forms.Form):
    """The campaign parameters that every new link of a group gets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PARAMETERS:
            self.fields[name] = forms.CharField(
                label=UTM_LABELS[name],
                max_length=VALUE_LENGTH,
                required=False,
                help_text=name,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
