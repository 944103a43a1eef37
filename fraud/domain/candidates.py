"""Names that somebody could register to be taken for the shop: changed spelling times ending.

The changes are those of dnstwist, which never combines them with another ending; we do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import dnstwist

from fraud.domain.lookalikes import Name, match, names_of

#: Where a French shop's visitors would believe it to be; .cm and .co are .com typed in haste.
ENDINGS = ("fr", "com", "net", "eu", "be", "shop", "store", "boutique", "co", "cm", "ch", "re")
#: What is added to a name, most believable first.
ADDED = ("soldes", "promo", "outlet", "officiel", "shop", "boutique", "paris", "mode", "france")
#: The ways that a hurried or fooled visitor goes, the likeliest first; others weigh nothing.
_WAYS = (
    "tld-swap", "omission", "hyphenation", "transposition", "repetition", "replacement",
    "insertion", "addition", "homoglyph", "dictionary", "vowel-swap", "plural", "various",
    "bitsquatting", "subdomain",
)  # fmt: skip
_PRIORITY_OF_LEVEL = {"L1": 400, "L2": 300, "L3": 200, "L4": 100}


class Candidate(NamedTuple):
    """A name that imitates ``name``, and how."""

    host: str
    name: str
    level: str
    way: str
    priority: int  # The higher, the sooner to look at, and to register.


def generated(
    texts: Sequence[str], endings: Iterable[str] = ENDINGS, added: Iterable[str] = ADDED
) -> Iterator[Candidate]:
    """Yield the look-alikes of the shop's names and domains, each host once.

    A name without a domain is spelled with and without hyphens. The shop's own domains are left
    out, and so is what the matcher would not know again.
    """
    names, ending_list = names_of(texts), tuple(endings)
    seen = {name.text for name in names if name.is_domain}
    for name in names:
        for label, way in _spellings(name, tuple(added)):
            for place, ending in enumerate(ending_list):
                host = f"{label}.{ending}"
                if host in seen:
                    continue
                seen.add(host)
                found = match(host, [name])
                if found is None:
                    continue
                yield Candidate(
                    host, name.text, found.level, way, _priority(found.level, way, place)
                )


def _spellings(name: Name, added: Sequence[str]) -> Iterator[tuple[str, str]]:
    plain = dict.fromkeys(["".join(name.parts), "-".join(name.parts)])
    seen: set[str] = set()
    for label in plain:
        seen.add(label)
        yield label, "tld-swap"
    for label in plain:
        fuzzer = dnstwist.Fuzzer(f"{label}.fr", dictionary=list(added))
        fuzzer.generate()
        for domain in fuzzer.domains:
            changed = str(domain["domain"]).removesuffix(".fr")
            if changed not in seen and "." not in changed:
                seen.add(changed)
                yield changed, str(domain["fuzzer"]).removeprefix("*")


def _priority(level: str, way: str, place: int) -> int:
    likely = len(_WAYS) - _WAYS.index(way) if way in _WAYS else 0
    return _PRIORITY_OF_LEVEL[level] + 4 * likely - place
