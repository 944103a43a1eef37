"""A question as it stands in an address: read, checked, and refused part by part with a sentence.

What cannot be answered is left out and said; the rest is answered, and the address keeps it all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Group
from affiliates.queries import terms_for
from portal import comparison, date_range
from portal.date_range import DateRange
from portal.payment_outlook import FALLBACK_CURRENCY
from portal.queries.staff_dashboard import currency_of_programme
from portal.query_links import text
from portal.reports.catalogue import (
    DIMENSIONS,
    METRICS,
    MOST_METRICS,
    PRESETS,
    Dimension,
    Metric,
    fits,
)
from portal.reports.statements import clicks_know

PAGE = 50
#: Parameters of a report that narrow it, and what all parameters are.
FILTERS = ("link", "code", "look", "surface", "sub", "customer", "country", "affiliate", "group",
           "product", "category")  # fmt: skip
PERIOD = ("range", "from", "to", "versus")
KEPT = ("by", "m", *FILTERS, *PERIOD, "currency", "sort")
_NUMBERS = frozenset({"link", "code", "look"})
_CUSTOMERS = frozenset({"new", "returning", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose figures are asked for: one affiliate's, or with None the whole programme's.

    ``key`` is the scope of saved views and exports. ``sees_costs``: may ask for the real margin.
    ``sees_work``: may ask what single links, codes and looks bring, and for clicks.
    """

    key: str
    affiliate: Affiliate | None = None
    sees_costs: bool = False
    sees_work: bool = True

    @property
    def is_staff(self) -> bool:
        return self.affiliate is None

    def shows(self, part: Dimension | Metric) -> bool:
        """Tell whether a dimension, or a metric but for its costs, can be asked for here."""
        is_theirs = self.is_staff or not part.for_staff
        return is_theirs and (self.sees_work or not part.of_work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. ``problems``: sentences about what was refused of it."""

    scope: Scope
    by: Dimension
    metrics: tuple[Metric, ...]
    period: DateRange
    earlier: DateRange | None
    currency: str
    sort: str = ""
    page: int = 1
    filters: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def reads_costs(self) -> bool:
        """Tell whether the answer holds the real margin, or what follows from it."""
        return any(metric.reads_costs for metric in self.metrics)

    def without_costs(self) -> Question:
        """The same question without what follows from costs."""
        return replace(self, metrics=tuple(one for one in self.metrics if not one.reads_costs))


def metrics_of(query: QueryDict) -> list[str]:
    """Return the metrics named in an address, as ``m=a&m=b`` or ``m=a,b``, each once."""
    said = [name.strip() for value in query.getlist("m") for name in value.split(",")]
    return list(dict.fromkeys(name for name in said if name))


def usual_currency(scope: Scope, now: datetime) -> str:
    """Return the currency that a report is in when the address names none."""
    if scope.affiliate is None:
        return currency_of_programme()
    terms = terms_for(scope.affiliate.pk, now)
    return terms.currency if terms else FALLBACK_CURRENCY


def read(query: QueryDict, scope: Scope, *, now: datetime) -> Question:
    """Read a question as of ``now``."""
    problems: list[str] = []
    by = _dimension(query, scope, problems)
    wanted = _metrics(query, scope, by, problems)
    filters = _filters(query, scope, by, problems)
    if not clicks_know(filters):
        wanted = _without_clicks(wanted, problems)
    period = date_range.parse(query, now=now)
    if period.error:
        problems.append(period.error)
    said = text(query, "currency", longest=3).upper()
    return Question(
        scope=scope,
        by=by,
        metrics=tuple(wanted),
        period=period,
        earlier=comparison.compared(query, period),
        currency=said
        if len(said) == 3 and said.isalpha() and said.isascii()
        else usual_currency(scope, now),
        sort=_sort(query, wanted),
        page=_page(query),
        filters=filters,
        problems=tuple(problems),
    )


def _dimension(query: QueryDict, scope: Scope, problems: list[str]) -> Dimension:
    name = text(query, "by") or "day"
    found = DIMENSIONS.get(name)
    if found is None or not scope.shows(found):
        problems.append(
            _("A report cannot be broken down by “%(name)s”. Days are shown instead.")
            % {"name": name}
        )
        return DIMENSIONS["day"]
    return found


def _metrics(query: QueryDict, scope: Scope, by: Dimension, problems: list[str]) -> list[Metric]:
    named = metrics_of(query)
    usual = [METRICS[name] for name in _usual(by) if scope.shows(METRICS[name])]
    if not named:
        return usual
    wanted = []
    for name in named:
        metric = METRICS.get(name)
        if metric is None or not scope.shows(metric):
            problems.append(_("There is no metric “%(name)s”.") % {"name": name[:40]})
        elif metric.reads_costs and not scope.sees_costs:
            problems.append(
                _("“%(metric)s” is shown to those who may see costs.") % {"metric": metric.label}
            )
        elif not fits(metric, by):
            problems.append(
                _("“%(metric)s” cannot be told apart by %(dimension)s.")
                % {"metric": metric.label, "dimension": str(by.label).lower()}
            )
        else:
            wanted.append(metric)
    if len(wanted) > MOST_METRICS:
        problems.append(
            _("A report has at most %(most)s metrics: the first ones are shown.")
            % {"most": MOST_METRICS}
        )
    return wanted[:MOST_METRICS] or usual


def _usual(by: Dimension) -> tuple[str, ...]:
    preset = next((one for one in PRESETS if one.by == by.key), None)
    if preset is not None:
        return preset.metrics
    if by.of_lines:
        return ("units", "net", "commission")
    return ("clicks", "orders", "commission") if by.has_clicks else ("orders", "net", "commission")


def _without_clicks(wanted: list[Metric], problems: list[str]) -> list[Metric]:
    kept = [one for one in wanted if "clicks" not in one.sums]
    if len(kept) == len(wanted):
        return wanted
    problems.append(_("Clicks cannot be narrowed like this, so what needs them is left out."))
    return kept or [METRICS["orders"]]


def _filters(query: QueryDict, scope: Scope, by: Dimension, problems: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in FILTERS:
        said = text(query, name, longest=200)
        if not said:
            continue
        if not scope.shows(DIMENSIONS[name]):
            problems.append(_("A report cannot be narrowed by “%(name)s”.") % {"name": name})
            continue
        if DIMENSIONS[name].of_lines and not by.of_lines:
            problems.append(
                _("Only products and categories can be narrowed by %(dimension)s.")
                % {"dimension": str(DIMENSIONS[name].label).lower()}
            )
            continue
        value = _value(name, said)
        if value is None:
            problems.append(
                _("%(dimension)s: nothing is called “%(value)s”.")
                % {"dimension": DIMENSIONS[name].label, "value": said}
            )
        else:
            found[name] = value
    return found


def _value(name: str, said: str) -> str | None:
    if said == "none":
        return "" if name in ("link", "code", "look", "surface", "sub", "category") else None
    if name in _NUMBERS:
        return said if said.isascii() and said.isdecimal() and len(said) < 19 else None
    if name == "customer":
        return said if said in _CUSTOMERS else None
    if name == "country":
        return said.upper()[:2]
    if name == "affiliate":
        return _affiliate(said)
    if name == "group":
        group = Group.objects.filter(slug=said).values_list("pk", flat=True).first()
        return None if group is None else str(group)
    return said


def _affiliate(said: str) -> str | None:
    try:
        found = Affiliate.objects.filter(public_id=said).values_list("pk", flat=True).first()
    except ValidationError:
        return None
    return None if found is None else str(found)


def _sort(query: QueryDict, wanted: list[Metric]) -> str:
    said = text(query, "sort")
    return said if said.removeprefix("-") in {"key", *(one.key for one in wanted)} else ""


def _page(query: QueryDict) -> int:
    said = text(query, "page", longest=9)
    return max(1, int(said)) if said.isascii() and said.isdecimal() else 1


def asked_again(question: Question) -> dict[str, Any]:
    """Return what the question comes to, in the words of an address."""
    return {
        "by": question.by.key,
        "metrics": [one.key for one in question.metrics],
        "from": question.period.first.isoformat(),
        "to": question.period.last.isoformat(),
        "currency": question.currency,
        **question.filters,
    }
