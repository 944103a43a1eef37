"""Numbers, money and times as a reader of the active language expects them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
)
from django.utils.functional import lazystr
from django.utils.translation import get_language

from core.domain import paris
from core.money import Money
from portal.display import Text

#: In which moments are shown.
PARIS = paris.PARIS
DASH = "–"
MINUS = "−"

_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
#: Days, and small numbers, come again and again: each is written once.
_remembered = lru_cache(maxsize=8_192)


def locale() -> str:
    """The Babel locale of the active language; English when it is not one of ours."""
    return _LOCALES.get((get_language() or "en")[:2], "en_GB")


def format_money(amount: Money) -> str:
    """``Money(-1250, "EUR")`` → ``−€12.50`` or ``−12,50 €``. Never rounds: minor units in."""
    return _money(amount, locale())


@_remembered
def _money(amount: Money, locale_name: str) -> str:
    text = format_currency(amount.to_decimal(), amount.currency, locale=locale_name)
    return text.replace("-", MINUS)


def format_money_short(amount: Money) -> str:
    """For the axis of a chart: whole units, no decimals, half away from zero."""
    major = amount.to_decimal().quantize(Decimal(1), ROUND_HALF_UP)
    text = format_currency(
        major, amount.currency, locale=locale(), currency_digits=False, format=_whole_pattern()
    )
    return text.replace("-", MINUS)


def _whole_pattern() -> str:
    return "#,##0\xa0¤" if locale() == "fr_FR" else "¤#,##0"


def format_bps(bps: int, *, signed: bool = False) -> str:
    """Basis points as a percentage, at most two decimals: ``1250`` → ``12.5%`` or ``12,5 %``."""
    text = format_percent(Decimal(bps).scaleb(-4), format=_percent_pattern(), locale=locale())
    text = text.replace("-", MINUS)
    return f"+{text}" if signed and bps > 0 else text


def whole_percents(bps: int) -> int:
    """Basis points as whole percents, half away from zero: ``-50`` → ``-1``."""
    return int((Decimal(bps) / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _percent_pattern() -> str:
    return "#,##0.##\xa0%" if locale() == "fr_FR" else "#,##0.##%"


def format_count(value: int | Decimal) -> str:
    """A number with its groups of thousands separated."""
    return _count(value, locale())


@_remembered
def _count(value: int | Decimal, locale_name: str) -> str:
    return format_decimal(value, locale=locale_name).replace("-", MINUS)


def in_paris(moment: datetime) -> datetime:
    """The same instant on a wall clock in Paris. A naive datetime is a bug and raises.

    :raises ValueError: ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("A time shown to a person needs a time zone.")
    return moment.astimezone(PARIS)


def paris_clock(moment: datetime) -> datetime:
    """Return the wall clock in Paris: spreadsheets know no time zones."""
    return in_paris(moment).replace(tzinfo=None)


def format_day(day: date) -> str:
    """``12 November 2026``, ``12 novembre 2026``; of a datetime, its day in Paris."""
    return _day(in_paris(day).date() if isinstance(day, datetime) else day, "long", locale())


def format_day_short(day: date) -> str:
    """``12 Nov``: for axes and dense columns beside a caption that says the year."""
    return _day(in_paris(day).date() if isinstance(day, datetime) else day, "d MMM", locale())


@_remembered
def _day(day: date, pattern: str, locale_name: str) -> str:
    return format_date(day, format=pattern, locale=locale_name)


def format_month(month: date) -> str:
    """``November 2026``, ``novembre 2026``: the month that a day lies in."""
    return _day(month, "LLLL y", locale())


def format_moment(moment: datetime) -> str:
    """``12 Nov 2026, 14:32`` in Paris."""
    local = in_paris(moment)
    return f"{_day(local.date(), 'd MMM y', locale())}, {local:%H:%M}"


def format_utc(moment: datetime) -> str:
    """``12 Nov 2026, 13:32:05 UTC``: the exact instant, for a title."""
    text = format_datetime(
        in_paris(moment).astimezone(UTC), format="d MMM y, HH:mm:ss", locale=locale()
    )
    return f"{text} UTC"


def with_colon(label: object, text: object) -> str:
    """Return ``label: text``, with the no-break space that French puts before a colon."""
    space = "\u00a0" if (get_language() or "fr").startswith("fr") else ""
    return f"{label}{space}: {text}"


def lazily(build: Callable[[], str]) -> Text:
    """A text built in the language active when it is shown, not when it was made."""
    return lazystr(_Deferred(build))


class _Deferred:
    def __init__(self, build: Callable[[], str]) -> None:
        self._build = build

    def __str__(self) -> str:
        return self._build()
