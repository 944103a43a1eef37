"""Which language's page of a shop a link leads to: the visitor's, where there is one (rule L22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlsplit

from tracking.domain.deep_links import is_page
from tracking.domain.landing import LandingLink

#: What a shop's languages are called, in small letters, and how the paths of their pages begin:
#: ``(("fr", "/fr/"), ("en", "/en/"))``. "/" alone is the language of all other pages.
Languages = tuple[tuple[str, str], ...]

READ_ACCEPTED = 160
_MOST_ACCEPTED = 20


@lru_cache(maxsize=4096)
def preferred(accepted: str, languages: Languages) -> str:
    """Return which of the shop's languages a visitor reads best, or nothing.

    ``accepted`` is an Accept-Language header. ``en-GB`` takes the shop's ``en-gb``, else its
    ``en``, else its first other English. Who accepts anything (``*``) prefers nothing.
    """
    offered = [language for language, _start in languages]
    for asked in _by_weight(accepted):
        main = asked.partition("-")[0]
        alike = (one for one in offered if one.partition("-")[0] == main)
        found = next((one for one in (asked, main) if one in offered), None) or next(alike, "")
        if found:
            return found
    return ""


def language_of(path: str, languages: Languages) -> str:
    """Return the language of a page of the shop by how its path begins, or nothing."""
    found = [(start, language) for language, start in languages if _begins(path, start)]
    return max(found, key=lambda one: len(one[0]), default=("", ""))[1]


def variant(path: str, languages: Languages, language: str) -> str:
    """Return the path of the same page in another language, on the same host.

    ``path`` unchanged when it is a page of no language, or the other one would be none: an
    address of ours, or one that could be read as another host.
    """
    starts, here = dict(languages), language_of(path, languages)
    if not here or language not in starts:
        return path
    rest = path[len(starts[here]) :]
    found = starts[language] + rest
    return found if is_page(found) and not rest.startswith("/") else path


def variants(url: str, languages: Languages) -> list[tuple[str, str]]:
    """Return the address of a page in each language of its shop, or nothing if it is in none."""
    if not language_of(urlsplit(url).path, languages):
        return []
    return [(language, _moved(url, languages, language)) for language, _start in languages]


@lru_cache(maxsize=4096)
def in_language(link: LandingLink, languages: Languages, language: str) -> LandingLink:
    """Return ``link`` as it leads to the same page in ``language``, query and fragment kept.

    The host is that of the link's own destination, whatever the languages are.
    """
    head, plain = (_moved(url, languages, language) for url in (link.head, link.plain))
    if (head, plain) == (link.head, link.plain):
        return link
    return replace(link, head=head, plain=plain)


def _moved(url: str, languages: Languages, language: str) -> str:
    parts = urlsplit(url)
    if not parts.netloc:
        return url
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin + variant(parts.path, languages, language) + url[len(origin) + len(parts.path) :]


def _begins(path: str, start: str) -> bool:
    return path.startswith(start) or path == start.removesuffix("/")


def _by_weight(accepted: str) -> Sequence[str]:
    """Return the languages of an Accept-Language header, the best first, none that is refused."""
    weighed = []
    for entry in accepted[:READ_ACCEPTED].lower().split(",")[:_MOST_ACCEPTED]:
        name, _mark, weight = entry.replace(" ", "").partition(";q=")
        thousandths = _thousandths(weight)
        if name and name != "*" and thousandths:
            weighed.append((thousandths, name))
    return [name for _weight, name in sorted(weighed, key=lambda one: -one[0])]


def _thousandths(weight: str) -> int:
    """Return a weight as it is written (``0.8``) in thousandths; 1 unless it says less."""
    whole, _dot, part = weight.partition(".")
    if whole != "0":
        return 1_000
    digits = f"{part:0<3}"[:3]
    return int(digits) if digits.isascii() and digits.isdecimal() else 0
