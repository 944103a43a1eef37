from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.models import Shop


class LinkForm(forms.Form):
    """A page of a shop to lead to. Whether a link may lead there is for the service to say."""

    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.none(), empty_label=None)
    destination_url = forms.CharField(
        label=_("Page of the shop"),
        max_length=1_000,
        help_text=_("Copy the address of any page: a product, a category, the home page."),
        widget=forms.URLInput(
            attrs={"placeholder": "https://", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    label = forms.CharField(
        label=_("Name for yourself"),
        max_length=80,
        required=False,
        help_text=_("Only you see it. For example: newsletter of May."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sub_id = forms.CharField(
        label=_("Sub id"),
        max_length=64,
        required=False,
        help_text=_("A mark of your own that comes back with each sale."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = Shop.objects.order_by("pk")
        self.fields["shop"].queryset = shops  # type: ignore[attr-defined]
        self.shops = list(shops)
        if self.shops:
            self.fields["shop"].initial = self.shops[0]
        if len(self.shops) < 2:
            self.fields["shop"].widget = forms.HiddenInput()

    @property
    def hosts(self) -> list[str]:
        """The hosts that links may lead to."""
        return sorted({host for shop in self.shops for host in shop.link_hosts})

    def clean_destination_url(self) -> str:
        """Return the address, with ``https://`` where no scheme was given."""
        address: str = self.cleaned_data["destination_url"].strip()
        return address if "://" in address else f"https://{address}"
