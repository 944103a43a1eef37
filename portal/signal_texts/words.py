from __future__ import annotations

from dataclasses import dataclass

from portal.display import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What one signal is called, and says. ``told`` is empty for what is never held against one.

    ``seen_then`` and ``told_then`` replace them where only the mark of the redirect says it (S14);
    ``too`` follows where the mark says it as well.
    """

    name: Text
    seen: Text
    told: Text = ""
    clears: Text = ""
    seen_then: Text = ""
    told_then: Text = ""
    too: Text = ""
