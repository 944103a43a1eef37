"""To which group an affiliate moves, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.models import Affiliate, Group
from portal.forms.terms import midnight
from portal.forms.terms_rule import day_field


class GroupMoveForm(forms.Form):
    """The group and the first day; without a day it moves at once."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none())
    begins_on = day_field(_("First day"), help_text=_("It moves at midnight. Empty: at once."))

    def __init__(self, *args: Any, affiliate: Affiliate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Group.objects.exclude(pk=affiliate.group_id)
        self.fields["group"].queryset = others  # type: ignore[attr-defined]

    @property
    def begins_at(self) -> datetime | None:
        """The moment at which it moves, ``None`` for now."""
        return midnight(self.cleaned_data["begins_on"])
