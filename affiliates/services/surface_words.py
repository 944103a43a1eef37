"""The places that terms name (affiliates.domain.surfaces), in words of the active language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.domain.surfaces import ANY

LOOK = "look"
_WHERE: dict[str, Promise] = {
    ANY: gettext_lazy("everywhere"),
    "offsite": gettext_lazy("off the shop's pages"),
    "page": gettext_lazy("on its own page"),
    "creator": gettext_lazy("on the creator's page"),
    "lookbook": gettext_lazy("in the lookbook"),
    "pdp": gettext_lazy("on product pages"),
    "embed": gettext_lazy("embedded on other sites"),
}


def place_name(pattern: str) -> str:
    """Return what a pattern names; one that is about no look stays as it is written."""
    kind, *rest = pattern.split(":")
    if kind != LOOK or len(rest) not in {1, 2} or not _WHERE.keys() >= {*rest[1:]}:
        return pattern
    which = _("any look") if rest[0] == ANY else _("look %(number)s") % {"number": rest[0]}
    if len(rest) == 1:
        return which
    return _("%(look)s %(where)s") % {"look": which, "where": _WHERE[rest[1]]}


def place_names(patterns: Iterable[str]) -> list[str]:
    """Return what patterns name, in the order of how they are written."""
    return [place_name(one) for one in sorted(patterns)]
