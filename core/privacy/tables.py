"""The declarations as people read them: the names of tables, and those of ``docs/privacy.md``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.translation import override

from core.privacy import registry
from core.privacy.declaring import Holding, OnErasure

HEADER = (
    "| table | whose | personal data | what for | basis | kept | then | when erased | enforced by |"
)


def model_of(label: str) -> type[Model]:
    """Return the model that a label names, such as ``affiliates.Payee``."""
    found: type[Any] = apps.get_model(label)
    return found


def lines() -> Iterator[str]:
    """Yield the table of all that is known of people, as Markdown, in English."""
    with override("en"):
        yield HEADER
        yield "|---" * (HEADER.count("|") - 1) + "|"
        for holding in sorted(registry.holdings(), key=lambda one: one.model.split(".")[0]):
            yield _line(holding)


def rule_lines() -> Iterator[str]:
    """Yield the table of rules, as Markdown, in English."""
    with override("en"):
        yield "| rule | what it does |"
        yield "|---|---|"
        for rule in registry.rules().values():
            yield f"| `{rule.key}` | {rule.text} |"


def _line(holding: Holding) -> str:
    erased = str(OnErasure(holding.erased).label)
    if holding.stays:
        erased = f"{erased}: {holding.stays}"
    cells = [
        f"`{holding.model}`",
        ", ".join(str(one.label) for one in holding.whose),
        ", ".join(f"`{name}`" for name in holding.fields) or "who and when",
        str(holding.purpose),
        str(holding.basis.label),
        str(holding.kept),
        str(holding.end.label),
        erased,
        f"`{holding.rule}`" if holding.rule else "–",
    ]
    return f"| {' | '.join(cells)} |"
