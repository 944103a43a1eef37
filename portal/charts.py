"""Geometry of the charts drawn on the server. Positions are percentages, as SVG text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core.money import Money
from portal import formats

Point = tuple[date | str, int]
MAX_LABELS = 5
#: The days of a week fit side by side on a phone.
FEW_LETTERS = 28
LINE_WIDTH = 1000
LINE_HEIGHT = 200


@dataclass(frozen=True, slots=True)
class Tick:
    """A horizontal line of the grid."""

    y: str
    label: str
    is_zero: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One value: where its bar and its hover area are, and what they say."""

    label: str
    value: str
    x: str
    width: str
    y: str
    height: str
    slot_x: str
    slot_width: str
    center: str
    negative: bool
    raw: int = 0
    is_open: bool = False
    compare: str = ""
    compare_raw: int = 0
    axis_label: str = ""
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class _Texts:
    label: str
    value: str
    compare: str
    axis: str
    compare_raw: int = 0


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything ``components/chart.html`` draws."""

    ticks: list[Tick]
    marks: list[Mark]
    line: str = ""
    open_line: str = ""
    area: str = ""
    compare_line: str = ""
    total: str = ""
    highest: str = ""
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of a stacked bar and its line in the legend."""

    label: str
    value: str
    share: str
    x: str
    width: str
    tone: str


def number_formatter(currency: str) -> Callable[[int], str]:
    """Values as counts, or as minor units of ``currency``."""
    if not currency:
        return formats.format_count
    return lambda minor: formats.format_money(Money(minor, currency))


def tick_formatter(currency: str) -> Callable[[int], str]:
    """As :func:`number_formatter`, whole units only."""
    if not currency:
        return formats.format_count
    return lambda minor: formats.format_money_short(Money(minor, currency))


def plot_values(
    points: Sequence[Point],
    *,
    currency: str = "",
    compare: Sequence[int] = (),
    is_open: bool = False,
) -> Plot:
    """Lay out bars and lines for ``points``; ``compare`` is an earlier series of the same length.

    ``is_open``: the time of the last point is not over. The lines end at the point before it.

    :raises ValueError: ``compare`` has another length than ``points``.
    """
    if compare and len(compare) != len(points):
        raise ValueError("Both series of a chart need the same number of points.")
    values = [value for _day, value in points]
    if not values:
        return Plot(ticks=[], marks=[])
    unit = 100 if currency else 1
    low, high, step = _scale([*values, *compare], unit)
    show, show_tick = number_formatter(currency), tick_formatter(currency)
    ticks = [
        Tick(_percent(high - at, high - low), show_tick(at), at == 0)
        for at in range(low, high + 1, step)
    ]
    labels = [_label(label) for label, _value in points]
    if is_open:
        labels[-1] = _("%(day)s, so far") % {"day": labels[-1]}
    axis = _axis_labels([_short_label(label) for label, _value in points])
    marks = [
        _mark(
            index,
            len(values),
            value,
            (low, high),
            _Texts(
                labels[index],
                show(value),
                show(compare[index]) if compare else "",
                axis[index],
                compare[index] if compare else 0,
            ),
            is_open=is_open and index == len(values) - 1,
        )
        for index, value in enumerate(values)
    ]
    best = max(range(len(values)), key=lambda index: (values[index], -index))
    line, whole = _line(values, low, high), len(values) - is_open
    return Plot(
        ticks=ticks,
        marks=marks,
        line=" ".join(line[:whole]),
        open_line=" ".join(line[-2:]) if is_open else "",
        area=_area(line[:whole], low, high),
        compare_line=" ".join(_line(compare, low, high)[:whole]),
        total=show(sum(values)),
        highest=f"{show(values[best])} ({labels[best]})",
        low=low,
        high=high,
    )


def sparkline_points(values: Sequence[int], *, width: int = 100, height: int = 24) -> str:
    """``points`` of a polyline in a ``width`` by ``height`` box with a margin of 2."""
    if not values:
        return ""
    low, high = min(values), max(values)
    span = high - low or 1
    last = len(values) - 1 or 1
    return " ".join(
        f"{_number(index * width, last)},{_number((height - 4) * (high - value) + 2 * span, span)}"
        for index, value in enumerate(values)
    )


def stack(
    parts: Sequence[tuple[str, int] | tuple[str, int, str]], *, currency: str = ""
) -> list[Part]:
    """Place ``parts`` side by side on a bar of 100 %. Values below zero take no room."""
    show = number_formatter(currency)
    total = sum(max(part[1], 0) for part in parts)
    tones = ("accent", "info", "success", "warning", "neutral", "danger")
    placed, start = [], 0
    for index, part in enumerate(parts):
        value = max(part[1], 0)
        share = value * 10_000 // total if total else 0
        placed.append(
            Part(
                label=part[0],
                value=show(part[1]),
                share=formats.format_bps(share // 10 * 10),
                x=_percent(start, total or 1),
                width=_percent(value, total or 1),
                tone=part[2] if len(part) == 3 else tones[index % len(tones)],
            )
        )
        start += value
    return placed


def _scale(values: Sequence[int], unit: int) -> tuple[int, int, int]:
    """A low and high that are multiples of a round step, with at most five lines between."""
    low, high = min(0, *values), max(0, *values)
    span = max(high - low, 1)
    step = unit
    while True:
        for factor in (1, 2, 5):
            if step * factor * 4 >= span:
                size = step * factor
                bottom = -(-abs(low) // size) * -size
                top = max(-(-high // size) * size, bottom + size)
                return bottom, top, size
        step *= 10


def _mark(
    index: int, count: int, raw: int, bounds: tuple[int, int], texts: _Texts, *, is_open: bool
) -> Mark:
    low, high = bounds
    span = high - low
    gap = 3 if count > 1 else 6
    return Mark(
        label=texts.label,
        value=texts.value,
        compare=texts.compare,
        compare_raw=texts.compare_raw,
        raw=raw,
        axis_label=texts.axis,
        x=_percent(index * 20 + gap, count * 20),
        width=_percent(20 - 2 * gap, count * 20),
        y=_percent(high - max(raw, 0), span),
        height=_percent(abs(raw), span),
        slot_x=_percent(index, count),
        slot_width=_percent(1, count),
        center=_percent(2 * index + 1, 2 * count),
        negative=raw < 0,
        is_open=is_open,
        anchor="middle" if count == 1 else {0: "start", count - 1: "end"}.get(index, "middle"),
    )


def _line(values: Sequence[int], low: int, high: int) -> list[str]:
    """Points in the middle of each slot, in a box of ``LINE_WIDTH`` by ``LINE_HEIGHT``."""
    count = len(values)
    return [
        f"{_number((2 * index + 1) * LINE_WIDTH, 2 * count)},"
        f"{_number((high - value) * LINE_HEIGHT, high - low)}"
        for index, value in enumerate(values)
    ]


def _area(line: Sequence[str], low: int, high: int) -> str:
    if not line:
        return ""
    base = _number(high * LINE_HEIGHT, high - low)
    first, last = line[0].split(",")[0], line[-1].split(",")[0]
    return f"{first},{base} {' '.join(line)} {last},{base}"


def _axis_labels(labels: Sequence[str]) -> list[str]:
    """Keep first, last and evenly spread labels; blank the others."""
    last = len(labels) - 1
    if last < MAX_LABELS or sum(map(len, labels)) <= FEW_LETTERS:
        return list(labels)
    kept = {index * last // (MAX_LABELS - 1) for index in range(MAX_LABELS)}
    return [label if index in kept else "" for index, label in enumerate(labels)]


def _label(label: date | str) -> str:
    return formats.format_day(label) if isinstance(label, date) else str(label)


def _short_label(label: date | str) -> str:
    return formats.format_day_short(label) if isinstance(label, date) else str(label)


def _percent(part: int, whole: int) -> str:
    return f"{_number(part * 100, whole)}%"


def _number(part: int, whole: int) -> str:
    """Two decimals with a point, whatever the language: SVG is not prose."""
    return f"{(Decimal(part) / Decimal(whole)).quantize(Decimal('0.01')):f}"
