"""What declared sites seem to be: read on a schedule, for a person to judge (V6 to V13)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus, Application, Property
from core import audit
from core.errors import DomainError
from core.fetching import Fetcher, fetcher
from core.nudge import nudge
from fraud.domain.hosts import holds, host_of
from fraud.domain.site_class import VERSION, suggest
from fraud.models import (
    HostKind,
    ListedHost,
    Observation,
    SiteAssessment,
    SiteClass,
    Snapshot,
)
from fraud.queries.hosts import HostIndex
from fraud.services.crawling import Crawl, crawl
from shop.models import Shop

log = logging.getLogger(__name__)
#: A site is read again after this; one that could not be read, sooner.
AGAIN_AFTER = timedelta(days=90)
UNREAD_AGAIN_AFTER = timedelta(days=1)
#: Which signal of an affiliate has its sites read again at once.
UNDECLARED = "undeclared_site"
#: Not asked for more often than this.
LEAST_WAIT = timedelta(minutes=10)
MOST_SECONDS = 240
_EXPECTED = {
    AffiliateKind.CONTENT: {SiteClass.CONTENT},
    AffiliateKind.INFLUENCER: {SiteClass.CONTENT},
    AffiliateKind.EMPLOYEE: {SiteClass.CONTENT},
    AffiliateKind.COMPARISON: {SiteClass.COMPARISON, SiteClass.CONTENT},
    AffiliateKind.COUPON: {SiteClass.COUPON, SiteClass.CONTENT},
    AffiliateKind.CASHBACK: {SiteClass.CASHBACK, SiteClass.EXTENSION, SiteClass.CONTENT},
}


class ReadLately(DomainError):
    """Somebody asked for sites to be read that were read a moment ago."""

    code = "read_lately"


@dataclass(frozen=True, slots=True)
class Site:
    """A declared site, whose it is, and what it was declared as."""

    url: str
    kind: str
    application_id: int | None = None
    affiliate_id: int | None = None

    @property
    def owner(self) -> Q:
        """The condition that a row is about whom the site was declared by."""
        if self.affiliate_id is not None:
            return Q(affiliate=self.affiliate_id)
        return Q(application=self.application_id)


def assess(site: Site, *, now: datetime, using: Fetcher | None = None) -> SiteAssessment:
    """Read a site and keep what it seems to be, with every page as evidence.

    What was said before stays, and is no longer current. A site that cannot be read is *not known*.
    """
    hosts = HostIndex.load()
    found = crawl(site.url, fetcher=using or fetcher(), now=now, own_hosts=own_hosts())
    said = suggest(found.pages, kind_of=lambda host: hosts.seen(host).listed, shared=hosts.shared)
    features = {**said.as_json(), "is_read": bool(found.pages)}
    findings = list(_findings(site, found, said.site_class, hosts))
    with transaction.atomic():
        Snapshot.objects.bulk_create(found.snapshots)
        list(SiteAssessment.objects.select_for_update().filter(site.owner, url=site.url))
        SiteAssessment.objects.filter(site.owner, url=site.url, is_current=True).update(
            is_current=False
        )
        assessment = SiteAssessment.objects.create(
            application_id=site.application_id, affiliate_id=site.affiliate_id, url=site.url,
            site_class=said.site_class, version=VERSION, features=features, findings=findings,
            assessed_at=now,
        )  # fmt: skip
        assessment.snapshots.set(found.snapshots)
    return assessment


def assess_due(
    *, now: datetime, most: int, using: Fetcher | None = None, clock: Callable[[], float]
) -> int:
    """Read the sites that are due, applicants' first; return how many.

    At most ``most``, and none after ``MOST_SECONDS`` of ``clock`` (seconds that only go on). Two
    runs at a time read a site twice and do no other harm.
    """
    until, done = clock() + MOST_SECONDS, 0
    for site in islice(due(now), most):
        if clock() > until:
            break
        try:
            assess(site, now=now, using=using)
        except Exception:  # One strange page must not hold up the others.
            log.exception("The site %s could not be assessed", site.url)
            _note_failure(site, now)
        done += 1
    return done


def due(now: datetime) -> Iterable[Site]:
    """Yield the sites to be read: never read, read long ago, or in doubt. Five queries."""
    yield from _due(_of_applicants(), now, {})
    spoken = dict(
        Observation.objects.filter(code=UNDECLARED, ended_at__isnull=True, is_shadow=False)
        .order_by("pk")
        .values_list("affiliate_id", "first_seen_at")
    )
    yield from _due(_of_affiliates(), now, spoken)


@transaction.atomic
def read_again(
    *,
    application_id: int | None = None,
    affiliate_id: int | None = None,
    actor_id: int,
    now: datetime,
) -> int:
    """Have the sites of an applicant or an affiliate read within a minute; return how many.

    :raises ReadLately: when they were read in the last minutes.
    """
    subject: Application | Affiliate
    if affiliate_id is not None:
        subject = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
        rows = SiteAssessment.objects.filter(affiliate=affiliate_id, is_current=True)
    else:
        subject = Application.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=application_id or 0
        )
        rows = SiteAssessment.objects.filter(application=application_id, is_current=True)
    if rows.filter(assessed_at__gt=now - LEAST_WAIT).exists():
        raise ReadLately(_("These sites were read a few minutes ago. Try again later."))
    asked = rows.update(is_current=False)
    audit.record(actor=actor_id, verb="vetting.read_again", subject=subject, at=now)
    nudge("fraud.tasks.vet_sites")
    return asked


def own_hosts() -> frozenset[str]:
    """Return the hosts of our links and of the shops: they are not read. One query."""
    hosts = {urlsplit(settings.PUBLIC_URL).hostname or ""}
    for home, origin, linked in Shop.objects.values_list("home_url", "link_origin", "link_hosts"):
        hosts |= {urlsplit(home).hostname or "", urlsplit(origin).hostname or "", *linked}
    return frozenset(host.lower() for host in hosts if host)


def _of_applicants() -> list[Site]:
    rows = Application.objects.filter(status__in=Application.OPEN).order_by("submitted_at", "pk")
    return [
        Site(url, kind, application_id=pk)
        for pk, kind, sites in rows.values_list("pk", "kind", "sites")
        for url in sites
    ]


def _of_affiliates() -> list[Site]:
    standing = Property.objects.standing().order_by("pk")
    rows = standing.exclude(affiliate__status=AffiliateStatus.CLOSED)
    return [
        Site(url, kind, affiliate_id=pk)
        for pk, kind, url in rows.values_list("affiliate_id", "affiliate__kind", "url")
    ]


def _due(sites: list[Site], now: datetime, spoken: dict[int, datetime]) -> Iterable[Site]:
    owners = Q(application__in={site.application_id for site in sites if site.application_id})
    owners |= Q(affiliate__in={site.affiliate_id for site in sites if site.affiliate_id})
    known = {
        (row.application_id, row.affiliate_id, row.url): row
        for row in SiteAssessment.objects.filter(owners, is_current=True).only(
            "application_id", "affiliate_id", "url", "assessed_at", "features"
        )
    }
    waiting: list[tuple[datetime, int, Site]] = []
    for place, site in enumerate(sites):
        last = known.get((site.application_id, site.affiliate_id, site.url))
        if last is None:
            yield site
            continue
        wait = AGAIN_AFTER if last.features.get("is_read") else UNREAD_AGAIN_AFTER
        doubted = spoken.get(site.affiliate_id or 0)
        if last.assessed_at + wait <= now or (doubted and doubted > last.assessed_at):
            waiting.append((last.assessed_at, place, site))
    yield from (site for _at, _place, site in sorted(waiting, key=lambda one: one[:2]))


def _note_failure(site: Site, now: datetime) -> None:
    SiteAssessment.objects.filter(site.owner, url=site.url).update(is_current=False)
    SiteAssessment.objects.create(
        application_id=site.application_id, affiliate_id=site.affiliate_id, url=site.url,
        site_class=SiteClass.UNKNOWN, version=VERSION, features={"is_read": False},
        findings=[{"kind": "unread", "error": "cannot be understood"}], assessed_at=now,
    )  # fmt: skip


def _findings(
    site: Site, found: Crawl, suggested: str, hosts: HostIndex
) -> Iterable[dict[str, Any]]:
    host = host_of(site.url)
    listed = ListedHost.objects.filter(removed_at__isnull=True).exclude(
        kind__in=[HostKind.SHARED, HostKind.DISPOSABLE, HostKind.SHIM]
    )
    final = found.final_url or site.url
    for row in listed.order_by("kind", "pattern"):
        if holds(row.pattern, site.url) or holds(row.pattern, final):
            yield {"kind": "listed", "list": row.kind, "pattern": row.pattern, "source": row.source}
    seen = hosts.seen(host)
    if seen.imitates:
        yield {"kind": "lookalike", "host": host, "name": seen.imitates, "level": seen.level}
    if not found.pages:
        yield {"kind": "unread", "error": found.error}
        return
    end = host_of(final)
    if hosts.site(end) != hosts.site(host):
        yield {"kind": "moved", "to": final}
    expected = _EXPECTED.get(AffiliateKind(site.kind), set())
    if suggested != SiteClass.UNKNOWN and suggested not in expected:
        yield {"kind": "other_class", "declared": site.kind, "suggested": suggested}
