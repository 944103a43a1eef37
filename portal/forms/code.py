"""What is typed about promo codes: by those who ask for one, and by those who give them."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import Affiliate, AffiliateStatus, Group
from portal.formats import PARIS
from portal.forms.link import end_of, last_day_of
from shop.models import Shop
from tracking.models import CodePolicy, CodeRequest, CouponCode

_DAY = {"type": "date"}
_CODE = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
    )


class CodeRequestForm(forms.Form):
    """An affiliate asks for a promo code."""

    shop = forms.ModelChoiceField(
        label=gettext_lazy("Shop"), queryset=Shop.objects.none(), empty_label=None
    )
    wanted = forms.CharField(
        label=gettext_lazy("Code that you would like"),
        max_length=30,
        help_text=gettext_lazy("3 to 30 letters without accents, digits, dashes. Like ADA20."),
        widget=forms.TextInput(attrs=_CODE),
    )
    purpose = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=300,
        help_text=gettext_lazy("Where you will share it, with whom, and why."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    first_day = _day(gettext_lazy("First day"), gettext_lazy("Empty: as soon as it is granted."))
    last_day = _day(gettext_lazy("Last day"), gettext_lazy("Empty: without end."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = Shop.objects.order_by("pk")
        self.fields["shop"].queryset = shops  # type: ignore[attr-defined]
        self.fields["shop"].initial = shops.first()
        if shops.count() < 2:
            self.fields["shop"].widget = forms.HiddenInput()


class ConditionsForm(forms.Form):
    """When a code earns, how often, and until when."""

    policy = forms.ChoiceField(
        label=gettext_lazy("When it earns"),
        required=False,
        help_text=gettext_lazy(
            "An affiliate is involved when one of its clicks came before the order."
        ),
    )
    usage_limit = forms.IntegerField(
        label=gettext_lazy("Most orders"),
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text=gettext_lazy("Beyond them the code earns nothing. Empty: no limit."),
    )
    last_day = _day(gettext_lazy("Last day"), gettext_lazy("Empty: without end."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [  # type: ignore[attr-defined]
            ("", _("As the attribution policy says")),
            *CodePolicy.choices,
        ]

    def conditions(self) -> dict[str, Any]:
        """Return them as the services name them."""
        cleaned = self.cleaned_data
        return {
            "policy": cleaned["policy"],
            "usage_limit": cleaned["usage_limit"],
            "valid_to": end_of(cleaned["last_day"]),
        }


class NewCodeForm(ConditionsForm):
    """What a new code needs besides its conditions."""

    discount = forms.DecimalField(
        label=gettext_lazy("The customer saves, in %"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=gettext_lazy("For the texts only: the shop's own settings take it off."),
    )
    first_day = _day(gettext_lazy("First day"), gettext_lazy("Empty: from now on."))

    def content(self, *, now: datetime) -> dict[str, Any]:
        """Return discount, period and conditions as the services name them."""
        cleaned = self.cleaned_data
        return {
            **self.conditions(),
            "discount_bps": int((cleaned["discount"] or 0) * 100),
            "valid_from": start_of(cleaned["first_day"]) or now,
        }


class StaffCodeForm(forms.Form):
    """A code by which a shop's staff buys."""

    shop = forms.ModelChoiceField(
        label=gettext_lazy("Shop"), queryset=Shop.objects.none(), empty_label=None
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=64,
        help_text=gettext_lazy("A star at the end stands for whatever follows: STAFF-*."),
        widget=forms.TextInput(attrs=_CODE),
    )
    first_day = _day(gettext_lazy("First day"), gettext_lazy("Empty: from now on."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = Shop.objects.order_by("pk")
        self.fields["shop"].queryset = shops  # type: ignore[attr-defined]
        self.fields["shop"].initial = shops.first()
        if shops.count() < 2:
            self.fields["shop"].widget = forms.HiddenInput()

    def valid_from(self, *, now: datetime) -> datetime:
        """Return from when on it counts."""
        return start_of(self.cleaned_data["first_day"]) or now


class GrantForm(NewCodeForm):
    """The code that a request is granted with."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=30, widget=forms.TextInput(attrs=_CODE)
    )

    field_order = ("code", "discount", "policy", "usage_limit", "first_day", "last_day")


class AssignForm(NewCodeForm):
    """A code for one affiliate, or one for each of a group."""

    affiliate = forms.ModelChoiceField(
        label=gettext_lazy("Affiliate"),
        queryset=Affiliate.objects.none(),
        required=False,
        empty_label=gettext_lazy("Choose"),
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Or everybody of a group"),
        queryset=Group.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody else"),
        help_text=gettext_lazy("Each active affiliate of it without a working code gets one."),
    )
    shop = forms.ModelChoiceField(
        label=gettext_lazy("Shop"), queryset=Shop.objects.none(), empty_label=None
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Empty: one is generated, without signs that look alike."),
        widget=forms.TextInput(attrs=_CODE),
    )
    beginning = forms.CharField(
        label=gettext_lazy("Beginning of a generated code"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Empty: the affiliate's name."),
        widget=forms.TextInput(attrs=_CODE),
    )

    field_order = (
        "affiliate", "group", "shop", "code", "beginning", "discount", "policy", "usage_limit",
        "first_day", "last_day",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = Affiliate.objects.filter(status=AffiliateStatus.ACTIVE).order_by("name", "pk")
        shops = Shop.objects.order_by("pk")
        self.fields["affiliate"].queryset = active  # type: ignore[attr-defined]
        self.fields["group"].queryset = Group.objects.all()  # type: ignore[attr-defined]
        self.fields["shop"].queryset = shops  # type: ignore[attr-defined]
        self.fields["shop"].initial = shops.first()

    def clean(self) -> dict[str, Any]:
        """Check that it is for one affiliate or for a group, and that a group's are generated.

        :raises ValidationError: otherwise.
        """
        cleaned = dict(self.cleaned_data)
        if bool(cleaned.get("affiliate")) == bool(cleaned.get("group")):
            raise forms.ValidationError(_("Choose an affiliate, or a group."))
        if cleaned.get("group") and cleaned.get("code"):
            raise forms.ValidationError(_("A code belongs to one affiliate: leave it empty."))
        return cleaned


def start_of(day: date | None) -> datetime | None:
    """Return the first instant of a day in Paris."""
    return datetime.combine(day, time(), PARIS) if day else None


def conditions_of(code: CouponCode) -> dict[str, Any]:
    """Return what the form of an existing code begins with."""
    return {
        "policy": code.policy,
        "usage_limit": code.usage_limit,
        "last_day": last_day_of(code.valid_to),
    }


def wishes_of(request: CodeRequest) -> dict[str, Any]:
    """Return what the form of a grant begins with: what was asked for."""
    first = request.valid_from
    return {
        "code": request.wanted,
        "first_day": first.astimezone(PARIS).date() if first else None,
        "last_day": last_day_of(request.valid_to),
        "discount": Decimal(0),
    }
