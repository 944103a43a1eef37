from __future__ import annotations

from dataclasses import dataclass

from portal.display import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What one signal is called, and says. ``told`` is empty for what is never held against one."""

    name: Text
    seen: Text
    told: Text = ""
    clears: Text = ""
