"""Sentences that are worded where nothing may be translated yet: in rules, and by workers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from core.errors import DomainError


class Said(str):
    """An English sentence that remembers how it was made, so that a page can say it again.

    ``Said("The order has no lines.")``, ``Said("At most %(most)s.", most=3)``: the first argument
    is collected for translation.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: dict[str, Any]

    def __new__(cls, template: str, **facts: Any) -> Self:
        made = super().__new__(cls, template % facts if facts else template)
        made.template, made.facts = template, facts
        return made


def sentence_of(refusal: DomainError) -> str:
    """Return what a refusal says, with what it remembers of how it was made."""
    said = next(iter(refusal.args), "")
    return said if isinstance(said, str) else str(refusal)


def remembered(sentences: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return sentences, each after what it is about, as JSON that can be said again."""
    return [
        {
            "about": about,
            "template": said.template if isinstance(said, Said) else said,
            "facts": said.facts if isinstance(said, Said) else {},
        }
        for about, said in sentences
    ]
