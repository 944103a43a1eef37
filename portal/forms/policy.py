"""The rules of an attribution policy as a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.money import BPS
from portal.policy_language import PARTS, class_name
from tracking.domain.policy import (
    CLASSES,
    LONGEST_LOOK_BACK_DAYS,
    LONGEST_MINUTES,
    Answer,
    CodeRule,
    OnSite,
    Part,
    Policy,
    Session,
)
from tracking.services.policies import NAME_LENGTH

SESSIONS = ("stand_down", "basket_before_click", "session_open")
ANSWERS = ((Answer.REFUSE, _("Do not earn")), (Answer.KEEP, _("Earn, and are marked")))
HUNDRED = BPS // 100


def _classes() -> list[tuple[str, str]]:
    return [(one, class_name(one)) for one in CLASSES]


def _minutes(help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Minutes of quiet that end a visit"),
        min_value=1,
        max_value=LONGEST_MINUTES,
        required=False,
        help_text=help_text,
    )


def _who() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("For whom"),
        choices=_classes,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody chosen: everybody."),
    )


def _days(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=1, max_value=LONGEST_LOOK_BACK_DAYS, required=False, **options
    )


class PolicyForm(forms.Form):
    """What a policy says. An empty number leaves its rule out."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
    begins_on = forms.DateField(
        label=_("First day"),
        help_text=_("It begins at midnight. Orders placed before keep the rules of their day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    credit = forms.ChoiceField(
        label=_("Who is credited"),
        choices=[
            ("winner", _("The last one that may earn gets the whole order")),
            ("split", _("The order is shared by the part that each one played")),
        ],
        widget=forms.RadioSelect,
    )
    code = forms.ChoiceField(
        label=_("Promo codes count"),
        choices=[
            (CodeRule.ALWAYS, _("Always, at the moment of the order")),
            (CodeRule.IF_INVOLVED, _("If a click of their affiliate also led to the order")),
            (CodeRule.IF_WINNER, _("If the last click was of their affiliate")),
        ],
        widget=forms.RadioSelect,
        help_text=_("A code can have a rule of its own."),
    )
    contracted_priority_days = _days(
        _("Affiliates under contract come first for (days)"),
        help_text=_("When they led to the order in its last days. Empty: no precedence."),
    )
    stand_down_minutes = _minutes(_("Empty: nobody stands down for an earlier affiliate."))
    stand_down_classes = _who()
    basket_before_click_minutes = _minutes(_("Empty: a basket filled before changes nothing."))
    basket_before_click_classes = _who()
    session_open_minutes = _minutes(_("Empty: a visit under way changes nothing."))
    session_open_classes = _who()
    after_checkout = forms.ChoiceField(
        label=_("Clicks after the checkout was opened"), choices=ANSWERS
    )
    other_channel = forms.ChoiceField(
        label=_("Clicks into a visit that began by another channel"), choices=ANSWERS
    )

    on_site = forms.ChoiceField(
        label=_("Taps in looks on the shop's own pages"),
        choices=[
            (OnSite.IF_ALONE, _("Earn when nothing that brought the buyer from elsewhere may")),
            (OnSite.NEVER, _("Earn nothing")),
        ],
        widget=forms.RadioSelect,
        initial=OnSite.IF_ALONE,
        required=False,
        help_text=_("They never take an order from what brought the buyer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, label in PARTS.items():
            self.fields[f"share_{part}"] = forms.DecimalField(
                label=str(label), min_value=0, max_value=100, decimal_places=2, required=False
            )
        for one in CLASSES:
            self.fields[f"days_{one}"] = _days(class_name(one))

    @property
    def shares(self) -> list[Any]:
        """The fields of the parts."""
        return [self[f"share_{part}"] for part in Part]

    @property
    def look_backs(self) -> list[Any]:
        """The fields of the look-back of each class."""
        return [self[f"days_{one}"] for one in CLASSES]

    @staticmethod
    def of(policy: Policy) -> dict[str, Any]:
        """Return the form's values for a policy, to begin with."""
        values: dict[str, Any] = {
            "credit": "split" if policy.split else "winner",
            "code": policy.code.value,
            "on_site": policy.on_site.value,
            "contracted_priority_days": policy.contracted_priority_days,
            "after_checkout": Answer.REFUSE.value,
            "other_channel": Answer.KEEP.value,
        }
        for part in Part:
            share = policy.split.get(part, 0) if policy.split else 0
            values[f"share_{part}"] = Decimal(share).scaleb(-2).normalize() if share else 0
        for one in CLASSES:
            values[f"days_{one}"] = policy.look_back_days.get(one)
        for name in SESSIONS:
            session: Session | None = getattr(policy, name)
            values[f"{name}_minutes"] = session.minutes if session else None
            values[f"{name}_classes"] = sorted(session.classes) if session else []
        if policy.session_open:
            values["after_checkout"] = policy.session_open.after_checkout.value
            values["other_channel"] = policy.session_open.other_channel.value
        return values

    @property
    def valid_from(self) -> datetime:
        """The moment at which it begins: midnight in the programme's time zone."""
        first: date = self.cleaned_data["begins_on"]
        return datetime.combine(first, time(), tzinfo=timezone.get_default_timezone())

    def rules(self) -> dict[str, Any]:
        """Return the rules as ``AttributionPolicy.rules`` keeps them."""
        said: Mapping[str, Any] = self.cleaned_data
        rules: dict[str, Any] = {"code": said["code"]}
        if said["on_site"]:
            rules["on_site"] = said["on_site"]
        look_back = {one: said[f"days_{one}"] for one in CLASSES if said[f"days_{one}"]}
        if look_back:
            rules["look_back_days"] = look_back
        if said["contracted_priority_days"]:
            rules["contracted_priority_days"] = said["contracted_priority_days"]
        for name in SESSIONS:
            if said[f"{name}_minutes"]:
                rules[name] = {
                    "minutes": said[f"{name}_minutes"],
                    "classes": said[f"{name}_classes"],
                }
        if "session_open" in rules:
            for answer in ("after_checkout", "other_channel"):
                rules["session_open"][answer] = said[answer]
        if said["credit"] == "split":
            shares = {part.value: said[f"share_{part}"] or 0 for part in Part}
            rules["split"] = {part: int(share * HUNDRED) for part, share in shares.items()}
        return rules
