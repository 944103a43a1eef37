"""What creators type about campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from influencers.models import Campaign, DeliverableKind
from influencers.queries.shipments import choices_of
from influencers.services.deliveries import ON_A_NETWORK
from influencers.services.shipments import LONGEST_ADDRESS
from portal.forms.campaign import SHORT
from shop.models import Product

MOST_PROOF = 15 * 1024 * 1024


class AcceptForm(forms.Form):
    """What was read travels with the answer."""

    shown_sha256 = forms.CharField(widget=forms.HiddenInput(), max_length=64)


class ApplyForm(AcceptForm):
    """An application, with a few words."""

    message = forms.CharField(
        label=gettext_lazy("Why you"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DeclineForm(forms.Form):
    """Why an invitation is declined, if the creator says so."""

    reason = forms.CharField(max_length=SHORT, required=False)


class DeliverForm(forms.Form):
    """What was made for one piece of a campaign."""

    deliverable = forms.IntegerField(widget=forms.HiddenInput())
    number = forms.IntegerField(widget=forms.HiddenInput())
    look = forms.ChoiceField(
        label=gettext_lazy("Look"),
        required=False,
        error_messages={"required": gettext_lazy("Choose the look that you made for it.")},
    )
    url = forms.URLField(
        label=gettext_lazy("Address of what you published"),
        max_length=500,
        required=False,
        assume_scheme="https",
    )
    proof = forms.FileField(
        label=gettext_lazy("Screenshot that shows the mention"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP, at most 15 MB."),
        error_messages={
            "required": gettext_lazy("Add a screenshot: it shows that you named it as advertising.")
        },
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def __init__(
        self,
        *args: Any,
        looks: Sequence[tuple[str, str]],
        kind: str = "",
        has_proof: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext_lazy("None")), *looks]
        self.fields["look"].choices = choices  # type: ignore[attr-defined]
        self.fields["look"].required = kind == DeliverableKind.LOOK
        if kind == DeliverableKind.LOOK:
            del self.fields["proof"]
        elif kind in ON_A_NETWORK:
            del self.fields["look"]
            self.fields["proof"].required = not has_proof

    def clean_proof(self) -> Any:
        """Refuse what is too large before it is read.

        :raises ValidationError: for more than 15 MB.
        """
        upload = self.cleaned_data["proof"]
        if upload is not None and upload.size > MOST_PROOF:
            raise forms.ValidationError(gettext_lazy("The file is larger than 15 MB."))
        return upload


class ProductField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A product in a size."""

    def label_from_instance(self, obj: Product) -> str:
        """Return ``Linen dress, blue, M``."""
        color = "" if obj.color in obj.name else obj.color
        return ", ".join(filter(None, (obj.name, color, obj.size)))


class AskForm(forms.Form):
    """A product that a creator would like to be sent."""

    product = ProductField(
        label=gettext_lazy("Product"),
        queryset=Product.objects.none(),
        empty_label=gettext_lazy("Choose"),
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=1, max_value=10, initial=1
    )
    size = forms.CharField(
        label=gettext_lazy("Size"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Where the product does not say it."),
    )
    address = forms.CharField(
        label=gettext_lazy("Where it is sent"),
        min_length=10,
        max_length=LONGEST_ADDRESS,
        help_text=gettext_lazy("Name, street, postcode, town and country."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
    )
    keeps = forms.BooleanField(
        label=gettext_lazy("Keep the address and the size for the next time"), required=False
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = choices_of(campaign)  # type: ignore[attr-defined]
