"""What finance types about the bank's files, and about payouts made by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.attachments import MOST_BYTES as MOST_PROOF
from payouts.gateways.bank_xml import MOST_BYTES
from payouts.models import Item
from payouts.queries.bank_matching import payouts_named
from portal.forms.staff import REASON_LENGTH, ReasonForm

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class BankFileForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label=gettext_lazy("File of the bank"),
        help_text=gettext_lazy("pain.002, camt.053 or camt.054, as the bank sent it."),
        widget=forms.FileInput(attrs={"accept": ".xml,.txt,application/xml,text/xml"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read.

        :raises ValidationError: above 10 MB.
        """
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 10 MB: ask the bank for one file per day.")
            )
        return upload


class EntryMatchForm(ReasonForm):
    """The payout that a line is about, and why."""

    payout = forms.CharField(
        label=gettext_lazy("Reference of the payout"),
        max_length=35,
        help_text=gettext_lazy("AP and ten digits, as on its statement."),
        widget=forms.TextInput(attrs={**_PLAIN, "placeholder": "AP0000000000"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("How you know"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the reason.")},
    )
    field_order = ("payout", "reason")

    def clean_payout(self) -> Item:
        """Return the payout.

        :raises ValidationError: when there is none of this reference.
        """
        typed = str(self.cleaned_data["payout"]).strip().upper()
        found = Item.objects.filter(pk__in=payouts_named([typed])).first()
        if found is None:
            raise forms.ValidationError(_("There is no payout of this reference."))
        return found


def _small_enough(upload: Any) -> Any:
    """Return an upload that is not too large to be read.

    :raises ValidationError: above 2 MB.
    """
    if upload.size > MOST_PROOF:
        raise forms.ValidationError(_("The file is larger than 2 MB: choose a smaller one."))
    return upload


class AttachmentForm(forms.Form):
    """A file that is kept with a batch."""

    file = forms.FileField(error_messages={"required": gettext_lazy("Choose a file.")})

    def clean_file(self) -> Any:
        return _small_enough(self.cleaned_data["file"])


class ManualPaidForm(forms.Form):
    """That one payout was made: under which reference, when, and what shows it."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the payment"),
        max_length=80,
        help_text=gettext_lazy("What the bank calls it, so that its statement finds the payout."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    paid_on = forms.DateField(
        label=gettext_lazy("Paid on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    proof = forms.FileField(
        label=gettext_lazy("Proof"),
        help_text=gettext_lazy("A PDF, PNG or JPEG of at most 2 MB: the bank's confirmation."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def clean_proof(self) -> Any:
        return _small_enough(self.cleaned_data["proof"])
