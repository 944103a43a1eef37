"""The nightly purge: every rule on its own, each run kept with what was due and what was done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.models import PurgeRun
from core.privacy import registry
from core.privacy.declaring import Rule

log = logging.getLogger(__name__)
#: A rule that was not carried out for so long is overdue: it runs every night.
OVERDUE = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a rule found: rows due before, done, still due; since when the oldest row is kept."""

    rule: str
    due: int
    done: int
    left: int
    oldest: datetime | None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A rule with its last run. ``is_overdue``: not run for two days, failed, or it left rows.

    One that never ran is overdue once others have run for two days.
    """

    rule: Rule
    last: PurgeRun | None
    is_overdue: bool


def until_done(some: Callable[[], int]) -> int:
    """Repeat a bounded step until it finds nothing more; return how many rows it ended in all."""
    total = 0
    while ended := some():
        total += ended
    return total


def look(*, now: datetime, keys: Iterable[str] = ()) -> list[Report]:
    """Count what each rule would end now, and change nothing. No keys: all rules.

    :raises UnknownRule: for a key that nobody declares.
    """
    return [_counted(rule, now) for rule in _chosen(keys)]


def run_all(*, now: datetime, keys: Iterable[str] = ()) -> list[Report]:
    """Carry out the rules, one after the other; one that fails stops no other.

    :raises UnknownRule: for a key that nobody declares.
    """
    return [run(rule.key, now=now) for rule in _chosen(keys)]


def run(key: str, *, now: datetime) -> Report:
    """Carry out one rule and keep what it did. Safe to repeat. What fails is logged and kept.

    :raises UnknownRule: when there is no such rule.
    """
    rule = registry.rule_of(key)
    due, done, problem = 0, 0, ""
    try:
        due = rule.due(now)
        done = rule.run(now)
        report = Report(rule=key, due=due, done=done, left=rule.due(now), oldest=rule.oldest())
        log.info("%s: %s rows ended", key, done)
    except Exception as error:
        log.exception("The rule %s could not be carried out", key)
        problem = type(error).__name__
        report = Report(rule=key, due=due, done=done, left=due, oldest=None, problem=problem)
    PurgeRun.objects.create(
        rule=key,
        at=now,
        due=report.due,
        done=report.done,
        left=report.left,
        oldest_at=report.oldest,
        problem=report.problem,
    )
    return report


def standing(*, now: datetime) -> list[Standing]:
    """Return every rule with its last run, the overdue ones first."""
    last = {
        one.rule: one for one in PurgeRun.objects.order_by("rule", "-at", "-pk").distinct("rule")
    }
    runs_for_long = PurgeRun.objects.filter(at__lt=now - OVERDUE).exists()
    found = [
        Standing(
            rule=rule,
            last=last.get(key),
            is_overdue=is_overdue(last[key], now) if key in last else runs_for_long,
        )
        for key, rule in registry.rules().items()
    ]
    return sorted(found, key=lambda one: not one.is_overdue)


def is_overdue(last: PurgeRun, now: datetime) -> bool:
    """Tell whether a rule whose last run this is has to be looked at by a person."""
    return bool(last.problem) or last.left > 0 or now - last.at > OVERDUE


def _counted(rule: Rule, now: datetime) -> Report:
    due = rule.due(now)
    return Report(rule=rule.key, due=due, done=0, left=due, oldest=rule.oldest())


def _chosen(keys: Iterable[str]) -> list[Rule]:
    wanted = list(keys)
    return [registry.rule_of(key) for key in wanted] or list(registry.rules().values())
