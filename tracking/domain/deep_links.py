"""A link that leads to another page of the same shop: ``/c/<code>?to=/path?query`` (rule L21)."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from tracking.domain.destinations import OWN_PARAMETERS, URL_LENGTH
from tracking.domain.landing import LandingLink
from tracking.domain.utm import PARAMETERS

#: "\" is "/" to browsers, and no address holds the others.
_UNSAFE = re.compile(r"[\\\x00-\x1f\x7f]")
#: What an address may hold as it is; everything else is written in hexadecimal.
_KEPT = "/#%[]=:;$&()+,!?*@'~"
_OURS = "/c"
_MARKS = frozenset({*PARAMETERS, "afsrc"})


def is_page(page: str) -> bool:
    """Tell whether ``page`` is a path of a shop, with or without query and fragment.

    Not another host (``//``), no whole address, nothing that two readers could understand
    differently, and no other link of ours.
    """
    if not page.startswith("/") or page.startswith("//") or len(page) > URL_LENGTH:
        return False
    if _UNSAFE.search(page):
        return False
    path = posixpath.normpath(unquote(page.partition("#")[0].partition("?")[0]))
    return path != _OURS and not path.startswith(f"{_OURS}/")


@lru_cache(maxsize=4096)
def deep_link(link: LandingLink, page: str) -> LandingLink:
    """Return ``link`` as it leads to ``page`` on the origin of its own destination.

    The campaign parameters of the link come along and win over those of the page; our own
    parameters are taken out of it. What is no page changes nothing.
    """
    shop = urlsplit(link.plain)
    if not shop.netloc or not is_page(page):
        return link
    rest, mark, fragment = quote(page, safe=_KEPT).partition("#")
    path, _mark, query = rest.partition("?")
    own = [field for field in link.head.partition("?")[2].split("&") if _name(field) in _MARKS]
    fields = [field for field in query.split("&") if field and _name(field) not in OWN_PARAMETERS]
    replaced = {_name(field) for field in own}
    landing = [*(field for field in fields if _name(field) not in replaced), *own]
    address, tail = f"{shop.scheme}://{shop.netloc}{path}", mark + fragment
    return replace(
        link,
        head=f"{address}?{'&'.join(landing)}",
        tail=tail,
        plain=f"{address}{'?' if fields else ''}{'&'.join(fields)}{tail}",
    )


def _name(field: str) -> str:
    return unquote(field.partition("=")[0]).lower()
