"""What is typed about claims: by those who make them, and by those who decide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import User
from core.money import Money
from payouts.models import ClaimKind
from payouts.services.claim_answers import Act
from payouts.services.claim_decisions import ANSWER_LENGTH, INTERNAL_LENGTH
from payouts.services.claim_rules import NUMBER_LENGTH, TEXT_LENGTH
from portal.forms.message import AttachmentField

_DAY = {"type": "date"}
_NUMBER = {"autocomplete": "off", "spellcheck": "false"}


class AmountField(forms.DecimalField):
    """An amount above zero, with a comma or a point whatever the language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_value=Decimal("0.01"),
            max_digits=12,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **options,
        )

    def to_python(self, value: Any) -> Any:
        """Return what was typed.

        :raises ValidationError: for what is no number.
        """
        if isinstance(value, str) and "." not in value:
            value = value.replace(",", ".")
        return super().to_python(value)


class ClaimForm(forms.Form):
    """An affiliate says what is missing, wrong or wrongly refused."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is wrong"), choices=ClaimKind.choices, widget=forms.RadioSelect
    )
    order_number = forms.CharField(
        label=gettext_lazy("Order number"),
        max_length=NUMBER_LENGTH,
        help_text=gettext_lazy(
            "As on the customer's confirmation; of a sale in your list, its reference, like S-1025."
        ),
        widget=forms.TextInput(attrs=_NUMBER),
    )
    ordered_on = forms.DateField(
        label=gettext_lazy("Day of the order"),
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
    )
    amount = AmountField(
        label=gettext_lazy("Price paid, without VAT"),
        required=False,
        help_text=gettext_lazy("If you know it. It helps us to find the order."),
    )
    text = forms.CharField(
        label=gettext_lazy("What happened"),
        required=False,
        max_length=TEXT_LENGTH,
        help_text=gettext_lazy(
            "How the customer came, by which page or code, and what you expected. Leave out the"
            " customer's name: we do not need it."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    proof = AttachmentField(
        label=gettext_lazy("Proof"),
        required=False,
        help_text=gettext_lazy(
            "PDF, PNG or JPEG, at most 2 MB. Cover the customer's name and address."
        ),
    )


class ReplyForm(forms.Form):
    """An affiliate answers the question of the team."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    proof = AttachmentField(
        label=gettext_lazy("Proof"),
        required=False,
        help_text=gettext_lazy("PDF, PNG or JPEG, at most 2 MB."),
    )


class AssignForm(forms.Form):
    """Who decides."""

    def __init__(self, *args: Any, managers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"] = forms.ModelChoiceField(
            label=_("Who decides"), queryset=managers, required=False, empty_label=_("Nobody yet")
        )

    @property
    def chosen(self) -> User | None:
        """Who was chosen; None: nobody in particular."""
        found: User | None = self.cleaned_data["assignee"]
        return found


class DecisionForm(forms.Form):
    """A decision or a question, before it is sent."""

    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    amount = AmountField(
        label=gettext_lazy("Amount"),
        required=False,
        help_text=gettext_lazy("Empty: nothing is paid, since the sale is credited by now."),
    )
    text = forms.CharField(
        label=gettext_lazy("What the affiliate reads"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write the answer: the affiliate reads it.")},
    )
    internal_text = forms.CharField(
        label=gettext_lazy("For the team only"),
        required=False,
        max_length=INTERNAL_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, act: Act, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = TEXT_LENGTH if act == Act.ASK else ANSWER_LENGTH
        self.fields["text"].validators.append(MaxLengthValidator(longest))
        self.fields["text"].widget.attrs["maxlength"] = longest
        if act != Act.GRANT:
            del self.fields["amount"]
        if act == Act.ASK:
            del self.fields["internal_text"]

    def money(self, currency: str) -> Money | None:
        """Return the amount that was typed, if one was."""
        typed = self.cleaned_data.get("amount")
        return Money.from_decimal(typed, currency) if typed is not None else None
