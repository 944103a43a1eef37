"""What the looks at an experiment come to, ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from experiments.models import Analysis, Design, Experiment, Verdict
from experiments.services.analysis import ACTUAL, REFERENCE
from portal.display import StatusText
from portal.experiment_chart import Interval, Intervals, intervals
from portal.experiment_language import (
    interval_text,
    margin_text,
    not_to_be_read,
    rate_text,
    share_sentence,
    variance_sentence,
    verdict_status,
)
from portal.formats import format_count
from portal.queries.staff_experiments import Share, share_of

#: What may become a factor.
USABLE = {Verdict.POSITIVE, Verdict.NO_EFFECT}
SHOWN_LOOKS = 30


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: how many units, and the orders of each on average."""

    name: str
    units: int
    rate: str


@dataclass(frozen=True, slots=True)
class MarginSeen:
    """Margin per thousand visitors of either arm, and the difference with its interval."""

    name: str
    meaning: str
    verdict: StatusText
    arms: list[Arm]
    difference: str
    chart: Intervals


@dataclass(frozen=True, slots=True)
class Result:
    """The last look, and all others. ``usable``: what may become the affiliate's factor."""

    last: Analysis | None = None
    verdict: StatusText | None = None
    arms: list[Arm] = field(default_factory=list)
    orders: int | None = None
    difference: str = ""
    chart: Intervals | None = None
    looks: list[tuple[Analysis, StatusText, str, int]] = field(default_factory=list)
    looks_chart: Intervals | None = None
    share: str = ""
    usable: Share | None = None
    variance: str = ""
    not_to_be_read: str = ""
    per: str = ""
    margins: list[MarginSeen] = field(default_factory=list)


def result_of(experiment: Experiment, *, shows_costs: bool = False) -> Result:
    """Return what is known of an experiment; nothing when nobody has looked.

    ``shows_costs``: with the margin by real costs beside that by published ones.
    """
    looks = list(experiment.analyses.order_by("-at", "-pk")[:SHOWN_LOOKS])
    if not looks:
        return Result(not_to_be_read=not_to_be_read(experiment.design))
    last = looks[0]
    share = share_of(experiment, last)
    is_usable = share is not None and last.verdict in USABLE
    return Result(
        last=last,
        verdict=verdict_status(last.verdict),
        arms=_arms(experiment, last),
        orders=last.figures.get("outcomes"),
        difference=_value(experiment, last.figures["difference"]),
        chart=intervals(_of_last(experiment, last)),
        looks=[
            (one, verdict_status(one.verdict), _ends(experiment, one), _units(experiment, one))
            for one in looks
        ],
        looks_chart=_over_time(experiment, looks),
        share=share_sentence(share.bps) if share else "",
        usable=share if is_usable else None,
        variance=variance_sentence(last.figures),
        not_to_be_read=not_to_be_read(experiment.design),
        per=_("orders of the shop per day")
        if experiment.design == Design.SWITCHBACK
        else _("orders per 1,000 visitors"),
        margins=_margins(experiment, last, shows_costs=shows_costs),
    )


def _margins(experiment: Experiment, look: Analysis, *, shows_costs: bool) -> list[MarginSeen]:
    """Return what a look says of margin; nothing for a design that does not ask for it."""
    bases = [
        (
            REFERENCE,
            _("Reference margin"),
            _("Net less the reference cost of the published margin band and order costs."),
        )
    ]
    if shows_costs:
        bases.append((ACTUAL, _("Actual margin"), _("Net less real cost and order costs.")))
    return [
        _margin(experiment, look, prefix, name, meaning)
        for prefix, name, meaning in bases
        if f"{prefix}verdict" in look.figures
    ]


def _margin(
    experiment: Experiment, look: Analysis, prefix: str, name: str, meaning: str
) -> MarginSeen:
    figures = {
        key.removeprefix(prefix): value
        for key, value in look.figures.items()
        if key.startswith(prefix)
    }

    def said(key: str, *, signed: bool = True) -> str:
        return margin_text(figures[key], experiment.shop.currency, signed=signed)

    def ends(label: str, low: str, high: str) -> Interval:
        is_known = figures[low] is not None and figures[high] is not None
        text = _("%(low)s to %(high)s") % {"low": said(low), "high": said(high)}
        middle = figures["difference"]
        shown = text if is_known else _("not known yet")
        return Interval(label, middle, figures[low], figures[high], shown)

    rows = [ends(_("At every look"), "always_low", "always_high")]
    if look.is_final and not experiment.was_stopped:
        rows.insert(0, ends(_("At the planned end"), "low", "high"))
    arms = [
        Arm(_("With"), figures["treated"], said("treated_mean", signed=False)),
        Arm(_("Without"), figures["control"], said("control_mean", signed=False)),
    ]
    verdict = verdict_status(figures["verdict"])
    return MarginSeen(name, meaning, verdict, arms, said("difference"), intervals(rows))


def _per(experiment: Experiment) -> int:
    return 1 if experiment.design == Design.SWITCHBACK else 1_000


def _value(experiment: Experiment, value: float) -> str:
    return rate_text(value, signed=True, per=_per(experiment))


def _arms(experiment: Experiment, look: Analysis) -> list[Arm]:
    figures, per = look.figures, _per(experiment)
    if experiment.design == Design.SWITCHBACK:
        return [
            Arm(_("On"), figures["on_blocks"], rate_text(figures["on_per_day"], per=per)),
            Arm(_("Off"), figures["off_blocks"], rate_text(figures["off_per_day"], per=per)),
        ]
    return [
        Arm(_("With"), figures["treated"], rate_text(figures["treated_mean"], per=per)),
        Arm(_("Without"), figures["control"], rate_text(figures["control_mean"], per=per)),
    ]


def _always(experiment: Experiment, look: Analysis) -> tuple[float | None, float | None]:
    """Return the interval that may be read at this look."""
    figures = look.figures
    if experiment.design == Design.SWITCHBACK:
        return figures["low"], figures["high"]
    return figures["always_low"], figures["always_high"]


def _of_last(experiment: Experiment, look: Analysis) -> list[Interval]:
    figures, per = look.figures, _per(experiment)
    rows = []
    is_whole = look.is_final and not experiment.was_stopped
    if experiment.design == Design.SWITCHBACK or is_whole:
        low, high = figures["low"], figures["high"]
        said = interval_text(low, high, per=per)
        rows.append(Interval(_("At the planned end"), figures["difference"], low, high, said))
    if experiment.design != Design.SWITCHBACK:
        low, high = _always(experiment, look)
        said = interval_text(low, high, per=per)
        rows.append(Interval(_("At every look"), figures["difference"], low, high, said))
    return rows


def _over_time(experiment: Experiment, looks: Sequence[Analysis]) -> Intervals | None:
    if experiment.design == Design.SWITCHBACK or len(looks) < 2:
        return None
    rows = []
    for look in reversed(looks):
        low, high = _always(experiment, look)
        label = _("%(n)s visitors") % {"n": format_count(_units(experiment, look))}
        rows.append(Interval(label, look.figures["difference"], low, high, _ends(experiment, look)))
    return intervals(rows)


def _ends(experiment: Experiment, look: Analysis) -> str:
    return interval_text(*_always(experiment, look), per=_per(experiment))


def _units(experiment: Experiment, look: Analysis) -> int:
    figures = look.figures
    if experiment.design == Design.SWITCHBACK:
        return int(figures["on_blocks"] + figures["off_blocks"])
    return int(figures["treated"] + figures["control"])
