"""The rules that give an order to somebody, as one published version says them.

Rules P1 to P9 and P12 of docs/rules/attribution.md. ``Policy.from_rules({})`` is the first policy:
the last eligible touchpoint gets the whole order, within the look-back of its terms.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from core.documents import Reader
from core.errors import DomainError
from core.money import BPS
from core.wording import Said

#: The classes a rule can name: what an affiliate is, and whether it is under contract.
CONTRACTED = "contracted"
CLASSES = ("content", "influencer", "employee", "comparison", "coupon", "cashback", CONTRACTED)
LONGEST_LOOK_BACK_DAYS = 395  # Clicks are kept for thirteen months.
LONGEST_MINUTES = 24 * 60


class PolicyRefused(DomainError):
    """The rules of a policy cannot be read or contradict each other."""

    code = "policy_refused"


_READ = Reader(PolicyRefused)


class CodeRule(StrEnum):
    """When a typed code counts."""

    ALWAYS = "always"
    IF_INVOLVED = "if_involved"  # Its affiliate also brought the buyer.
    IF_WINNER = "if_winner"  # Its affiliate's click came last.


class OnSite(StrEnum):
    """When a tap in a look on the shop's own pages earns. Never before what brought the buyer."""

    IF_ALONE = "if_alone"  # Nothing else may earn.
    NEVER = "never"


class Answer(StrEnum):
    """What becomes of a click into a visit that was under way."""

    REFUSE = "refuse"
    KEEP = "keep"


class Part(StrEnum):
    """The part a touchpoint plays on the way to an order."""

    INTRODUCER = "introducer"
    INFLUENCER = "influencer"
    CLOSER = "closer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A rule about what was under way: how long a pause ends it, and whose clicks it judges."""

    minutes: int
    classes: frozenset[str] = frozenset()  # Empty: everybody.

    def covers(self, classes: Collection[str]) -> bool:
        """Tell whether an affiliate of these classes is judged."""
        return not self.classes or not self.classes.isdisjoint(classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpen(Session):
    """A click after the checkout was opened, and one into a visit that began otherwise."""

    after_checkout: Answer = Answer.REFUSE
    other_channel: Answer = Answer.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every rule of one version. A rule that is ``None`` is not part of it."""

    look_back_days: Mapping[str, int] = field(default_factory=dict)  # Else those of the terms.
    code: CodeRule = CodeRule.ALWAYS
    stand_down: Session | None = None
    basket_before_click: Session | None = None
    session_open: SessionOpen | None = None
    on_site: OnSite = OnSite.IF_ALONE
    contracted_priority_days: int | None = None
    split: Mapping[Part, int] | None = None  # Basis points; ``None``: the winner takes all.

    @classmethod
    def from_rules(cls, rules: object) -> Policy:
        """Return the policy that the JSON of ``AttributionPolicy.rules`` says.

        :raises PolicyRefused: with the rule and what is wrong with it.
        """
        said = _READ.mapping(rules, "rules", _READERS.keys())
        return cls(**{name: _READERS[name](value, name) for name, value in said.items()})

    @property
    def reads_journeys(self) -> bool:
        """Whether a rule asks what the visitor did before a click."""
        return any((self.stand_down, self.basket_before_click, self.session_open))

    def days_for(self, classes: Collection[str]) -> int | None:
        """Return the look-back of an affiliate, a contract before a kind; None: its terms'."""
        if not self.look_back_days:
            return None
        if CONTRACTED in classes and CONTRACTED in self.look_back_days:
            return self.look_back_days[CONTRACTED]
        return next(
            (self.look_back_days[one] for one in classes if one in self.look_back_days), None
        )

    def longest_look_back(self, terms_days: int) -> int:
        """Return the days to look back for clicks, when ``terms_days`` is the longest window."""
        return max((terms_days, *self.look_back_days.values()))

    def to_rules(self) -> dict[str, Any]:
        """Return the JSON that ``from_rules`` reads back; what is as in the first is left out."""
        rules: dict[str, Any] = {}
        if self.look_back_days:
            rules["look_back_days"] = dict(sorted(self.look_back_days.items()))
        if self.code != CodeRule.ALWAYS:
            rules["code"] = self.code.value
        for name in ("stand_down", "basket_before_click", "session_open"):
            session = getattr(self, name)
            if session is not None:
                rules[name] = _session_rules(session)
        if self.on_site != OnSite.IF_ALONE:
            rules["on_site"] = self.on_site.value
        if self.contracted_priority_days is not None:
            rules["contracted_priority_days"] = self.contracted_priority_days
        if self.split is not None:
            rules["split"] = {part.value: self.split.get(part, 0) for part in Part}
        return rules


def _session_rules(session: Session) -> dict[str, Any]:
    rules: dict[str, Any] = {"minutes": session.minutes}
    if session.classes:
        rules["classes"] = sorted(session.classes)
    if isinstance(session, SessionOpen):
        rules["after_checkout"] = session.after_checkout.value
        rules["other_channel"] = session.other_channel.value
    return rules


def _look_back(said: object, name: str) -> Mapping[str, int]:
    days = _READ.mapping(said, name, CLASSES)
    return MappingProxyType(
        {
            one: _READ.number(value, f"{name}.{one}", LONGEST_LOOK_BACK_DAYS)
            for one, value in days.items()
        }
    )


def _code(said: object, name: str) -> CodeRule:
    return CodeRule(_READ.word(said, name, tuple(CodeRule)))


def _on_site(said: object, name: str) -> OnSite:
    return OnSite(_READ.word(said, name, tuple(OnSite)))


def _session(said: object, name: str) -> Session:
    read = _READ.mapping(said, name, ("minutes", "classes"))
    return Session(minutes=_minutes(read, name), classes=_classes(read, name))


def _session_open(said: object, name: str) -> SessionOpen:
    read = _READ.mapping(said, name, ("minutes", "classes", "after_checkout", "other_channel"))
    return SessionOpen(
        minutes=_minutes(read, name),
        classes=_classes(read, name),
        after_checkout=_answer(read, name, "after_checkout", Answer.REFUSE),
        other_channel=_answer(read, name, "other_channel", Answer.KEEP),
    )


def _split(said: object, name: str) -> Mapping[Part, int]:
    read = _READ.mapping(said, name, tuple(Part))
    shares = {
        part: _READ.number(read.get(part, 0), f"{name}.{part}", BPS, smallest=0) for part in Part
    }
    total = sum(shares.values())
    if total != BPS:
        raise PolicyRefused(
            Said("%(rule)s: the shares come to %(total)s basis points instead of 10000.",
                 rule=name, total=total)
        )  # fmt: skip
    if not shares[Part.CLOSER]:
        raise PolicyRefused(
            Said("%(rule)s: the closer, to whom missing shares fall, gets something.", rule=name)
        )
    return MappingProxyType(shares)


def _days(said: object, name: str) -> int:
    return _READ.number(said, name, LONGEST_LOOK_BACK_DAYS)


_READERS: Mapping[str, Any] = {
    "look_back_days": _look_back,
    "code": _code,
    "stand_down": _session,
    "basket_before_click": _session,
    "session_open": _session_open,
    "on_site": _on_site,
    "contracted_priority_days": _days,
    "split": _split,
}


def _minutes(said: Mapping[str, Any], name: str) -> int:
    return _READ.number(said.get("minutes"), f"{name}.minutes", LONGEST_MINUTES)


def _classes(said: Mapping[str, Any], name: str) -> frozenset[str]:
    return _READ.words(said.get("classes", []), f"{name}.classes", CLASSES)


def _answer(said: Mapping[str, Any], name: str, key: str, default: Answer) -> Answer:
    return Answer(_READ.word(said.get(key, default.value), f"{name}.{key}", tuple(Answer)))
