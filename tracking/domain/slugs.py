"""The part of a link's address that its affiliate may choose (docs/rules/links.md, L7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

SHORTEST, LONGEST = 3, 40
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_WORD = re.compile(r"[\w-]+")
#: Words of our own addresses, and those by which somebody could pass for the shop.
RESERVED = frozenset(
    _WORD.findall(
        """
        account accounts admin ads afsrc ap api app apply apport assets billing c cart cgu cgv
        checkout compte connexion contact dev docs faq finance health healthz help home i18n index
        j legal login logout looks manage media mentions new null officiel official panier partner
        partners password portal postback preferences privacy readyz root security shop signup
        sitemap staff start static status styleguide support sso system terms test undefined user
        users webhooks well-known widget www
        """
    )
)
#: Refused as a whole word between dashes: inside longer words they are innocent.
RUDE_WORDS = frozenset(
    _WORD.findall(
        """
        anal anus arab arse ass bite bites boche bougnoul bougnoule branler branle caca chatte
        chattes chiasse chier chink clit cocu con conne connes cons coon couille couilles cul cum
        cunt dick dicks fag fags fdp foutre fuk gogole gook gouine heil jap kike kkk milf nazi
        nazis negre negres nibard nichon nique niquer nude nudes paki pd pede pedo petasse piss
        poufiasse prick putain pute putes scat sex sexe shag slag slut spic ss teub tit tits turd
        twat viol wank wog xxx zizi zob
        """
    )
)
#: Refused wherever they stand in a word, and spelled out by dashes.
RUDE_STEMS = (
    "asshole", "bastard", "bitch", "blowjob", "bollock", "branleur", "connard", "connasse",
    "encule", "enfoire", "faggot", "fuck", "hitler", "jizz", "merde", "niggas", "nigger",
    "niquetamere", "penis", "porn", "pussy", "salope", "shit", "tapette", "trouduc", "whore",
    "wanker",
)  # fmt: skip
#: Words that hold one of the stems and mean no harm, in fashion and elsewhere.
INNOCENT = ("salopette", "pussy-bow", "pussybow", "pussycat", "shiitake", "shitake", "mishit")
_DIGITS_AS_LETTERS = str.maketrans("0134578", "oieastb")


class SlugProblem(StrEnum):
    """Why a slug cannot be one."""

    LENGTH = "length"
    SIGNS = "signs"
    RESERVED = "reserved"
    RUDE = "rude"


def problem(slug: str) -> SlugProblem | None:
    """Return why ``slug`` cannot be the end of a link's address; ``None`` when it can."""
    if not SHORTEST <= len(slug) <= LONGEST:
        return SlugProblem.LENGTH
    if not _SLUG.fullmatch(slug) or "--" in slug:
        return SlugProblem.SIGNS
    if slug in RESERVED:
        return SlugProblem.RESERVED
    return SlugProblem.RUDE if _is_rude(slug) else None


def candidates(slug: str, *, year: int, name: str = "") -> Iterator[str]:
    """Yield slugs like ``slug`` without end: with the affiliate's name, the year, then numbers."""
    endings = [ending for ending in (slug_of(name)[:12].strip("-"), str(year)) if ending]
    for ending in endings:
        yield _with_ending(slug, ending)
    number = 2
    while True:
        yield _with_ending(slug, str(number))
        number += 1


def slug_of(text: str) -> str:
    """Return ``text`` as a slug: no accents, small letters and digits, dashes for the rest."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")


def _with_ending(slug: str, ending: str) -> str:
    return f"{slug[: LONGEST - len(ending) - 1].rstrip('-')}-{ending}"


def _is_rude(slug: str) -> bool:
    return any(_offends(reading) for reading in (slug, slug.translate(_DIGITS_AS_LETTERS)))


def _offends(reading: str) -> bool:
    for innocent in INNOCENT:
        reading = reading.replace(innocent, "")
    words = reading.split("-")
    if all(len(word) < 3 for word in words):
        words.append("".join(words))  # Spelled out: f-u-c-k.
    return any(word in RUDE_WORDS for word in words) or any(
        stem in word for stem in RUDE_STEMS for word in words
    )
