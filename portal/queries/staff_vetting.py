"""What the vetting knows of an applicant or an affiliate, site by site."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from affiliates.models import Affiliate, Application
from fraud.models import ListedHost, Redirector, SiteAssessment, SiteProof, Snapshot
from fraud.queries.duplicates import Duplicate, duplicates_of


@dataclass(frozen=True, slots=True)
class SiteSeen:
    """A declared site, what it seemed to be the last time, and its proofs."""

    url: str
    assessment: SiteAssessment | None
    proofs: list[SiteProof] = field(default_factory=list)
    removed_at: datetime | None = None  # Its affiliate took it back.


@dataclass(frozen=True, slots=True)
class Vetting:
    """All of it."""

    sites: list[SiteSeen]
    duplicates: list[Duplicate]
    redirectors: list[Redirector] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What the policy lists are narrowed to."""

    kind: str = ""
    search: str = ""
    is_removed: bool = False


def of_application(application: Application, now: datetime) -> Vetting:
    """Return what is known of an applicant, in a fixed number of queries."""
    owner = Q(application=application)
    return Vetting(
        sites=_sites(list(application.sites), owner),
        duplicates=duplicates_of(application=application, now=now),
    )


def of_affiliate(affiliate: Affiliate, now: datetime) -> Vetting:
    """Return what is known of an affiliate, in a fixed number of queries."""
    owner = Q(affiliate=affiliate) | Q(application__affiliate=affiliate)
    declared = affiliate.properties.order_by("-removed_at", "pk")  # What stands comes first.
    removed = dict(declared.values_list("url", "removed_at"))
    return Vetting(
        sites=[replace(one, removed_at=removed[one.url]) for one in _sites(list(removed), owner)],
        duplicates=duplicates_of(affiliate=affiliate, now=now),
        redirectors=list(redirectors_of(affiliate)),
    )


def redirectors_of(affiliate: Affiliate) -> QuerySet[Redirector]:
    """Return the declared redirectors that stand."""
    return affiliate.redirectors.filter(removed_at__isnull=True).order_by("pk")


def proofs_of(owner: Q) -> QuerySet[SiteProof]:
    """Return the proofs that somebody was asked for, oldest first."""
    return SiteProof.objects.filter(owner).order_by("pk")


def listed_hosts(filters: ListFilters) -> QuerySet[ListedHost]:
    """Return the rows of the policy lists, the latest first."""
    rows = ListedHost.objects.filter(removed_at__isnull=not filters.is_removed)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.search:
        rows = rows.filter(
            Q(pattern__icontains=filters.search) | Q(source__icontains=filters.search)
        )
    return rows.select_related("author", "removed_by").order_by("-created_at", "pattern", "pk")


def _sites(urls: list[str], owner: Q) -> list[SiteSeen]:
    pages = Prefetch(
        "snapshots", Snapshot.objects.defer("body", "text").order_by("pk"), to_attr="pages"
    )
    latest = (
        SiteAssessment.objects.filter(owner)
        .order_by("url", "-assessed_at", "-pk")
        .distinct("url")
        .prefetch_related(pages)
    )
    assessed = {row.url: row for row in latest}
    proofs: dict[str, list[SiteProof]] = {}
    for proof in proofs_of(owner).select_related("verified_by"):
        proofs.setdefault(proof.url, []).append(proof)
    return [SiteSeen(url, assessed.get(url), proofs.get(url, [])) for url in dict.fromkeys(urls)]
