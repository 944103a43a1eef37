"""The facts about affiliates as a whole, over the look-back of thirty days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from affiliates.models import Affiliate, AffiliateKind
from fraud.domain.evidence import AffiliateEvidence, Class, ReferrerSeen, Sales, Traffic
from fraud.domain.usual import Member, usual
from fraud.models import Case, CaseStatus, HostKind, Observation, Severity
from fraud.queries.chains import chains_of
from fraud.queries.hosts import HostIndex
from fraud.queries.redirectors import Redirectors, redirectors_of
from fraud.queries.shared import shared_identities
from fraud.queries.sites import Sites, sites_of
from fraud.queries.sources import Sources, sources_of, sub_ids_of
from fraud.queries.sums import Period, Screened, sales_of, screened_of, traffic_of


def affiliate_evidence(now: datetime) -> dict[int, AffiliateEvidence]:
    """Return the facts about every affiliate with visits, calls or sales in the thirty days.

    Those to whose links a look-alike led are among them, however long ago that was.
    A constant number of queries, whatever the number of affiliates.
    """
    period = Period.to(now)
    traffic, sales = traffic_of(period), sales_of(period)
    chains = chains_of()
    known = {*traffic, *sales, *chains}
    kinds = dict(Affiliate.objects.filter(pk__in=known).values_list("pk", "kind"))
    classes = _classes(kinds, traffic, sales)
    screened, sources = screened_of(period), sources_of(period)
    redirectors, shared = redirectors_of(list(kinds)), shared_identities()
    hosts = HostIndex.load()
    sites = sites_of(list(kinds), hosts)
    referrers = {
        pk: _referrers(
            pk,
            sources.get(pk, Sources()),
            traffic.get(pk, Traffic()),
            sites,
            period.begins,
        )
        for pk in kinds
    }
    behind = [
        pk
        for pk, found in referrers.items()
        if any(one.listed == HostKind.SUB_NETWORK for one in found)
    ]
    sub_ids = sub_ids_of(behind, sources, period)
    found = {}
    for pk, kind in kinds.items():
        said = screened.get(pk, Screened())
        found[pk] = AffiliateEvidence(
            at=now,
            kind=kind,
            traffic=traffic.get(pk, Traffic()),
            sales=sales.get(pk, Sales()),
            usual=classes[kind],
            referrers=referrers[pk],
            redirectors_declared=redirectors.get(pk, Redirectors()).declared,
            redirectors_verified=redirectors.get(pk, Redirectors()).verified,
            declared_sites=_sites_seen(sites.declared(pk), referrers[pk], hosts),
            shared=shared.get(pk, ()),
            chains=tuple(chains.get(pk, ())),
            sub_id_clicks=sources.get(pk, Sources()).with_sub_id,
            sub_ids=sub_ids.get(pk, ()),
            screened=said.screened,
            refused=said.refused,
            refused_days=said.refused_days,
            doubted=said.doubted,
        )
    return found


def _classes(
    kinds: Mapping[int, str], traffic: Mapping[int, Traffic], sales: Mapping[int, Sales]
) -> dict[str, Class]:
    doubtful = {
        *Case.objects.filter(status=CaseStatus.OPEN).values_list("affiliate_id", flat=True),
        *Observation.objects.filter(
            ended_at__isnull=True, is_shadow=False, severity__in=[Severity.HOLD, Severity.REVIEW]
        ).values_list("affiliate_id", flat=True),
    }
    return usual(
        [
            Member(
                kind=kind,
                traffic=traffic.get(pk, Traffic()),
                sales=sales.get(pk, Sales()),
                is_of_panel=kind == AffiliateKind.CONTENT and pk not in doubtful,
            )
            for pk, kind in kinds.items()
        ]
    )


def _referrers(
    affiliate_id: int, sources: Sources, traffic: Traffic, sites: Sites, since: datetime
) -> tuple[ReferrerSeen, ...]:
    """Return the sites that clicks came from, those with most first; hosts of a site as one."""
    hosts = sites.hosts
    clicks: dict[str, int] = defaultdict(int)
    for host, number in sources.hosts.items():
        if hosts.is_own(host):
            continue
        clicks[sites.shown(affiliate_id, host)] += number
    return tuple(
        ReferrerSeen(
            host=host,
            clicks=min(number, traffic.clicks),  # Duplicates are left out there.
            is_declared=sites.is_of(affiliate_id, host, since),
            **hosts.seen(host)._asdict(),
        )
        for host, number in sorted(clicks.items(), key=lambda item: (-item[1], item[0]))
    )


def _sites_seen(
    declared: Collection[str], referrers: Collection[ReferrerSeen], hosts: HostIndex
) -> tuple[ReferrerSeen, ...]:
    clicks = {one.host: one.clicks for one in referrers}
    return tuple(
        ReferrerSeen(
            host=host,
            clicks=clicks.get(host, 0),
            is_declared=True,
            **hosts.seen(host)._asdict(),
        )
        for host in declared
    )
