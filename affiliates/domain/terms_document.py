"""The JSON of ``Terms.rules``: read with everything checked, written without what is default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from enum import StrEnum
from typing import Any

from affiliates.domain.surfaces import is_pattern
from affiliates.domain.terms import (
    CLASSES,
    ROLES,
    Bonus,
    BonusKind,
    Customer,
    Every,
    Factor,
    Hold,
    HoldFrom,
    Metric,
    Pays,
    Range,
    Rule,
    Step,
    TermsRules,
    Tiers,
    When,
)
from core.documents import Reader
from core.errors import DomainError
from core.money import BPS
from core.wording import Said

MOST_RULES = 200
MOST_ENTRIES = 10_000
LONGEST_DAYS = 365
MOST_MINOR = 10**12
_TEXT = 120
_Read = Callable[[object, str], Any]


class TermsRefused(DomainError):
    """The rules of terms cannot be read or contradict each other."""

    code = "terms_refused"


_READ = Reader(TermsRefused)


def read_rules(said: object) -> TermsRules:
    """Return what the JSON of ``Terms.rules`` says, its rules in the order of priority.

    :raises TermsRefused: with the place and what is wrong there.
    """
    read = _READ.mapping(said, "terms", tuple(_READERS))
    made = TermsRules(**{name: _READERS[name](value, name) for name, value in read.items()})
    _unambiguous(made)
    return made


def rules_json(rules: TermsRules) -> dict[str, Any]:
    """Return the JSON that ``read_rules`` reads back; what is default is left out."""
    return _said(rules)


def _unambiguous(made: TermsRules) -> None:
    """Two rules or bonuses of one key, two rules of one priority, falling steps: refused."""
    for name, found in (
        ("rules.key", [rule.key for rule in made.rules]),
        ("rules.priority", [rule.priority for rule in made.rules]),
        ("bonuses.key", [bonus.key for bonus in made.bonuses]),
    ):
        twice = [one for place, one in enumerate(found) if one in found[:place]]
        if twice:
            raise TermsRefused(
                Said("%(rule)s: %(value)s is there twice.", rule=name, value=twice[0])
            )
    steps = made.tiers.steps if made.tiers else ()
    for lower, upper in zip(steps, steps[1:], strict=False):
        if lower.at >= upper.at or lower.rate_bps >= upper.rate_bps:
            raise TermsRefused(Said("tiers.steps rise: each begins higher and pays more."))


def _said(made: Any) -> dict[str, Any]:
    """Return a dataclass as JSON without what equals the default."""
    found: dict[str, Any] = {}
    for one in fields(made):
        value = getattr(made, one.name)
        default = one.default_factory() if callable(one.default_factory) else one.default
        if value != default:
            found[one.name] = _as_json(value)
    return found


def _as_json(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_as_json(one) for one in value]
    return _said(value) if hasattr(value, "__dataclass_fields__") else value


def _range(said: object, name: str) -> Range:
    read = _READ.mapping(said, name, ("at_least", "below"))
    ends = {
        end: _READ.number(value, f"{name}.{end}", MOST_MINOR, smallest=0)
        for end, value in read.items()
    }
    found = Range(**ends)
    if not ends or not (found.below is None or (found.at_least or 0) < found.below):
        raise TermsRefused(Said("%(rule)s: “at_least” lies below “below”.", rule=name))
    return found


def _texts(said: object, name: str) -> frozenset[str]:
    return _READ.texts(said, name, _TEXT, MOST_ENTRIES)


def _surfaces(said: object, name: str) -> frozenset[str]:
    found = _texts(said, name)
    wrong = next((one for one in sorted(found) if not is_pattern(one)), None)
    if wrong is not None:
        raise TermsRefused(
            Said("%(rule)s: “%(value)s” is no place. Write look:12:pdp, look:*:pdp or look:*.",
                 rule=name, value=wrong)
        )  # fmt: skip
    return found


def _known(known: tuple[str, ...]) -> _Read:
    return lambda said, name: _READ.words(said, name, known)


def _weekdays(said: object, name: str) -> frozenset[int]:
    return frozenset(_READ.number(one, name, 7) for one in _READ.entries(said, name))


def _rate(said: object, name: str) -> int:
    return _READ.number(said, name, BPS, smallest=0)


def _minor(said: object, name: str) -> int:
    return _READ.number(said, name, MOST_MINOR)


def _days(said: object, name: str) -> int:
    return _READ.number(said, name, LONGEST_DAYS, smallest=0)


def _one_of(words: type[StrEnum]) -> _Read:
    return lambda said, name: words(_READ.word(said, name, tuple(words)))


def _key(said: object, name: str) -> str:
    return _READ.text(said, name, 40)


def _name(said: object, name: str) -> str:
    return _READ.text(said, name, _TEXT)


def _several(reader: _Read, most: int = MOST_RULES) -> _Read:
    def read(said: object, name: str) -> tuple[Any, ...]:
        found = _READ.entries(said, name)
        if len(found) > most:
            raise TermsRefused(Said("%(rule)s has at most %(most)s entries.", rule=name, most=most))
        return tuple(reader(one, f"{name}.{place}") for place, one in enumerate(found, 1))

    return read


def _document(made: type[Any], readers: Mapping[str, _Read]) -> _Read:
    """Return a reader of a JSON object into ``made``; what has no default must be there."""

    needed = [
        one.name
        for one in fields(made)
        if one.default is MISSING and one.default_factory is MISSING
    ]

    def read(said: object, name: str) -> Any:
        found = _READ.mapping(said, name, tuple(readers))
        missing = [key for key in needed if key not in found]
        if missing:
            raise TermsRefused(
                Said("%(rule)s: %(missing)s is missing.", rule=name, missing=", ".join(missing))
            )
        return made(**{key: readers[key](value, f"{name}.{key}") for key, value in found.items()})

    return read


_WHEN = _document(
    When,
    {
        **dict.fromkeys(("category", "brand", "collection", "sku", "code"), _texts),
        "surface": _surfaces,
        "customer": _known(tuple(Customer)),
        "affiliate_class": _known(CLASSES),
        "role": _known(ROLES),
        "discount_bps": _range,
        "order_minor": _range,
        "weekday": _weekdays,
        "since": _READ.day,
        "until": _READ.day,
    },
)
_RULE = _document(
    Rule,
    {
        "key": _key,
        "name": _name,
        "priority": lambda said, name: _READ.number(said, name, 9_999),
        "pays": _one_of(Pays),
        "rate_bps": _rate,
        "flat_minor": _minor,
        "cap_minor": _minor,
        "reason": _name,
        "is_scaled": _READ.flag,
        "when": _WHEN,
    },
)


def _rule(said: object, name: str) -> Rule:
    rule: Rule = _RULE(said, name)
    needs = {Pays.FLAT: "flat_minor", Pays.NOTHING: "reason"}.get(rule.pays, "rate_bps")
    spare = {"rate_bps", "flat_minor", "reason"} - {needs}
    if needs != "rate_bps":
        spare.add("cap_minor")  # A fixed amount is once per order already.
    if not getattr(rule, needs) or any(getattr(rule, one) for one in spare):
        raise TermsRefused(
            Said("%(rule)s pays “%(pays)s”: it has %(needs)s, and nothing else of that kind.",
                 rule=name, pays=rule.pays.value, needs=needs)
        )  # fmt: skip
    return rule


def _rules(said: object, name: str) -> tuple[Rule, ...]:
    return tuple(sorted(_several(_rule)(said, name), key=lambda rule: rule.priority))


_STEP = _document(Step, {"at": _minor, "rate_bps": _rate})
_READERS: Mapping[str, _Read] = {
    "rules": _rules,
    "is_base_scaled": _READ.flag,
    "order_cap_minor": _minor,
    "month_cap_minor": _minor,
    "unknown_customer": _one_of(Customer),
    "tiers": _document(
        Tiers,
        {"metric": _one_of(Metric), "every": _one_of(Every), "steps": _several(_STEP, 20)},
    ),
    "bonuses": _several(
        _document(
            Bonus,
            {
                "key": _key, "name": _name, "kind": _one_of(BonusKind), "minor": _minor,
                "metric": _one_of(Metric), "at": _minor, "every": _one_of(Every),
                "since": _READ.day, "until": _READ.day,
            },
        )
    ),
    "hold_from": _one_of(HoldFrom),
    "undelivered_days": _days,
    "holds": _several(_document(Hold, {"category": _texts, "days": _days})),
    "trusted_days": _days,
    "factor": _document(Factor, {
        "floor_bps": lambda said, name: _READ.number(said, name, BPS, smallest=0),
        "cap_bps": lambda said, name: _READ.number(said, name, 3 * BPS, smallest=BPS),
    }),
}  # fmt: skip
