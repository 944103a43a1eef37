"""Sentences that are worded where nothing may be translated yet: in rules, and by workers."""

from __future__ import annotations

from typing import Any, Self


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
