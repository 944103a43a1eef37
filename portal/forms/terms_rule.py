"""One rule, or one bonus, of a draft of terms as a form."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.domain.terms import (
    CLASSES,
    ROLES,
    Bonus,
    BonusKind,
    Customer,
    Every,
    Metric,
    Pays,
    Range,
    Rule,
)
from affiliates.domain.terms_document import MOST_ENTRIES
from affiliates.services import terms_words
from core.errors import DomainError
from core.money import Money
from core.wording import Said
from portal.refusals import sentence

#: Conditions that are lists of names, one a line.
NAMED = ("category", "brand", "collection", "code", "surface")
CHOSEN = ("customer", "affiliate_class", "role")
_FILE_BYTES = 1_000_000
_LARGEST = Decimal(10) ** 10
METRICS: list[tuple[str, Any]] = [
    (Metric.ORDERS, gettext_lazy("Validated orders")),
    (Metric.NEW_CUSTOMERS, gettext_lazy("New customers")),
    (Metric.MARGIN, gettext_lazy("Validated margin")),
]
PERIODS: list[tuple[str, Any]] = [
    (Every.MONTH, gettext_lazy("Month")),
    (Every.QUARTER, gettext_lazy("Quarter")),
    (Every.YEAR, gettext_lazy("Year")),
]


def percent_field(label: Any, **options: Any) -> forms.DecimalField:
    """Return a field for a percentage with two decimals."""
    options = {"min_value": 0, "max_value": 100, "required": False, **options}
    return forms.DecimalField(label=label, decimal_places=2, **options)


def money_field(label: Any, **options: Any) -> forms.DecimalField:
    """Return a field for an amount in major units."""
    options = {"min_value": 0, "max_value": _LARGEST, "required": False, **options}
    return forms.DecimalField(label=label, decimal_places=2, **options)


def day_field(label: Any, **options: Any) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, **options)


def names_field(label: Any, help_text: Any = "") -> forms.CharField:
    """Return a field for names, one a line."""
    return forms.CharField(
        label=label,
        required=False,
        help_text=help_text or gettext_lazy("One a line. Empty: any."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )


def bps(value: Decimal | None) -> int | None:
    """Return a percentage in basis points."""
    return None if value is None else int(value * 100)


def percent(value: int | None) -> Decimal | None:
    """Return basis points as a percentage, without zeros at its end."""
    return None if value is None else Decimal(value).scaleb(-2).normalize() + Decimal(0)


def minor(value: Decimal | None, currency: str) -> int | None:
    """Return an amount in minor units."""
    return None if value is None else Money.from_decimal(value, currency).minor


def major(value: int | None, currency: str) -> Decimal | None:
    """Return minor units as an amount."""
    return None if value is None else Money(value, currency).to_decimal()


def said_where(form: forms.Form, refusal: DomainError, fields: Mapping[str, str]) -> None:
    """Put a refusal of the rules beside the field whose place it names, else above all."""
    said = next(iter(refusal.args), "")
    place = str(said.facts.get("rule", "")) if isinstance(said, Said) else ""
    field = next((field for path, field in fields.items() if place.endswith(path)), None)
    form.add_error(field if field in form.fields else None, sentence(refusal))


class RuleForm(forms.Form):
    """What a rule pays, and when. ``currency`` is that of the terms."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Affiliates read it.")
    )
    pays = forms.ChoiceField(
        label=gettext_lazy("What it pays"),
        choices=[
            (Pays.MARGIN, gettext_lazy("A share of the margin")),
            (Pays.NET, gettext_lazy("A share of the price paid without VAT")),
            (Pays.FLAT, gettext_lazy("An amount per order")),
            (Pays.NOTHING, gettext_lazy("Nothing, with a reason")),
        ],
        widget=forms.RadioSelect,
    )
    rate = percent_field(gettext_lazy("Rate"), help_text=gettext_lazy("For the two shares."))
    flat = money_field(gettext_lazy("Amount"), help_text=gettext_lazy("For an amount per order."))
    cap = money_field(
        gettext_lazy("Most for one order"),
        min_value=Decimal("0.01"),
        help_text=gettext_lazy("For the two shares. Empty: no limit."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For nothing. Affiliates read it."),
    )
    is_scaled = forms.BooleanField(
        label=gettext_lazy("Multiply by the measured factor"), required=False
    )
    category = names_field(gettext_lazy("Categories"))
    brand = names_field(gettext_lazy("Brands"))
    collection = names_field(gettext_lazy("Collections"))
    sku = names_field(
        gettext_lazy("Products (SKU)"),
        gettext_lazy("Paste a list: blanks, commas, semicolons and lines separate. Empty: any."),
    )
    sku_file = forms.FileField(
        label=gettext_lazy("Add products from a CSV file"),
        required=False,
        help_text=gettext_lazy("The column “sku”, or the first one. At most 1 MB."),
    )
    customer = forms.MultipleChoiceField(
        label=gettext_lazy("Customer"),
        choices=[(one.value, terms_words.CUSTOMERS[one]) for one in Customer],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing chosen: any."),
    )
    affiliate_class = forms.MultipleChoiceField(
        label=gettext_lazy("Kind of affiliate"),
        choices=lambda: [(one, terms_words.class_name(one)) for one in CLASSES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing chosen: any."),
    )
    role = forms.MultipleChoiceField(
        label=gettext_lazy("Part in the order"),
        choices=[(one, terms_words.ROLES[one]) for one in ROLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing chosen: any."),
    )
    code = names_field(gettext_lazy("Promo codes of the order"))
    surface = names_field(
        gettext_lazy("Looks and surfaces"),
        gettext_lazy(
            "One a line: look:12:pdp is one look on product pages, look:*:pdp any look there,"
            " look:* any look anywhere."
        ),
    )
    discount_from = percent_field(gettext_lazy("Discount of the line, from"))
    discount_below = percent_field(gettext_lazy("Discount of the line, below"))
    order_from = money_field(gettext_lazy("Value of the order without VAT, from"))
    order_below = money_field(gettext_lazy("Value of the order without VAT, below"))
    weekday = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days of the week"),
        choices=lambda: [(day, terms_words.weekday(day)) for day in range(1, 8)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing chosen: every day."),
    )
    since = day_field(gettext_lazy("First day"))
    until = day_field(
        gettext_lazy("Until before"), help_text=gettext_lazy("The first day on which it ends.")
    )
    #: Where a refusal of the rules belongs, by the end of the place that it names.
    PLACES = {
        "name": "name", "pays": "pays", "rate_bps": "rate", "flat_minor": "flat",
        "cap_minor": "cap", "reason": "reason", "when.discount_bps": "discount_from",
        "when.order_minor": "order_from",
        **{f"when.{one}": one for one in (*NAMED, *CHOSEN, "sku", "weekday", "since", "until")},
    }  # fmt: skip

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    @classmethod
    def of(cls, rule: Rule, currency: str) -> dict[str, Any]:
        """Return the form's values for a rule."""
        when = rule.when
        return {
            "name": rule.name,
            "pays": rule.pays.value,
            "rate": percent(rule.rate_bps or None),
            "flat": major(rule.flat_minor or None, currency),
            "cap": major(rule.cap_minor, currency),
            "reason": rule.reason,
            "is_scaled": rule.is_scaled,
            **{one: "\n".join(sorted(getattr(when, one))) for one in (*NAMED, "sku")},
            **{one: sorted(getattr(when, one)) for one in (*CHOSEN, "weekday")},
            "discount_from": percent(_end(when.discount_bps, "at_least")),
            "discount_below": percent(_end(when.discount_bps, "below")),
            "order_from": major(_end(when.order_minor, "at_least"), currency),
            "order_below": major(_end(when.order_minor, "below"), currency),
            "since": when.since,
            "until": when.until,
        }

    def clean_sku_file(self) -> list[str]:
        """Return the SKUs of the file.

        :raises ValidationError: for a file that is too large, no text, or has no SKU.
        """
        upload: UploadedFile[Any] | None = self.cleaned_data["sku_file"]
        return _skus_of(upload) if upload else []

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way to pay needs."""
        said = super().clean() or {}
        needs = {Pays.FLAT: "flat", Pays.NOTHING: "reason"}.get(said.get("pays", ""), "rate")
        if "pays" in said and needs in said and not said[needs]:
            self.add_error(needs, _("This way to pay needs it."))
        if len({*split_skus(said.get("sku", "")), *said.get("sku_file", [])}) > MOST_ENTRIES:
            self.add_error(
                "sku", _("A rule has at most %(most)s products.") % {"most": MOST_ENTRIES}
            )
        return said

    def rule(self, *, key: str, priority: int) -> dict[str, Any]:
        """Return the rule as the JSON of the terms."""
        said = self.cleaned_data
        made: dict[str, Any] = {
            "key": key, "name": said["name"], "priority": priority, "pays": said["pays"],
            "is_scaled": said["is_scaled"], "when": self._when(),
        }  # fmt: skip
        if said["pays"] == Pays.FLAT:
            made["flat_minor"] = minor(said["flat"], self.currency)
        elif said["pays"] == Pays.NOTHING:
            made["reason"] = said["reason"]
        else:
            made["rate_bps"] = bps(said["rate"])
            if said["cap"]:
                made["cap_minor"] = minor(said["cap"], self.currency)
        return made

    def _when(self) -> dict[str, Any]:
        said = self.cleaned_data
        when: dict[str, Any] = {one: split_lines(said[one]) for one in NAMED}
        when |= {one: said[one] for one in (*CHOSEN, "weekday")}
        when["sku"] = sorted({*split_skus(said["sku"]), *said["sku_file"]})
        when["discount_bps"] = _range(bps(said["discount_from"]), bps(said["discount_below"]))
        when["order_minor"] = _range(
            minor(said["order_from"], self.currency), minor(said["order_below"], self.currency)
        )
        when |= {one: said[one].isoformat() for one in ("since", "until") if said[one]}
        return {name: value for name, value in when.items() if value}


class BonusForm(forms.Form):
    """A flat amount on top, and what it is for."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Affiliates read it.")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is for"),
        choices=[
            (BonusKind.FIRST_SALE, gettext_lazy("The first validated sale")),
            (BonusKind.GOAL, gettext_lazy("A goal in each period")),
            (BonusKind.CAMPAIGN, gettext_lazy("A goal in a campaign, once")),
        ],
        widget=forms.RadioSelect,
    )
    amount = money_field(gettext_lazy("Amount"), required=True, min_value=Decimal("0.01"))
    metric = forms.ChoiceField(label=gettext_lazy("What is counted"), choices=METRICS)
    at = money_field(
        gettext_lazy("How much of it"),
        help_text=gettext_lazy("A number, or an amount of margin."),
    )
    every = forms.ChoiceField(label=gettext_lazy("Period of a goal"), choices=PERIODS)
    since = day_field(gettext_lazy("First day of a campaign"))
    until = day_field(gettext_lazy("A campaign ends before"))
    PLACES = {
        "name": "name", "kind": "kind", "minor": "amount", "metric": "metric", "at": "at",
        "since": "since", "until": "until", "every": "every",
    }  # fmt: skip

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    @classmethod
    def of(cls, bonus: Bonus, currency: str) -> dict[str, Any]:
        """Return the form's values for a bonus."""
        return {
            "name": bonus.name, "kind": bonus.kind.value, "amount": major(bonus.minor, currency),
            "metric": bonus.metric.value, "at": shown_at(bonus.metric, bonus.at, currency),
            "every": bonus.every.value, "since": bonus.since, "until": bonus.until,
        }  # fmt: skip

    def bonus(self, *, key: str) -> dict[str, Any]:
        """Return the bonus as the JSON of the terms."""
        said = self.cleaned_data
        made = {
            "key": key, "name": said["name"], "kind": said["kind"],
            "minor": minor(said["amount"], self.currency),
        }  # fmt: skip
        if said["kind"] == BonusKind.FIRST_SALE:
            return made
        at = read_at(said["metric"], said["at"] or Decimal(1), self.currency)
        made |= {"metric": said["metric"], "at": at}
        if said["kind"] == BonusKind.GOAL:
            return {**made, "every": said["every"]}
        return made | {one: said[one].isoformat() for one in ("since", "until") if said[one]}


def read_at(metric: str, at: Decimal, currency: str) -> int:
    """Return how much of a metric is meant: minor units of margin, else a number."""
    return Money.from_decimal(at, currency).minor if metric == Metric.MARGIN else int(at)


def shown_at(metric: Metric, at: int, currency: str) -> Decimal:
    """Return what ``read_at`` reads."""
    return Money(at, currency).to_decimal() if metric == Metric.MARGIN else Decimal(at)


def split_lines(text: str) -> list[str]:
    """Return the names of a field that has one a line."""
    return sorted({line.strip() for line in text.splitlines() if line.strip()})


def split_skus(text: str) -> list[str]:
    """Return pasted SKUs: whatever separates lists separates them."""
    return [one for one in re.split(r"[\s,;]+", text) if one]


def _skus_of(upload: UploadedFile[Any]) -> list[str]:
    if (upload.size or 0) > _FILE_BYTES:
        raise forms.ValidationError(_("The file is larger than 1 MB."))
    try:
        text = upload.read().decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError as error:
        raise forms.ValidationError(_("The file is no text in UTF-8.")) from error
    plain = text.replace(";", ",").replace("\t", ",")
    reader = csv.reader(io.StringIO(plain, newline=""))
    try:
        found = _column(reader)
    except csv.Error as error:
        raise forms.ValidationError(
            _("Line %(number)s cannot be read: look at its quotation marks.")
            % {"number": reader.line_num + 1}
        ) from error
    if not found:
        raise forms.ValidationError(_("No product was found in the file."))
    return found


def _column(rows: Iterable[list[str]]) -> list[str]:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return []
    heads = [cell.strip().lower() for cell in filled[0]]
    place = heads.index("sku") if "sku" in heads else 0
    listed = filled[1:] if "sku" in heads else filled
    return sorted({row[place].strip() for row in listed if len(row) > place and row[place].strip()})


def _end(wanted: Range | None, end: str) -> int | None:
    return getattr(wanted, end) if wanted else None


def _range(at_least: int | None, below: int | None) -> dict[str, int]:
    ends = {"at_least": at_least, "below": below}
    return {name: value for name, value in ends.items() if value is not None}
