"""Where a look was tapped: ``look:<id>:<place>``, and which of these places are the shop's own."""

from __future__ import annotations

from tracking.domain.navigation import Fact, Navigation

LOOK = "look"
#: Places on the shop's own pages; every other one is elsewhere.
ON_SITE = frozenset({"page", "creator", "lookbook", "pdp"})
OFFSITE = "offsite"
#: All places of a look: as few as hours are to a landing, so that they name nobody.
PLACES = ON_SITE | {OFFSITE, "embed"}
#: What a tap on the shop's own pages is bound to prove: no reproach, the shop put it there.
OF_OUR_PAGES = int(Fact.OWN_SITE | Fact.REFERRER_OWN)


def is_on_site(surface: str) -> bool:
    """Tell whether ``surface`` is a look on one of the shop's own pages."""
    kind, _mark, rest = surface.partition(":")
    number, _mark, place = rest.partition(":")
    return kind == LOOK and number.isdecimal() and place in ON_SITE


def is_tap(surface: str, navigation: str, facts: int) -> bool:
    """Tell whether a click that was kept is a tap in a look on the shop's own pages.

    Without what reproaches other clicks from there: ``landing`` took it from those that were
    proven to be taps, through the look's own link, and from no others.
    """
    return navigation == Navigation.INTERNAL and not facts & OF_OUR_PAGES and is_on_site(surface)


def told_by(surface: str, own: str, *, is_ours: bool) -> str:
    """Return under which surface a landing through a link is kept.

    ``own`` is the link's: ``look:12`` for that look's link, empty for all others. An address may
    carry what it likes, but for looks that are not its own: terms may pay them by rates of their
    own. ``is_ours``: a page of the shop asked. A place on our pages that was named from elsewhere,
    and a look's link that names no place, are elsewhere.
    """
    is_own = bool(own) and (surface == own or surface.startswith(f"{own}:"))
    if surface.partition(":")[0] == LOOK and not is_own:
        surface = ""
    if own and (not surface or (is_on_site(surface) and not is_ours)):
        return f"{own}:{OFFSITE}"
    return surface


def is_proven_tap(surface: str, own: str, *, is_ours: bool) -> bool:
    """Tell whether a landing is a tap on the shop's own pages, through the look's own link."""
    return bool(own) and is_ours and is_on_site(surface) and surface.startswith(f"{own}:")


def place_of(surface: str, own: str) -> str:
    """Return the place that a landing through a look's link is kept under; empty for all others.

    ``own`` is the link's surface. A place that is none of ours is elsewhere.
    """
    if not own:
        return ""
    place = surface.removeprefix(f"{own}:")
    return place if surface.startswith(f"{own}:") and place in PLACES else OFFSITE


def agreed_to(own: str, place: str, navigation: str) -> str:
    """Return the surface of a landing whose consent came later, from its sealed ``place``.

    ``own`` is what the link's surface is now. A place on our own pages was proven when it was
    sealed, and only for a tap; a look's link without a place is elsewhere, as it would have been.
    """
    if not own:
        return ""
    is_proven = place not in ON_SITE or navigation == Navigation.INTERNAL
    return f"{own}:{place if place and is_proven else OFFSITE}"
