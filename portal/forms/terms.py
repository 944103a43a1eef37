"""What terms say beside their rules and bonuses as a form, and when they begin."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.domain.terms import Customer, HoldFrom
from affiliates.domain.terms_content import LAST_PAYMENT_DAY, TermsContent
from affiliates.domain.terms_document import LONGEST_DAYS
from affiliates.models import Basis, Programme
from affiliates.services import terms_words
from affiliates.services.terms_drafts import NAME_LENGTH, NOTE_LENGTH
from portal.forms.terms_rule import (
    METRICS,
    PERIODS,
    bps,
    day_field,
    major,
    minor,
    money_field,
    names_field,
    percent,
    percent_field,
    read_at,
    shown_at,
    split_lines,
)

#: Empty rows offered beside those that are filled.
SPARE = 2


def days_field(label: Any, *, smallest: int = 0, **options: Any) -> forms.IntegerField:
    """Return a field for a number of days."""
    return forms.IntegerField(label=label, min_value=smallest, max_value=LONGEST_DAYS, **options)


class TermsForm(forms.Form):
    """The base of a draft. ``steps`` and ``holds`` say how many rows of each are shown."""

    name = forms.CharField(label=gettext_lazy("Name of the draft"), max_length=NAME_LENGTH)
    change_note = forms.CharField(
        label=gettext_lazy("What changes, in your words"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Affiliates read it above the list of differences."),
    )
    rate = percent_field(gettext_lazy("Base rate"), required=True)
    basis = forms.ChoiceField(
        label=gettext_lazy("Paid on"),
        choices=Basis.choices,
        help_text=gettext_lazy("Actual margin is only for groups whose people may know costs."),
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}$", label=gettext_lazy("Currency"), help_text=gettext_lazy("Such as EUR.")
    )
    window_days = days_field(gettext_lazy("Attribution window (days)"), smallest=1)
    hold_days = days_field(gettext_lazy("Hold period (days)"))
    hold_from = forms.ChoiceField(
        label=gettext_lazy("The hold is counted from"),
        choices=[
            (HoldFrom.ORDER, gettext_lazy("The order")),
            (HoldFrom.DELIVERY, gettext_lazy("The delivery")),
        ],
    )
    undelivered_days = days_field(
        gettext_lazy("Hold while no delivery is known (days after the order)")
    )
    trusted_days = days_field(
        gettext_lazy("Hold of trusted affiliates (days)"),
        required=False,
        help_text=gettext_lazy("When it is shorter. Empty: as for everybody."),
    )
    minimum = money_field(gettext_lazy("Minimum payout"), required=True)
    payment_days = forms.CharField(
        label=gettext_lazy("Payment days"), help_text=gettext_lazy("Days of the month: 5, 20")
    )
    order_cap = money_field(
        gettext_lazy("Most for one order"), help_text=gettext_lazy("Empty: no limit.")
    )
    month_cap = money_field(
        gettext_lazy("Most for one affiliate and month"),
        help_text=gettext_lazy("Empty: no limit."),
    )
    unknown_customer = forms.ChoiceField(
        label=gettext_lazy("A customer of whom nothing is known counts as"),
        choices=[(one.value, terms_words.CUSTOMERS[one]) for one in Customer],
    )
    is_base_scaled = forms.BooleanField(
        label=gettext_lazy("Multiply the base rate by the measured factor"), required=False
    )
    factor_floor = percent_field(
        gettext_lazy("The factor counts from"), required=True,
        help_text=gettext_lazy("100 %: it never takes anything."),
    )  # fmt: skip
    factor_cap = percent_field(
        gettext_lazy("The factor counts to"), required=True, max_value=300,
        help_text=gettext_lazy("100 %: it never adds anything."),
    )  # fmt: skip
    tier_metric = forms.ChoiceField(
        label=gettext_lazy("What the steps count"),
        choices=[("", gettext_lazy("There are no steps")), *METRICS],
        required=False,
    )
    tier_every = forms.ChoiceField(label=gettext_lazy("Over which period"), choices=PERIODS)
    PLACES = {
        "rate_bps": "rate", "basis": "basis", "currency": "currency", "window_days": "window_days",
        "hold_days": "hold_days", "minimum_payout_minor": "minimum",
        "payment_days": "payment_days", "order_cap_minor": "order_cap",
        "month_cap_minor": "month_cap", "tiers.steps": "tier_metric",
        "holds.category": "hold_0_names",
    }  # fmt: skip

    def __init__(
        self, *args: Any, steps: int, holds: int, shows_costs: bool = True, **kwargs: Any
    ) -> None:
        """``shows_costs``: only who may see costs writes terms on the actual margin."""
        super().__init__(*args, **kwargs)
        if not shows_costs:
            reference = [choice for choice in Basis.choices if choice[0] != Basis.ACTUAL]
            self.fields["basis"] = forms.ChoiceField(
                label=self.fields["basis"].label,
                choices=reference,
                help_text=_("Terms on the actual margin are written by those who may see costs."),
            )
        self._rows = {"step": range(steps + SPARE), "hold": range(holds + SPARE)}
        for place in self._rows["step"]:
            self.fields[f"step_{place}_at"] = money_field(_("From"))
            self.fields[f"step_{place}_rate"] = percent_field(_("Rate from then on"))
        for place in self._rows["hold"]:
            self.fields[f"hold_{place}_names"] = names_field(
                _("Categories"), _("One a line. Empty: no such hold.")
            )
            self.fields[f"hold_{place}_days"] = days_field(_("Days"), required=False)

    @property
    def steps(self) -> list[tuple[Any, Any]]:
        """The fields of each step."""
        return [(self[f"step_{at}_at"], self[f"step_{at}_rate"]) for at in self._rows["step"]]

    @property
    def holds(self) -> list[tuple[Any, Any]]:
        """The fields of each hold of categories."""
        return [(self[f"hold_{at}_names"], self[f"hold_{at}_days"]) for at in self._rows["hold"]]

    @classmethod
    def of(cls, content: TermsContent) -> dict[str, Any]:
        """Return the form's values for what terms say."""
        rules, currency = content.rules, content.currency
        values: dict[str, Any] = {
            "rate": percent(content.rate_bps),
            "basis": content.basis,
            "currency": currency,
            "window_days": content.window_days,
            "hold_days": content.hold_days,
            "hold_from": rules.hold_from.value,
            "undelivered_days": rules.undelivered_days,
            "trusted_days": rules.trusted_days,
            "minimum": major(content.minimum_payout_minor, currency),
            "payment_days": ", ".join(map(str, content.payment_days)),
            "order_cap": major(rules.order_cap_minor, currency),
            "month_cap": major(rules.month_cap_minor, currency),
            "unknown_customer": rules.unknown_customer.value,
            "is_base_scaled": rules.is_base_scaled,
            "factor_floor": percent(rules.factor.floor_bps),
            "factor_cap": percent(rules.factor.cap_bps),
            "tier_metric": rules.tiers.metric.value if rules.tiers else "",
            "tier_every": rules.tiers.every.value if rules.tiers else "month",
        }
        if rules.tiers:
            for place, step in enumerate(rules.tiers.steps):
                values[f"step_{place}_at"] = shown_at(rules.tiers.metric, step.at, currency)
                values[f"step_{place}_rate"] = percent(step.rate_bps)
        for place, hold in enumerate(rules.holds):
            values[f"hold_{place}_names"] = "\n".join(sorted(hold.category))
            values[f"hold_{place}_days"] = hold.days
        return values

    def clean_payment_days(self) -> list[int]:
        """Return the days of the month.

        :raises ValidationError: for what is no day of a month.
        """
        found = [one.strip() for one in self.cleaned_data["payment_days"].split(",") if one.strip()]
        if not all(one.isdecimal() and 1 <= int(one) <= LAST_PAYMENT_DAY for one in found):
            raise forms.ValidationError(_("Give days of the month, such as 5, 20."))
        return sorted({int(one) for one in found})

    def clean(self) -> dict[str, Any]:
        """Ask for the other half of each row that is half filled."""
        said = super().clean() or {}
        halves = [("step_{}_at", "step_{}_rate", "step"), ("hold_{}_names", "hold_{}_days", "hold")]
        for one, other, row in halves:
            for place in self._rows[row]:
                pair = (one.format(place), other.format(place))
                empty = [name for name in pair if said.get(name) in (None, "")]
                if len(empty) == 1 and empty[0] in said:
                    self.add_error(empty[0], _("This row is half empty."))
        return said

    def content(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return the draft's content: what the form says, with the rules and bonuses ``kept``."""
        said, currency = self.cleaned_data, self.cleaned_data["currency"]
        rules: dict[str, Any] = {
            name: value for name, value in kept.items() if name in {"rules", "bonuses"}
        }
        rules |= {name: said[name] for name in ("hold_from", "undelivered_days")}
        rules |= {name: said[name] for name in ("unknown_customer", "is_base_scaled")}
        rules["factor"] = {
            "floor_bps": bps(said["factor_floor"]), "cap_bps": bps(said["factor_cap"])
        }  # fmt: skip
        rules["order_cap_minor"] = minor(said["order_cap"], currency)
        rules["month_cap_minor"] = minor(said["month_cap"], currency)
        rules["trusted_days"] = said["trusted_days"]
        rules["tiers"] = self._tiers()
        rules["holds"] = [
            {"category": split_lines(said[f"hold_{at}_names"]), "days": said[f"hold_{at}_days"]}
            for at in self._rows["hold"]
            if said[f"hold_{at}_names"]
        ]
        return {
            "basis": said["basis"],
            "rate_bps": bps(said["rate"]),
            "window_days": said["window_days"],
            "hold_days": said["hold_days"],
            "minimum_payout_minor": minor(said["minimum"], currency),
            "currency": currency,
            "payment_days": said["payment_days"],
            "rules": {name: value for name, value in rules.items() if value is not None},
        }

    def _tiers(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        if not said["tier_metric"]:
            return None
        steps = [
            {"at": read_at(said["tier_metric"], said[f"step_{at}_at"], said["currency"]),
             "rate_bps": bps(said[f"step_{at}_rate"])}
            for at in self._rows["step"]
            if said[f"step_{at}_at"] is not None
        ]  # fmt: skip
        return {"metric": said["tier_metric"], "every": said["tier_every"], "steps": steps}


def midnight(day: date | None) -> datetime | None:
    """Return the beginning of a day in the programme's time zone."""
    zone = Programme.get().zone
    return datetime.combine(day, time(), tzinfo=zone) if day else None


class BeginForm(forms.Form):
    """On which day terms begin; empty: at once."""

    begins_on = day_field(
        gettext_lazy("First day"),
        help_text=gettext_lazy("They begin at midnight. Empty: at once."),
    )

    @property
    def valid_from(self) -> datetime | None:
        """The moment at which they begin, ``None`` for now."""
        return midnight(self.cleaned_data["begins_on"])


class EndForm(forms.Form):
    """On which day something ends."""

    ends_on = forms.DateField(
        label=gettext_lazy("First day no longer"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    @property
    def valid_to(self) -> datetime:
        """The moment at which it ends."""
        found = midnight(self.cleaned_data["ends_on"])
        if found is None:
            raise ValueError("The field is required.")
        return found


class FactorForm(forms.Form):
    """What an experiment found of an affiliate."""

    factor = percent_field(gettext_lazy("Factor"), required=True, max_value=300)
    low = percent_field(
        gettext_lazy("Lower end of the 95 % interval"), required=True, min_value=-300, max_value=300
    )
    high = percent_field(
        gettext_lazy("Upper end of the 95 % interval"), required=True, max_value=1_000
    )
    orders = forms.IntegerField(
        label=gettext_lazy("Orders in the experiment"), min_value=1, max_value=2_000_000_000
    )
    source = forms.CharField(
        label=gettext_lazy("Which experiment, and when"),
        max_length=200,
        help_text=gettext_lazy("The affiliate reads it."),
    )
    begins_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def values(self) -> dict[str, Any]:
        """Return the arguments of the service."""
        said = self.cleaned_data
        return {
            "factor_bps": bps(said["factor"]), "low_bps": bps(said["low"]),
            "high_bps": bps(said["high"]), "orders": said["orders"], "source": said["source"],
            "valid_from": midnight(said["begins_on"]),
        }  # fmt: skip
