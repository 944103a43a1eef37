"""What is typed about the catalogue."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from shop.models import Shop


class CategoryForm(forms.Form):
    """What a shop calls a category, and which of ours it is."""

    shop = forms.ModelChoiceField(
        label=gettext_lazy("Shop"), queryset=Shop.objects.order_by("name"), empty_label=None
    )
    said = forms.CharField(label=gettext_lazy("The shop says"), max_length=200)
    category = forms.CharField(
        label=gettext_lazy("Our category"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Empty: the shop's own word."),
    )
