"""All that one version of terms says: what a draft keeps as JSON and a row of terms as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from affiliates.domain.terms import BonusKind, TermsRules, When
from affiliates.domain.terms_document import (
    LONGEST_DAYS,
    MOST_MINOR,
    TermsRefused,
    read_rules,
    rules_json,
)
from core.documents import Reader
from core.money import BPS
from core.wording import Said

BASES = ("reference", "actual")
#: In a shorter month its last day is meant.
LAST_PAYMENT_DAY = 31
_READ = Reader(TermsRefused)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsContent:
    """What terms pay and when. Amounts are minor units of ``currency``, rates basis points."""

    basis: str = "reference"
    rate_bps: int
    window_days: int
    hold_days: int
    minimum_payout_minor: int
    currency: str
    payment_days: tuple[int, ...]
    rules: TermsRules = TermsRules()


NAMES = tuple(one.name for one in fields(TermsContent))


def read_content(said: object) -> TermsContent:
    """Return what the JSON of a draft says, with everything checked.

    :raises TermsRefused: with the place and what is wrong there.
    """
    read = _READ.mapping(said, "terms", NAMES)
    missing = [name for name in NAMES if name not in read and name not in {"rules", "basis"}]
    if missing:
        raise TermsRefused(
            Said("%(rule)s: %(missing)s is missing.", rule="terms", missing=", ".join(missing))
        )
    content = TermsContent(
        basis=_READ.word(read.get("basis", "reference"), "basis", BASES),
        rate_bps=_READ.number(read["rate_bps"], "rate_bps", BPS, smallest=0),
        window_days=_READ.number(read["window_days"], "window_days", LONGEST_DAYS),
        hold_days=_READ.number(read["hold_days"], "hold_days", LONGEST_DAYS, smallest=0),
        minimum_payout_minor=_READ.number(
            read["minimum_payout_minor"], "minimum_payout_minor", MOST_MINOR, smallest=0
        ),
        currency=_currency(read["currency"]),
        payment_days=_payment_days(read["payment_days"]),
        rules=read_rules(read.get("rules", {})),
    )
    _consistent(content)
    return content


def content_json(content: TermsContent) -> dict[str, Any]:
    """Return the JSON that ``read_content`` reads back."""
    return {**columns(content), "rules": rules_json(content.rules)}


def columns(content: TermsContent) -> dict[str, Any]:
    """Return everything but the rules, as the columns of a row of terms."""
    found = {name: getattr(content, name) for name in NAMES if name != "rules"}
    return {**found, "payment_days": list(content.payment_days)}


def content_of(row: Any) -> TermsContent:
    """Return what a row of terms says.

    :raises TermsRefused: for rules that cannot be read.
    """
    values: Mapping[str, Any] = {name: getattr(row, name) for name in NAMES}
    return TermsContent(
        **{
            **values,
            "payment_days": tuple(values["payment_days"]),
            "rules": read_rules(values["rules"]),
        }
    )


def _currency(said: object) -> str:
    found = _READ.text(said, "currency", 3)
    if len(found) != 3 or not found.isascii() or not found.isupper():
        raise TermsRefused(Said("%(rule)s is three capital letters, such as EUR.", rule="currency"))
    return found


def _payment_days(said: object) -> tuple[int, ...]:
    days = {_READ.number(one, "payment_days", LAST_PAYMENT_DAY)
            for one in _READ.entries(said, "payment_days")}  # fmt: skip
    if not days:
        raise TermsRefused(
            Said("%(rule)s: give at least one day of the month.", rule="payment_days")
        )
    return tuple(sorted(days))


def _consistent(content: TermsContent) -> None:
    """What each part allows, and all parts together contradict: refused."""
    rules = content.rules
    for place, rule in enumerate(rules.rules, 1):
        _days_in_order(rule.when, f"rules.{place}.when.until")
    for place, bonus in enumerate(rules.bonuses, 1):
        _days_in_order(bonus, f"bonuses.{place}.until")
        if bonus.kind == BonusKind.CAMPAIGN and not (bonus.since and bonus.until):
            raise TermsRefused(
                Said("%(rule)s: a campaign has a first and a last day.",
                     rule=f"bonuses.{place}.since")
            )  # fmt: skip
    if rules.tiers and (not rules.tiers.steps or rules.tiers.steps[0].rate_bps < content.rate_bps):
        raise TermsRefused(
            Said("%(rule)s: there is a step, and the first pays no less than the base rate.",
                 rule="tiers.steps")
        )  # fmt: skip
    held = [category for hold in rules.holds for category in hold.category]
    twice = next((one for place, one in enumerate(held) if one in held[:place]), None)
    if twice is not None:
        raise TermsRefused(
            Said("%(rule)s: %(value)s is there twice.", rule="holds.category", value=twice)
        )


def _days_in_order(period: When | Any, name: str) -> None:
    if period.since and period.until and period.since >= period.until:
        raise TermsRefused(Said("%(rule)s: it ends after it begins.", rule=name))
