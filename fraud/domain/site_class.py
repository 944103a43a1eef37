"""What kind of site somebody seems to have, by what its pages say (docs/rules/vetting.md, V10).

A suggestion for a person who looks as well. Points are whole numbers; a class other than content
needs ``LEAST_POINTS`` from two features: a blog that says "code promo" often is still a blog.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fraud.domain.hosts import split
from fraud.domain.lookalikes import site_of
from fraud.domain.pages import Page

VERSION = 1
LEAST_POINTS = 60
LEAST_FEATURES = 2
#: With fewer words nobody can say what a site is about.
LEAST_WORDS = 30
LEAST_CONTENT = 15
CLASSES = ("coupon", "cashback", "extension", "comparison", "sub_network", "mfa", "content")
UNKNOWN = "unknown"

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_PRICE = re.compile(r"(?:€|eur|£|\$) ?\d{1,5}(?:[.,]\d\d)?\b|\b\d{1,5}(?:[.,]\d\d)? ?(?:€|eur\b|£)")
_SAID: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{words})\b")
    for name, words in {
        "promo_words": r"codes? (?:promo(?:tionnel)?s?|reduc(?:tion)?s?|avantages?|privileges?)"
        r"|bons? (?:de reduction|d'achat|plans?)|coupons?|vouchers?"
        r"|(?:promo(?:tional)?|discount|voucher|coupon) codes?",
        "reveal_words": r"(?:voir|afficher|decouvrir|obtenir|copier|reveler) (?:le|ce|mon) code"
        r"|(?:show|get|reveal|copy|see) (?:the |this |my )?(?:promo |discount |coupon )?code",
        "expiry_words": r"expire(?:s|d|nt)?(?: le| dans| on| in)?|valable jusqu|valid until"
        r"|verifie (?:le|aujourd)|verified today|offre (?:terminee|expiree)",
        "cashback_words": r"cash ?back|cash-back|remboursement sur vos achats",
        "earn_words": r"cagnottes?|(?:vos|tes|mes) gains|retire[rz] (?:vos|tes) gains"
        r"|parraine[rz]|bonus de bienvenue|your (?:earnings|rewards)|withdraw|welcome bonus"
        r"|get paid to shop|gagne[rz] de l'argent",
        "install_words": r"(?:ajoute[rz]|installe[rz])(?: gratuitement)?(?: a| sur| dans|"
        r" l'extension| notre extension| le module)"
        r"|(?:add|install)(?: it)? (?:to|for|on) (?:chrome|firefox|edge|safari)"
        r"|(?:extension|module) (?:gratuite?|de navigateur|pour (?:chrome|firefox|edge|safari))"
        r"|browser extension|install the extension",
        "comparison_words": r"comparateurs?|compare[rz] (?:les )?prix|comparaison de prix"
        r"|meilleurs? prix|prix le plus bas|(?:compare|comparison of) prices"
        r"|price comparison|lowest price|best price|\d+ (?:offres|marchands|offers|merchants)",
        "network_words": r"regie|plateforme d'affiliation|reseau d'affiliation|affiliate network"
        r"|annonceurs?|editeurs?|publishers?|advertisers?|monetise[rz]|monetize",
        "article_words": r"publie le|posted on|commentaires?|comments?|laisser un commentaire"
        r"|leave a (?:comment|reply)|newsletter|a propos de (?:moi|l'auteur)"
        r"|about (?:me|the author)",
    }.items()
}
_STORES = (
    "chromewebstore.google.com", "chrome.google.com", "addons.mozilla.org",
    "microsoftedge.microsoft.com",
)  # fmt: skip
_ADS = (
    "googlesyndication.com", "doubleclick.net", "amazon-adsystem.com", "outbrain.com",
    "taboola.com", "criteo.com", "criteo.net", "adnxs.com", "ezoic.net", "mediavine.com",
)  # fmt: skip
_TAGGED = re.compile(r"[?&](?:tag|aff_?id|affiliate_?id|awc|utm_medium=affiliat\w*|clickref)\b")


class Weight(NamedTuple):
    """What one feature adds to a class."""

    feature: str
    value: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a site seems to be, with everything that was counted and what it weighed."""

    site_class: str
    counts: Mapping[str, int]
    weights: Mapping[str, Sequence[Weight]] = field(default_factory=dict)

    def points(self, site_class: str) -> int:
        """The sum of what speaks for a class."""
        return sum(weight.points for weight in self.weights.get(site_class, ()))

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {
            "counts": dict(self.counts),
            "weights": {
                name: [list(weight) for weight in weights] for name, weights in self.weights.items()
            },
        }


def suggest(
    pages: Sequence[Page],
    *,
    kind_of: Callable[[str], str] = lambda _host: "",
    shared: frozenset[str] = frozenset(),
) -> Suggestion:
    """Return what the pages of one site make of it, the first page being its home.

    ``kind_of`` says on which policy list a host is; ``shared`` are hosts of guests.
    """
    counts = _counts(pages, kind_of, shared)
    if counts["words"] < LEAST_WORDS:
        return Suggestion(site_class=UNKNOWN, counts=counts)
    weights = {
        name: [weight for weight in found if weight.points] for name, found in _weights(counts)
    }
    suggestion = Suggestion(site_class=UNKNOWN, counts=counts, weights=weights)
    strong = [
        name
        for name in CLASSES[:-1]
        if len(weights[name]) >= LEAST_FEATURES and suggestion.points(name) >= LEAST_POINTS
    ]
    if strong:
        best = max(strong, key=lambda name: (suggestion.points(name), -CLASSES.index(name)))
    else:
        best = "content" if suggestion.points("content") >= LEAST_CONTENT else UNKNOWN
    return Suggestion(site_class=best, counts=counts, weights=weights)


def _counts(
    pages: Sequence[Page], kind_of: Callable[[str], str], shared: frozenset[str]
) -> dict[str, int]:
    text = _folded(" ".join(f"{page.title} {page.text}" for page in pages))
    own = site_of(split(pages[0].url).hostname or "", shared) if pages else ""
    links = dict.fromkeys(link for page in pages for link in page.links)
    hosts = [(split(link.url).hostname or "", link) for link in links]
    out = [(host, link) for host, link in hosts if host and site_of(host, shared) != own]
    kinds = Counter(filter(None, (kind_of(host.removeprefix("www.")) for host, _link in out)))
    sources = {host for page in pages for host in page.sources}
    return {
        "pages": len(pages),
        "words": len(_WORD.findall(text)),
        **{name: len(pattern.findall(text)) for name, pattern in _SAID.items()},
        "prices": len(_PRICE.findall(text)),
        "tables": sum(page.tables for page in pages),
        "links_out": len(out),
        "sites_linked": len({site_of(host, shared) for host, _link in out}),
        "store_links": sum(host in _STORES for host, _link in out),
        "tagged_links": sum(bool(_TAGGED.search(link.url)) for _host, link in out),
        "advertisers": sum(any(_under(host, one) for one in _ADS) for host in sources),
        **{f"links_{kind}": number for kind, number in sorted(kinds.items())},
    }


def _weights(counts: Mapping[str, int]) -> Iterable[tuple[str, list[Weight]]]:
    """Yield each class with what speaks for it; shares are per thousand words."""

    def some(name: str, each: int, most: int) -> Weight:
        return Weight(name, counts.get(name, 0), min(counts.get(name, 0) * each, most))

    def often(name: str, each: int, most: int) -> Weight:
        share = counts[name] * 1_000 // counts["words"]
        return Weight(f"{name}_per_1000", share, min(share * each, most))

    def when(name: str, least: int, points: int, *, is_so: bool = True) -> Weight:
        value = counts.get(name, 0)
        return Weight(name, value, points if is_so and value >= least else 0)

    promo, cash = counts["promo_words"], counts["cashback_words"]
    per_link = counts["words"] // counts["links_out"] if counts["links_out"] else 0
    is_thin = counts["links_out"] >= 10 and per_link < 12
    yield "coupon", [
        often("promo_words", 2, 50), some("reveal_words", 10, 40), some("expiry_words", 4, 20),
        when("sites_linked", 10, 20, is_so=promo >= 5),
    ]  # fmt: skip
    yield "cashback", [
        often("cashback_words", 3, 50), some("earn_words", 8, 40),
        when("sites_linked", 10, 20, is_so=cash >= 5),
    ]  # fmt: skip
    yield "extension", [
        some("install_words", 12, 50), some("store_links", 20, 40),
        when("promo_words", 3, 10), when("cashback_words", 3, 10),
    ]  # fmt: skip
    yield "comparison", [
        often("comparison_words", 2, 40), when("prices", 12, 30), when("tables", 1, 15),
        when("sites_linked", 5, 20, is_so=counts["prices"] >= 12),
    ]  # fmt: skip
    yield "sub_network", [
        often("network_words", 2, 60), when("network_words", 6, 20),
        when("links_sub_network", 1, 10),
    ]  # fmt: skip
    yield "mfa", [
        some("tagged_links", 4, 40), some("links_sub_network", 5, 40), some("advertisers", 15, 30),
        Weight("words_per_link", per_link, 30 if is_thin else 0),
    ]  # fmt: skip
    yield "content", [
        Weight("words", counts["words"], min(counts["words"] // 10, 50)),
        some("article_words", 3, 15),
    ]  # fmt: skip


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def _under(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
