"""What people read about sites: their class, what was counted and found, proofs, duplicates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import AffiliateKind
from fraud.models import HostKind, ProofMethod, Redirector, SiteClass, SiteProof
from fraud.queries.duplicates import Shared
from fraud.services import proofs, redirectors
from portal.display import StatusText, Tone

_TONES: dict[str, tuple[Tone, str]] = {
    SiteClass.CONTENT: ("success", "circle-check"),
    SiteClass.UNKNOWN: ("neutral", "circle-help"),
}
#: What was counted, in the order in which it is shown.
_FEATURES: dict[str, Promise] = {
    "pages": gettext_lazy("Pages read"),
    "words": gettext_lazy("Words"),
    "promo_words": gettext_lazy("Words such as “promo code”"),
    "promo_words_per_1000": gettext_lazy("Words such as “promo code”, of 1,000 words"),
    "reveal_words": gettext_lazy("Words such as “show the code”"),
    "expiry_words": gettext_lazy("Words such as “expires on”"),
    "cashback_words": gettext_lazy("Words such as “cashback”"),
    "cashback_words_per_1000": gettext_lazy("Words such as “cashback”, of 1,000 words"),
    "earn_words": gettext_lazy("Words such as “your earnings”"),
    "install_words": gettext_lazy("Words such as “add to Chrome”"),
    "store_links": gettext_lazy("Links to stores of browser extensions"),
    "comparison_words": gettext_lazy("Words such as “compare prices”"),
    "comparison_words_per_1000": gettext_lazy("Words such as “compare prices”, of 1,000 words"),
    "network_words": gettext_lazy("Words such as “advertisers” and “publishers”"),
    "network_words_per_1000": gettext_lazy("Words such as “advertisers”, of 1,000 words"),
    "article_words": gettext_lazy("Words such as “posted on” and “comments”"),
    "prices": gettext_lazy("Prices"),
    "tables": gettext_lazy("Tables"),
    "links_out": gettext_lazy("Links to other sites"),
    "sites_linked": gettext_lazy("Sites linked to"),
    "words_per_link": gettext_lazy("Words for each link to another site"),
    "tagged_links": gettext_lazy("Links with a mark of an affiliate"),
    "advertisers": gettext_lazy("Advertising networks on the pages"),
}
_FAILURES: tuple[str, ...] = (*proofs.NOT_FOUND.values(), proofs.UNREACHABLE, proofs.ELSEWHERE)
_SHARED: dict[str, Promise] = {
    Shared.PERSON: gettext_lazy("Same person"),
    Shared.EMAIL: gettext_lazy("Same mailbox"),
    Shared.IBAN: gettext_lazy("Same bank account"),
    Shared.TAX_NUMBER: gettext_lazy("Same tax number"),
    Shared.PHONE: gettext_lazy("Same phone number"),
    Shared.ADDRESS: gettext_lazy("Same address"),
    Shared.STAFF_NUMBER: gettext_lazy("Same staff number"),
    Shared.SITE: gettext_lazy("Same site"),
    Shared.DEVICE: gettext_lazy("Same browser on the same network: perhaps one household"),
}
METHODS: dict[str, Promise] = {
    ProofMethod.DNS_TXT: gettext_lazy("Record in the DNS"),
    ProofMethod.META_TAG: gettext_lazy("Tag in the page"),
    ProofMethod.FILE: gettext_lazy("File on the site"),
    ProofMethod.BIO_CODE: gettext_lazy("Code in the profile"),
}


def class_status(site_class: str) -> StatusText:
    """Return what a site seems to be."""
    tone, icon = _TONES.get(site_class, ("warning", "eye"))
    return StatusText(site_class, SiteClass(site_class).label, tone, icon)


def feature_label(name: str) -> str:
    """Return what a feature counts; of links to a list, which list."""
    listed = name.removeprefix("links_")
    if name not in _FEATURES and listed in HostKind.values:
        return _("Links to listed hosts: %(list)s") % {"list": HostKind(listed).label}
    return str(_FEATURES.get(name, name))


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what was counted, in words, without what was not there."""
    order = list(_FEATURES)
    found = [(name, number) for name, number in counts.items() if number]
    found.sort(key=lambda one: order.index(one[0]) if one[0] in order else len(order))
    return [(feature_label(name), number) for name, number in found]


def finding_sentence(finding: Mapping[str, Any]) -> str:
    """Return what was found, in words."""
    kind = finding["kind"]
    if kind == "listed":
        return _("On the list “%(list)s” as %(pattern)s. Source: %(source)s") % {
            "list": HostKind(finding["list"]).label, "pattern": finding["pattern"],
            "source": finding["source"],
        }  # fmt: skip
    if kind == "lookalike":
        return _("The host %(host)s resembles the watched name “%(name)s” (level %(level)s).") % {
            name: finding[name] for name in ("host", "name", "level")
        }
    if kind == "moved":
        return _("The address leads to another site: %(to)s") % {"to": finding["to"]}
    if kind == "other_class":
        return _("Declared as “%(declared)s”, it looks like “%(suggested)s”.") % {
            "declared": AffiliateKind(finding["declared"]).label,
            "suggested": SiteClass(finding["suggested"]).label,
        }
    return _("It could not be read (%(error)s). Open it yourself.") % {
        "error": finding.get("error", "")
    }


def finding_tone(finding: Mapping[str, Any]) -> Tone:
    """Return how urgent a finding is."""
    if finding["kind"] == "lookalike" or finding.get("list") in {"cashback", "extension"}:
        return "danger"
    return "neutral" if finding["kind"] == "unread" else "warning"


CHECKING = StatusText("checking", gettext_lazy("Being checked"), "info", "hourglass")


def proof_status(proof: SiteProof) -> StatusText:
    """Return whether a site is proved, and why not yet."""
    if proof.check_asked_at:
        return CHECKING
    if proof.verified_at:
        return StatusText("verified", _("Proved"), "success", "shield-check", failure(proof))
    if proof.checked_at:
        return StatusText("failed", _("Not found"), "warning", "circle-x", failure(proof))
    is_bio = proof.method == ProofMethod.BIO_CODE
    waits = _("Waits for the team") if is_bio else _("Not checked yet")
    return StatusText("waiting", waits, "info", "hourglass")


def failure(proof: SiteProof) -> str:
    """Return what was missing last time, in the reader's language."""
    return _(proof.failure) if proof.failure in _FAILURES else proof.failure


def redirector_status(row: Redirector) -> StatusText:
    """Return whether a redirector is verified, and why not yet."""
    if row.check_asked_at:
        return CHECKING
    known = {
        redirectors.UNANSWERED, redirectors.TO_NOBODY, redirectors.TO_OTHERS,
        redirectors.TO_PAGE, redirectors.TO_ELSEWHERE,
    }  # fmt: skip
    said = _(row.failure) if row.failure in known else row.failure
    if row.verified_at:
        return StatusText("verified", _("Verified"), "success", "shield-check", said)
    if row.checked_at:
        return StatusText("failed", _("Not verified"), "warning", "circle-x", said)
    return StatusText("waiting", _("Not followed yet"), "info", "hourglass")


def shared_words(shared: tuple[Shared, ...]) -> str:
    """Return what two accounts have in common."""
    return ", ".join(str(_SHARED[one]) for one in shared)
