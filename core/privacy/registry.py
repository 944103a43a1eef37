"""Everything that the apps declare, gathered: tables, rules, and what erasing somebody asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from core.errors import DomainError
from core.privacy.declaring import Declared, Holding, Person, Rule, Stored

_OWN = "core.privacy.own"


class UnknownRule(DomainError):
    """Somebody named a rule that nobody declares."""

    code = "unknown_rule"


@lru_cache(maxsize=1)
def declared() -> tuple[Declared, ...]:
    """Return what each app declares, upper apps first: what points down goes before its target."""
    found = [_declared(_OWN)]
    for config in apps.get_app_configs():
        if config.name != "core" and module_has_submodule(config.module, "privacy"):
            found.append(_declared(f"{config.name}.privacy"))
    return tuple(reversed(found))


def holdings() -> Iterator[Holding]:
    """Yield every table that holds personal data, upper apps first, in the order of each app."""
    for one in declared():
        yield from one.holdings


def nothing() -> dict[str, tuple[str, ...]]:
    """Return the tables that hold nothing personal, with the fields that only look like it."""
    return {label: plain for one in declared() for label, plain in one.nothing.items()}


def files() -> list[Stored]:
    """Return whose files are in the storage."""
    return [stored for one in declared() for stored in one.files]


def rules() -> dict[str, Rule]:
    """Return every rule by its key, lower apps first."""
    return {rule.key: rule for one in reversed(declared()) for rule in one.rules}


def rule_of(key: str) -> Rule:
    """Return a rule by its key.

    :raises UnknownRule: when there is none.
    """
    found = rules()
    if key not in found:
        raise UnknownRule(f"{key} is no rule. There are: {', '.join(found)}.")
    return found[key]


def person_of(user_id: int) -> Person:
    """Return a person, with the affiliates that are theirs alone."""
    accounts = [
        account
        for one in declared()
        if one.accounts_of is not None
        for account in one.accounts_of(user_id)
    ]
    return Person(user_id, tuple(accounts))


def repeat(*, now: datetime) -> dict[str, int]:
    """Erase once more whom the journal names and the database still knows; return how many."""
    return {name: again(now) for one in declared() for name, again in one.repeats.items()}


def _declared(module: str) -> Declared:
    found: Declared = import_module(module).PRIVACY
    return found
