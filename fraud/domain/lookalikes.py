"""How near a host comes to a name of the shop (docs/rules/lookalikes.md).

L1: the name itself, in another spelling, with other separators or under another ending.
L2: the name whole, with more around it.
L3: one typing error away, or its words in another order.
L4: what is particular about the name, with a word that any shop might add.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from publicsuffixlist import PublicSuffixList

from fraud.domain.folding import readings, unicode_host, words
from fraud.domain.hosts import domains_of

LEVELS = ("L1", "L2", "L3", "L4")
#: What a shop, or somebody who poses as one, writes beside a name.
GENERIC = frozenset(
    """
    achat achats actu app avis beaute bijoux blog bon bons boutique boutiques cadeau carte
    chaussures club code codes collection collections coupon coupons deal deals destockage en
    eshop fashion femme fr france homme info ligne love mag magasin magasins marque mode mon my
    news official officiel officielle offre offres online outlet par paris plan plans prive
    privee pro promo promos promotion promotions reduc reduction reductions remise remises sale
    sales service shop shopping site solde soldes store stores style tendance tv vente ventes
    vetement vetements vip web world www
    """.split()  # noqa: SIM905 - a list of a hundred words reads better as text.
)
#: Shorter names are half of other words: they count only where they stand alone.
LEAST_INSIDE = 5
#: Shorter names have too many neighbours one error away.
LEAST_TYPED = 4
#: What stands before or after a domain for a service of its host.
_HOSTING = frozenset({"www", "m", "mobile", "shop", "blog"})


class Match(NamedTuple):
    """The nearest name, and how near a host comes to it."""

    level: str
    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """A watched name, cut into what is particular about it and what anybody might say."""

    text: str
    is_domain: bool = False
    parts: tuple[str, ...] = field(init=False)
    whole: str = field(init=False)
    particular: str = field(init=False)

    def __post_init__(self) -> None:
        said = registrable_label(self.text) if self.is_domain else self.text
        parts = words(said)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "whole", "".join(parts))
        own = "".join(part for part in parts if part not in GENERIC)
        object.__setattr__(self, "particular", own if own != self.whole else "")


def names_of(texts: Iterable[str]) -> tuple[Name, ...]:
    """Return names as they are compared; one with a dot is a domain of the shop."""
    return tuple(Name(text, "." in text) for text in texts if words(text))


def match(host: str, names: Sequence[Name], shared: frozenset[str] = frozenset()) -> Match | None:
    """Return how near ``host`` comes to the nearest of ``names``; None: not near at all.

    ``shared`` are hosts whose sub-domains are sites of their own. A host that is one of the names'
    domains, or below it, is the shop's own and never a look-alike.
    """
    shown = unicode_host(host).removeprefix("www.")
    if not shown or any(_is_own(shown, name) for name in names):
        return None
    labels = _labels(shown, shared)
    found = [
        Match(level, name.text)
        for name in names
        for level in [_level(shown, labels, name)]
        if level is not None
    ]
    return min(found, key=lambda one: one.level, default=None)


def registrable_label(host: str, shared: frozenset[str] = frozenset()) -> str:
    """Return the label that somebody registered: ``ccv-mode`` of ``www.ccv-mode.co.uk``."""
    return _labels(unicode_host(host).removeprefix("www."), shared)[0]


def site_of(host: str, shared: frozenset[str] = frozenset()) -> str:
    """Return the site that a host belongs to: its registrable domain, or its shared sub-domain."""
    bare = host.lower().rstrip(".").removeprefix("www.")
    ending = next((one for one in domains_of(bare) if one in shared), "")
    if ending and bare != ending:
        return f"{bare.removesuffix(f'.{ending}').rpartition('.')[2]}.{ending}"
    return _list().privatesuffix(bare) or bare


def is_one_error(one: str, other: str) -> bool:
    """Tell whether one letter is missing, added or wrong, or two neighbours are swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if len(one) == len(other):
        is_swap = one[start : start + 2] == other[start : start + 2][::-1]
        return one[start + 1 :] == other[start + 1 :] or (
            is_swap and one[start + 2 :] == other[start + 2 :]
        )
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[start + 1 :] == shorter[start:]


def _is_own(shown: str, name: Name) -> bool:
    if not name.is_domain:
        return False
    own = unicode_host(name.text).removeprefix("www.")
    return shown == own or shown.endswith(f".{own}")


def _level(shown: str, labels: Sequence[str], name: Name) -> str | None:
    first, *below = labels
    found = [_label_level(first, name)]
    if name.whole in readings("".join(words(shown))):
        found.append("L1")  # The ending belongs to the name: ccvmo.de
    for label in below:  # A sub-domain says the name to whoever reads from the left.
        nearest = _label_level(label, name)
        found.append("L2" if nearest == "L1" else nearest)
    if below and below[0] not in _HOSTING:
        joined = _label_level("-".join(reversed(labels)), name)
        found.append("L2" if joined == "L1" else joined)
    return min((level for level in found if level is not None), default=None)


@lru_cache(maxsize=16384)
def _label_level(label: str, name: Name) -> str | None:
    parts = words(label)
    if parts and parts[0] == "www" and len(parts) > 1:
        parts = parts[1:]
    whole = "".join(parts)
    read = readings(whole) | readings(whole.removeprefix("www"))
    target = name.whole
    if target in read:
        return "L1"
    if _contains(parts, read, name):
        return "L2"
    if _is_typed(read, name) or _is_turned(read, name):
        return "L3"
    return "L4" if _is_posed(parts, read, name) else None


def _contains(parts: Sequence[str], read: Iterable[str], name: Name) -> bool:
    if len(name.whole) >= LEAST_INSIDE:
        return any(name.whole in one for one in read)
    return any(name.whole in readings(part) for part in parts)


def _is_typed(read: Iterable[str], name: Name) -> bool:
    return len(name.whole) >= LEAST_TYPED and any(is_one_error(one, name.whole) for one in read)


def _is_turned(read: Iterable[str], name: Name) -> bool:
    if not 2 <= len(name.parts) <= 4:
        return False
    turned = {"".join(order) for order in permutations(name.parts)} - {name.whole}
    return any(one in read or (len(one) >= LEAST_INSIDE and _inside(one, read)) for one in turned)


def _inside(text: str, read: Iterable[str]) -> bool:
    return any(text in one for one in read)


def _is_posed(parts: Sequence[str], read: Iterable[str], name: Name) -> bool:
    """Tell whether a host is what is particular about the name, or nearly it, and any word."""
    candidates = {rest for one in read for rest in _without_generic(one)}
    own = [part for part in parts if part not in GENERIC]
    if len(own) < len(parts):
        candidates.add("".join(own))
    if name.particular and len(name.particular) >= 3 and name.particular in candidates:
        return True
    return len(name.whole) >= LEAST_INSIDE and any(
        is_one_error(one, name.whole) for one in candidates
    )


def _without_generic(text: str) -> Iterable[str]:
    """Yield a name without each word that any shop might put before or after it."""
    for word in GENERIC:
        if len(text) > len(word) + 2:
            if text.startswith(word):
                yield text.removeprefix(word)
            if text.endswith(word):
                yield text.removesuffix(word)


def _labels(shown: str, shared: frozenset[str]) -> list[str]:
    """Return the registered label, then those below it from right to left."""
    site = site_of(shown, shared)
    below = shown.removesuffix(site).rstrip(".").split(".") if shown != site else []
    ending = next((one for one in domains_of(site) if one in shared), "")
    own = site.removesuffix(f".{ending}") if ending else site.partition(".")[0]
    return [own, *reversed([label for label in below if label])]


@lru_cache(maxsize=1)
def _list() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True)
