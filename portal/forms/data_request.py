"""What the team writes down when somebody asks about their data, by mail or by letter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Identified, User, Wish
from shop.models import Shop
from tracking.domain.references import is_reference


class DataRequestForm(forms.Form):
    """Whom it is about: somebody with an account here, a buyer of a shop, or a visitor."""

    wish = forms.ChoiceField(label=_("What they ask"), choices=Wish.choices)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Of an account here; with a shop, of the buyer. It is not kept."),
    )
    shop = forms.ModelChoiceField(
        label=_("Shop"),
        queryset=Shop.objects.order_by("name"),
        required=False,
        empty_label=_("No shop"),
        help_text=_("Only for a buyer."),
    )
    customer = forms.CharField(
        label=_("Customer number at the shop"), required=False, max_length=64
    )
    number = forms.CharField(label=_("Number of an order"), required=False, max_length=64)
    reference = forms.CharField(
        label=_("Reference of a browser"),
        required=False,
        max_length=22,
        help_text=_("The value of their cookie ap_ref, if they send it."),
    )
    identified = forms.ChoiceField(
        label=_("How we know that it is them"),
        choices=[one for one in Identified.choices if one[0] != Identified.SIGNED_IN],
    )
    asked_on = forms.DateField(
        label=_("Asked on"),
        initial=timezone.localdate,
        help_text=_("The month begins that day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_reference(self) -> str:
        """Refuse what no browser of ours can hold."""
        said: str = self.cleaned_data["reference"].strip()
        if said and not is_reference(said):
            raise forms.ValidationError(_("This is no reference: it has 22 signs."))
        return said

    def clean(self) -> dict[str, Any]:
        """Find the person of an account; demand something that names a buyer."""
        found: dict[str, Any] = super().clean() or {}
        shop, email = found.get("shop"), found.get("email", "")
        names_buyer = any(found.get(name) for name in ("email", "customer", "number"))
        if shop and not names_buyer:
            self.add_error("customer", _("Say which buyer: a number, an order or an address."))
        by_order = found.get("identified") == Identified.ORDER
        if shop and by_order and not (found.get("number") and email):
            self.add_error("number", _("Give the number and the e-mail address of that order."))
        if not shop and (found.get("customer") or found.get("number")):
            self.add_error("shop", _("Say of which shop."))
        if shop or found.get("reference"):
            return found
        person = User.objects.filter(email__iexact=email, erased_at__isnull=True).first()
        if person is None:
            self.add_error("email", _("Nobody has an account with this address."))
        found["person"] = person
        return found
