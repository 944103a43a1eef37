"""What staff type about adjustments: one by one, or a file of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import Affiliate
from core.money import Money
from payouts.models import PROPOSABLE, AdjustmentReason, Commission
from payouts.services.proposal_files import MOST_BYTES
from payouts.services.proposal_rules import MOST_EVIDENCE, MOST_TEXT, Evidence
from portal.forms.lines import LinesForm

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class AdjustmentForm(forms.Form):
    """One adjustment. ``key`` makes a form that is sent twice one adjustment."""

    key = forms.UUIDField(widget=forms.HiddenInput())
    affiliate = forms.ModelChoiceField(
        label=gettext_lazy("Affiliate"),
        queryset=Affiliate.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose"),
    )
    order = forms.CharField(
        label=gettext_lazy("Order number"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("Of the sale that it is about. Empty: about no sale."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("With a minus sign to take money back."),
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "text"}),
        localize=True,
    )
    text = forms.CharField(
        label=gettext_lazy("What the affiliate reads"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    internal_text = forms.CharField(
        label=gettext_lazy("For the team only"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    evidence = forms.FileField(
        label=gettext_lazy("Evidence"),
        required=False,
        help_text=gettext_lazy("A file of at most 2 MB, for the team only."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self._currency = currency
        found = Affiliate.objects.order_by("name", "pk")
        self.fields["affiliate"].queryset = found  # type: ignore[attr-defined]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (code, AdjustmentReason(code).label) for code in PROPOSABLE
        ]
        self.fields["amount"].label = _("Amount in %(currency)s") % {"currency": currency}

    def clean_evidence(self) -> Any:
        """Refuse a file that is too large before it is read.

        :raises ValidationError: above 2 MB.
        """
        upload = self.cleaned_data["evidence"]
        if upload is not None and upload.size > MOST_EVIDENCE:
            raise forms.ValidationError(_("The file is larger than 2 MB: choose a smaller one."))
        return upload

    def clean(self) -> dict[str, Any]:
        """Find the sale of the order number.

        :raises ValidationError: when the affiliate has none.
        """
        cleaned = dict(self.cleaned_data)
        number, affiliate = cleaned.get("order"), cleaned.get("affiliate")
        cleaned["commission"] = None
        if number and affiliate:
            sales = Commission.objects.filter(affiliate=affiliate, credit__order__number=number)
            cleaned["commission"] = sales.order_by("-pk").first()
            if cleaned["commission"] is None:
                self.add_error("order", _("This affiliate has no sale of this order."))
        return cleaned

    def content(self) -> dict[str, Any]:
        """Return what was typed as the service names it."""
        cleaned = self.cleaned_data
        commission, upload = cleaned["commission"], cleaned["evidence"]
        currency = commission.currency if commission else self._currency
        return {
            "affiliate_id": cleaned["affiliate"].pk,
            "commission_id": commission.pk if commission else None,
            "amount": Money.from_decimal(cleaned["amount"], currency),
            "reason": cleaned["reason"],
            "text": cleaned["text"],
            "internal_text": cleaned["internal_text"],
            "evidence": Evidence(name=upload.name, body=upload.read()) if upload else None,
            "source_key": f"form:{cleaned['key']}",
        }


class AdjustmentFileForm(LinesForm):
    """A file of adjustments, or its lines as they were rehearsed."""

    most_bytes = MOST_BYTES

    def clean(self) -> dict[str, Any]:
        """Give lines that were typed a name, as a file has one.

        :raises ValidationError: for nothing at all, or too much.
        """
        cleaned = super().clean()
        cleaned["name"] = cleaned.get("name") or _("Pasted lines")
        return cleaned
