"""What was known of a visit's site when it landed: the marks of the redirect (rule S14)."""

from __future__ import annotations

from fraud.domain.evidence import Evidence, Facts
from tracking.domain.navigation import Fact

#: Of fraud.models.HostKind: hosts that the programme has nothing against.
_ALLOWED = "allowed"


def was_marked(evidence: Evidence, mark: Fact) -> bool:
    """Tell whether the site that the click came from bore ``mark`` when it landed.

    Not where the policy lists allow the site by now: that ends what was said of it.
    """
    click = evidence.click
    return click is not None and mark in click.facts and evidence.referrer_list != _ALLOWED


def known_then(*, too: bool) -> Facts:
    """Return the facts of a finding that rests on what is known now, and on a mark if ``too``."""
    return {"was_known": True} if too else {}


def known_only_then() -> Facts:
    """Return the facts of a finding that rests on a mark alone: nothing is known of it now."""
    return {"was_known": True, "is_known_now": False}
