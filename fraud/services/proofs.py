"""Proofs that a declared site is whose who declared it (docs/rules/vetting.md, V4 and V5)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from affiliates.models import Affiliate, Application, Property
from core import audit
from core.errors import DomainError
from core.fetching import Fetcher, fetcher
from core.names import NotResolved
from core.nudge import nudge
from fraud.domain.hosts import host_of, split
from fraud.domain.lookalikes import site_of
from fraud.domain.pages import read
from fraud.models import ProofMethod, SiteProof
from fraud.queries.hosts import shared_hosts

log = logging.getLogger(__name__)
TOKEN_NAME = "apport-site-verification"  # noqa: S105 - a name that everybody reads.
FILE_PATH = "/.well-known/apport-site.txt"
#: How long a person waits before the next check, and how long one may take.
LEAST_WAIT = timedelta(seconds=30)
MOST_SECONDS = 8.0
AGAIN_AFTER = timedelta(days=30)
MOST_PROOFS = 40
_AGENT: Mapping[str, str] = {"User-Agent": "Mozilla/5.0 (compatible; ApportVetting/1)"}

NOT_FOUND = {
    ProofMethod.DNS_TXT: gettext_noop("The DNS does not show the TXT record yet. It can take a"
                                      " few hours after you saved it."),
    ProofMethod.META_TAG: gettext_noop("The tag is not in the head of the page."),
    ProofMethod.FILE: gettext_noop("The file is not there, or says something else."),
    ProofMethod.BIO_CODE: gettext_noop("The team did not find the code in the profile."),
}  # fmt: skip
UNREACHABLE = gettext_noop("The site did not answer. Try again later.")
ELSEWHERE = gettext_noop("The address leads to another site.")


class ProofRefused(DomainError):
    """A proof cannot be asked for, or not be confirmed like this."""

    code = "proof_refused"


class CheckedJustNow(DomainError):
    """A proof was checked a moment ago."""

    code = "checked_just_now"


@transaction.atomic
def ask(
    *,
    url: str,
    method: str,
    application_id: int | None = None,
    affiliate_id: int | None = None,
    now: datetime,
) -> SiteProof:
    """Give a token with which somebody proves a declared site. Safe to repeat: the same token.

    :raises ProofRefused: for a site that they did not declare, or too many proofs.
    """
    if method not in ProofMethod.values or url not in declared(application_id, affiliate_id):
        raise ProofRefused(_("Declare the site first: only declared sites are proved."))
    mine = SiteProof.objects.filter(_owner(application_id, affiliate_id))
    known = mine.filter(url=url, method=method).first()
    if known is not None:
        return known
    if mine.count() >= MOST_PROOFS:
        raise ProofRefused(_("There are enough proofs: write to the team."))
    return SiteProof.objects.create(
        application_id=application_id, affiliate_id=affiliate_id, url=url, method=method,
        token=secrets.token_hex(12), asked_at=now,
    )  # fmt: skip


@transaction.atomic
def check_soon(*, proof_id: int, now: datetime) -> SiteProof:
    """Have a proof checked within seconds, by a worker. Safe to repeat.

    :raises ProofRefused: for a code in a profile, which a person looks at.
    :raises CheckedJustNow: half a minute after the last look.
    """
    proof = SiteProof.objects.select_for_update(no_key=True).get(pk=proof_id)
    if proof.check_asked_at is None:
        _require_checkable(proof, now)
        proof.check_asked_at = now
        proof.save(update_fields=["check_asked_at"])
    nudge("fraud.tasks.check_asked")
    return proof


def check(*, proof_id: int, now: datetime, using: Fetcher | None = None) -> SiteProof:
    """Look whether the token is where it should be, and keep the answer.

    A machine that does not answer takes no proof away; a token that is gone does.

    :raises ProofRefused: for a code in a profile, which a person looks at.
    :raises CheckedJustNow: half a minute after the last look.
    """
    with transaction.atomic():
        proof = SiteProof.objects.select_for_update(no_key=True).get(pk=proof_id)
        _require_checkable(proof, now)
        proof.checked_at = now
        proof.save(update_fields=["checked_at"])
    failure = _missing(proof, replace(using or fetcher(), seconds=MOST_SECONDS))
    return _keep(proof_id, failure, now)


@transaction.atomic
def confirm(*, proof_id: int, is_there: bool, actor_id: int, now: datetime) -> SiteProof:
    """Say whether the code stands in the profile: somebody opened it and looked.

    :raises ProofRefused: for another kind of proof, or one's own.
    """
    proof = SiteProof.objects.select_for_update(no_key=True, of=("self",)).get(pk=proof_id)
    if proof.method != ProofMethod.BIO_CODE:
        raise ProofRefused(_("This proof is checked by itself."))
    if actor_id in _people(proof):
        raise ProofRefused(_("Somebody else must confirm a proof of your own."))
    proof.checked_at = now
    proof.verified_at = now if is_there else None
    proof.verified_by_id = actor_id if is_there else None
    proof.failure = "" if is_there else NOT_FOUND[ProofMethod.BIO_CODE]
    proof.save(update_fields=["checked_at", "verified_at", "verified_by", "failure"])
    audit.record(
        actor=actor_id, subject=proof, at=now, data={"url": proof.url},
        verb="site_proof.confirmed" if is_there else "site_proof.not_found",
    )  # fmt: skip
    return proof


def check_asked(*, now: datetime, most: int, using: Fetcher | None = None) -> int:
    """Check the proofs for which somebody waits, the longest first; return how many.

    One that a lost worker had begun with is checked when half a minute has passed.
    """
    waiting = SiteProof.objects.filter(check_asked_at__isnull=False).order_by(
        "check_asked_at", "pk"
    )
    return _check_all(waiting, now=now, most=most, using=using)


def check_due(*, now: datetime, most: int, using: Fetcher | None = None) -> int:
    """Look again at proofs of a month ago; return at how many. Not of sites taken back."""
    removed = Property.objects.filter(
        Q(affiliate=OuterRef("affiliate")) | Q(affiliate=OuterRef("application__affiliate")),
        url=OuterRef("url"),
        removed_at__isnull=False,
    )
    due = (
        SiteProof.objects.filter(
            ~Exists(removed), verified_at__isnull=False, checked_at__lte=now - AGAIN_AFTER
        )
        .exclude(method=ProofMethod.BIO_CODE)
        .order_by("checked_at", "pk")
    )
    return _check_all(due, now=now, most=most, using=using)


def _check_all(
    rows: QuerySet[SiteProof], *, now: datetime, most: int, using: Fetcher | None
) -> int:
    done = 0
    for pk in list(rows.values_list("pk", flat=True)[:most]):
        try:
            check(proof_id=pk, now=now, using=using)
        except CheckedJustNow:  # Its owner, or another worker, was faster.
            continue
        except Exception:  # One strange page must not hold up the others.
            log.exception("The proof %s could not be checked", pk)
            _keep(pk, UNREACHABLE, now)
        done += 1
    return done


def declared(application_id: int | None, affiliate_id: int | None) -> list[str]:
    """Return the addresses that somebody declared and did not take back. Two queries."""
    if affiliate_id is not None:
        affiliate = Affiliate.objects.get(pk=affiliate_id)
        return list(affiliate.properties.standing().order_by("pk").values_list("url", flat=True))
    return list(Application.objects.get(pk=application_id or 0).sites)


def record_of(proof: SiteProof) -> str:
    """Return what stands in the DNS: name and token."""
    return f"{TOKEN_NAME}={proof.token}"


def tag_of(proof: SiteProof) -> str:
    """Return what stands in the head of the page."""
    return f'<meta name="{TOKEN_NAME}" content="{proof.token}">'


def file_url_of(proof: SiteProof) -> str:
    """Return where the file is looked for."""
    return f"https://{split(proof.url).netloc}{FILE_PATH}"


def names_of(proof: SiteProof) -> list[str]:
    """Return the names whose TXT records are read: the host, then its registered domain.

    Not the domain of a host of guests, which proves nothing of a guest.
    """
    host = host_of(proof.url)
    site = site_of(host, shared_hosts())
    return list(dict.fromkeys([host, site]))


def _require_checkable(proof: SiteProof, now: datetime) -> None:
    if proof.method == ProofMethod.BIO_CODE:
        raise ProofRefused(_("A person of the team looks at the profile."))
    if proof.checked_at and proof.checked_at > now - LEAST_WAIT:
        raise CheckedJustNow(_("It was checked a moment ago. Wait half a minute."))


@transaction.atomic
def _keep(proof_id: int, failure: str, now: datetime) -> SiteProof:
    proof = SiteProof.objects.select_for_update(no_key=True).get(pk=proof_id)
    was_verified = proof.verified_at is not None
    proof.failure, proof.check_asked_at = failure, None
    if not failure:
        proof.verified_at = proof.verified_at or now
    elif failure != UNREACHABLE:
        proof.verified_at = None
    proof.save(update_fields=["failure", "verified_at", "check_asked_at"])
    if was_verified != (proof.verified_at is not None):
        audit.record(
            actor=None, subject=proof, at=now, data={"url": proof.url, "method": proof.method},
            verb="site_proof.lost" if was_verified else "site_proof.verified",
        )  # fmt: skip
    return proof


def _missing(proof: SiteProof, using: Fetcher) -> str:
    """Return why the proof fails, in English as it is kept; nothing when it holds."""
    if proof.method == ProofMethod.DNS_TXT:
        return _missing_in_dns(proof, using)
    if proof.method == ProofMethod.META_TAG:
        return _missing_in_page(proof, using)
    return _missing_file(proof, using)


def _missing_in_dns(proof: SiteProof, using: Fetcher) -> str:
    is_answered = False
    for name in names_of(proof):
        try:
            said = using.names.texts(name)
        except NotResolved as error:
            is_answered |= error.is_unregistered
            continue
        is_answered = True
        if record_of(proof) in (one.strip() for one in said):
            return ""
    return NOT_FOUND[ProofMethod.DNS_TXT] if is_answered else UNREACHABLE


def _missing_in_page(proof: SiteProof, using: Fetcher) -> str:
    page = using.fetch(proof.url, _AGENT)
    if page.error or page.status >= 500:
        return UNREACHABLE
    if not _is_same_site(proof.url, page.url):
        return ELSEWHERE
    if page.status != 200:
        return NOT_FOUND[ProofMethod.META_TAG]
    kind = {name.lower(): value for name, value in page.headers.items()}.get("content-type", "")
    tags = read(page.url, page.body, kind).metas.get(TOKEN_NAME, ())
    return "" if proof.token in (tag.strip() for tag in tags) else NOT_FOUND[ProofMethod.META_TAG]


def _missing_file(proof: SiteProof, using: Fetcher) -> str:
    failure = UNREACHABLE
    parts = split(proof.url)
    for scheme in dict.fromkeys(("https", parts.scheme)):
        page = using.fetch(f"{scheme}://{parts.netloc}{FILE_PATH}", _AGENT)
        if page.error or page.status >= 500:
            continue
        if not _is_same_site(proof.url, page.url):
            return ELSEWHERE
        lines = page.body[:1_000].decode("utf-8", "replace").lstrip("\ufeff").split()
        if page.status == 200 and lines == [proof.token]:
            return ""
        failure = NOT_FOUND[ProofMethod.FILE]
    return failure


def _is_same_site(url: str, other: str) -> bool:
    shared = shared_hosts()
    return site_of(host_of(url), shared) == site_of(host_of(other), shared)


def _owner(application_id: int | None, affiliate_id: int | None) -> Q:
    if affiliate_id is not None:
        return Q(affiliate=affiliate_id)
    return Q(application=application_id)


def _people(proof: SiteProof) -> set[int]:
    if proof.affiliate_id is not None:
        affiliate = Affiliate.objects.get(pk=proof.affiliate_id)
        return set(affiliate.memberships.values_list("user_id", flat=True))
    return set(
        Application.objects.filter(pk=proof.application_id or 0).values_list("user_id", flat=True)
    )
