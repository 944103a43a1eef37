"""Experiments in words: what each design does, what a result says, and what it does not."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money import Money
from experiments.models import Design, Experiment, ExperimentStatus, Verdict
from influencers.services.look_experiment import SUBJECT
from portal.display import StatusText
from portal.formats import MINUS, format_bps, format_money, locale

_STATES: dict[str, StatusText] = {
    ExperimentStatus.DRAFT: StatusText("draft", gettext_lazy("Draft"), "neutral", "pencil"),
    ExperimentStatus.RUNNING: StatusText("running", gettext_lazy("Running"), "info", "hourglass"),
    ExperimentStatus.ENDED: StatusText("ended", gettext_lazy("Ended"), "success", "circle-check"),
    ExperimentStatus.DISCARDED: StatusText(
        "discarded", gettext_lazy("Discarded"), "neutral", "archive"
    ),
}
_VERDICTS: dict[str, StatusText] = {
    Verdict.NOT_ENOUGH: StatusText(
        "not_enough", gettext_lazy("Not enough data"), "neutral", "hourglass",
        gettext_lazy(
            "What was seen would also come about by chance. That is an answer: it says neither"
            " that there is an effect nor that there is none."
        ),
    ),
    Verdict.NO_EFFECT: StatusText(
        "no_effect", gettext_lazy("No effect"), "neutral", "circle-dashed",
        gettext_lazy("An effect as large as the plan looked for would have been seen."),
    ),
    Verdict.POSITIVE: StatusText(
        "positive", gettext_lazy("It brings more"), "success", "circle-check",
        gettext_lazy("The whole interval lies above nothing."),
    ),
    Verdict.NEGATIVE: StatusText(
        "negative", gettext_lazy("It brings less"), "warning", "triangle-alert",
        gettext_lazy("The whole interval lies below nothing."),
    ),
}  # fmt: skip
_NAMES: dict[str, Promise] = {Design.SURFACE: gettext_lazy("Looks on product pages, or not")}
_DOES: dict[str, Promise] = {
    Design.BENEFIT: gettext_lazy(
        "Visitors of its links land with the benefit; by lot some land without. Only visitors who"
        " agreed to measuring before the click take part; all others land with it."
    ),
    Design.CODE: gettext_lazy(
        "At the checkout its promo code works; by lot it does not for some. Whoever brings no"
        " reference of ours is not in it: for them the code works."
    ),
    Design.SWITCHBACK: gettext_lazy(
        "On some days, drawn in pairs by lot, its links and codes credit nobody. It knows the"
        " calendar beforehand and sends nobody then. The orders of the whole shop are compared."
    ),
    Design.SURFACE: gettext_lazy(
        "Product pages show looks to visitors; by lot they show none to some. Only visitors who"
        " agreed to measuring and had a look to see take part; all others see it."
    ),
}
_NOT_TO_BE_READ: dict[str, Promise] = {
    Design.BENEFIT: gettext_lazy(
        "It says what the benefit adds for visitors that this affiliate sent. It does not say how"
        " many of them would have come without the affiliate, nor anything of visitors who did"
        " not agree to measuring."
    ),
    Design.CODE: gettext_lazy(
        "It says what a working code adds for customers who typed it. Those who left when it did"
        " not work, and came back under another browser, count as lost. It says nothing of people"
        " who never reached the checkout."
    ),
    Design.SWITCHBACK: gettext_lazy(
        "It says what the affiliate adds in the days compared, with the way it worked then. Sales"
        " that come later than its blocks and days on which it was not really off pull the figure"
        " towards nothing."
    ),
    Design.SURFACE: gettext_lazy(
        "It says what looks on product pages add for visitors who had one to see there. It does"
        " not say which look or creator it was, nor anything of visitors who did not agree to"
        " measuring. The verdict is on orders; of margin only the cards below speak."
    ),
}


_SUBJECTS: dict[str, Promise] = {SUBJECT: gettext_lazy("Looks on product pages")}


def subject_name(subject: str) -> str:
    """Return what an experiment that is about no affiliate is about; as it stands if unknown."""
    return str(_SUBJECTS.get(subject, subject))


def experiment_status(status: str) -> StatusText:
    """Return the state of an experiment.

    :raises KeyError: unknown ``status``.
    """
    return _STATES[status]


def verdict_status(verdict: str) -> StatusText:
    """Return what a look found, with what that means.

    :raises KeyError: unknown ``verdict``.
    """
    return _VERDICTS[verdict]


def design_name(design: str) -> str:
    """Return how people call a design; of surfaces there is one."""
    return str(_NAMES.get(design, Design(design).label))


def what_it_does(design: str) -> str:
    """Return in words who gets what."""
    return str(_DOES.get(design, ""))


def not_to_be_read(design: str) -> str:
    """Return what a result of this design does not say."""
    return str(_NOT_TO_BE_READ.get(design, ""))


def unit_name(design: str) -> str:
    """Return what is counted in the plural."""
    return _("blocks") if design == Design.SWITCHBACK else _("visitors")


def benefit_of(experiment: Experiment) -> str:
    """Return what is added on landing, as it is written in an address."""
    return "&".join(f"{name}={value}" for name, value in experiment.parameters.items())


def rate_text(value: float | None, *, signed: bool = False, per: int = 1_000) -> str:
    """Return orders per thousand visitors, one decimal; a dash when it is not known."""
    if value is None:
        return "–"
    shown = round(value * per, 1) + 0.0
    text = format_decimal(shown, format="#,##0.0", locale=locale()).replace("-", MINUS)
    return f"+{text}" if signed and shown > 0 else text


def interval_text(low: float | None, high: float | None, *, per: int = 1_000) -> str:
    """Return the two ends of an interval; in words when they are not known."""
    if low is None or high is None:
        return _("not known yet")
    return _("%(low)s to %(high)s") % {
        "low": rate_text(low, signed=True, per=per),
        "high": rate_text(high, signed=True, per=per),
    }


def margin_text(value: float | None, currency: str, *, signed: bool = False) -> str:
    """Return minor units per visitor as money per thousand visitors; a dash: not known.

    Rounding: half to even, once, to the minor unit of a thousand visitors.
    """
    if value is None:
        return "–"
    amount = round(value * 1_000)
    text = format_money(Money(amount, currency))
    return f"+{text}" if signed and amount > 0 else text


def share_sentence(share: tuple[int, int, int]) -> str:
    """Say which share of orders would not have come without, with its interval."""
    middle, low, high = (format_bps(bps // 10 * 10) for bps in share)
    return _("%(share)s of these orders came only because of it (95 %% interval %(low)s to"
             " %(high)s).") % {"share": middle, "low": low, "high": high}  # fmt: skip


def variance_sentence(figures: dict[str, Any]) -> str:
    """Say what the covariate is worth; empty when the design has none."""
    kept = figures.get("variance_kept")
    if kept is None:
        return ""
    if kept > 0.995:
        return _("What visitors had bought in the 90 days before explains nothing here: the"
                 " interval is as wide as without it.")  # fmt: skip
    return _("What visitors had bought in the 90 days before explains a part: %(kept)s of the"
             " variance is left, as if %(more)s more visitors had been seen.") % {
        "kept": format_bps(round(kept * 1_000) * 10),
        "more": format_bps(round((1 / kept - 1) * 1_000) * 10),
    }  # fmt: skip
