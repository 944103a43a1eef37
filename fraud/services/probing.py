"""Looks at look-alike domains: the DNS, where visitors end up, what follows (W2 to W9)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from core.fetching import Fetcher, fetcher
from core.names import NotResolved
from fraud.domain.evidence import AffiliateEvidence
from fraud.domain.signals.proven_chains import SIGNAL as PROVEN_CHAINS
from fraud.domain.visitors import of_look
from fraud.models import Lookalike, LookalikeStatus, Probe
from fraud.queries.chains import chains_of
from fraud.queries.hosts import shared_hosts
from fraud.services import observing
from fraud.services.following import Ours, Trail, follow
from shop.models import Shop
from tracking.models import Link

log = logging.getLogger(__name__)

#: Hours between the first looks, never the same time of day; those who forward choose theirs.
FIRST_WAITS_H = (29, 53, 101, 173)
LATER_WAIT = timedelta(hours=341)
#: Until when nobody else takes a domain that is being looked at.
CLAIM = timedelta(minutes=30)
#: For so long a chain that was seen stands, whatever a later look sees.
PROOF_STANDS = timedelta(days=90)
AFTER_FAILURE = timedelta(hours=25)
DNS_CLIENT = "dns"
_HEAVIEST = (
    LookalikeStatus.LEADS_TO_LINK, LookalikeStatus.LEADS_TO_US, LookalikeStatus.LEADS_ELSEWHERE,
    LookalikeStatus.PAGE, LookalikeStatus.SILENT, LookalikeStatus.UNREGISTERED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """How domains are looked at. Tests say who answers where."""

    fetcher: Fetcher
    ours: Ours
    http_port: int = 80
    https_port: int = 443

    def addresses_of(self, host: str) -> tuple[str, tuple[str, ...]]:
        """Return under which name a domain has a page, itself or with ``www.``, and where.

        No name: it is registered and has none.

        :raises NotResolved: when the DNS does not know it, or does not answer.
        """
        names = self.fetcher.names
        try:
            return host, tuple(names.addresses(host))
        except NotResolved as error:
            if error.is_unregistered:
                raise
        try:
            return f"www.{host}", tuple(names.addresses(f"www.{host}"))
        except NotResolved:
            names.servers_of(host)  # It answers, or the DNS is what does not.
            return "", ()

    def visits(self, host: str, number: int) -> Iterable[Trail]:
        """Yield what each visitor of the ``number``-th look meets, over http and https."""
        for visitor in of_look(number):
            trails: list[Trail] = []
            for scheme, port in (("http", self.http_port), ("https", self.https_port)):
                start = f"{scheme}://{host}{'' if port in {80, 443} else f':{port}'}/"
                if any(start == step.url for trail in trails for step in trail.steps):
                    continue  # The visit over http has been there.
                trail = follow(start, visitor=visitor, fetcher=self.fetcher, ours=self.ours)
                trails.append(trail)
                yield trail
            if all(trail.status == LookalikeStatus.SILENT for trail in trails):
                return  # A machine that answers nobody.


def prober() -> Prober:
    """Return the prober of the settings, which knows our hosts. Two queries."""
    hosts = {urlsplit(settings.PUBLIC_URL).hostname or ""}
    for shop in Shop.objects.all():
        hosts |= {urlsplit(url).hostname or "" for url in (shop.home_url, shop.link_origin)}
        hosts |= {host.lower() for host in shop.link_hosts}
    ours = Ours(hosts=frozenset(hosts - {""}), shared=shared_hosts())
    return Prober(fetcher=fetcher(), ours=ours)


def look_due(
    *, now: datetime, most: int, using: Prober | None = None, clock: Callable[[], float]
) -> int:
    """Look at the domains that are due, the most urgent first; return at how many.

    At most ``most``, and none after ``MOST_SECONDS`` of ``clock`` (seconds that only go on). Safe
    to run in parallel: a domain is looked at by one at a time. One that fails waits for a day.
    """
    using = using or prober()
    until = clock() + MOST_SECONDS
    for done in range(most):
        claimed = _claim(now) if clock() < until else None
        if claimed is None:
            return done
        try:
            look(lookalike_id=claimed, now=now, using=using)
        except Exception:  # One strange machine must not hold up the others.
            log.exception("The look at look-alike %s failed", claimed)
            Lookalike.objects.filter(pk=claimed).update(probe_at=now + AFTER_FAILURE)
    return most


MOST_SECONDS = 240


def look(*, lookalike_id: int, now: datetime, using: Prober | None = None) -> Lookalike:
    """Look at one domain now and keep every visit; return it as it stands then.

    A chain that ends on a link of ours is shown to the signals at once, which hold the account.
    """
    using = using or prober()
    row = Lookalike.objects.get(pk=lookalike_id)
    number = row.probes.values("at").distinct().count()
    try:
        name, addresses = using.addresses_of(row.host)
    except NotResolved as error:
        status = LookalikeStatus.UNREGISTERED if error.is_unregistered else row.status
        probe = Probe(
            lookalike=row, at=now, client=DNS_CLIENT, status=status, error=str(error)[:200]
        )
        return _keep(row.pk, [probe], number, now, is_answered=error.is_unregistered)
    if not name:
        silent = Probe(
            lookalike=row, at=now, client=DNS_CLIENT, status=LookalikeStatus.SILENT,
            error="no address",
        )  # fmt: skip
        return _keep(row.pk, [silent], number, now)
    trails = list(using.visits(name, number))
    links = {link.code: link for link in Link.objects.filter(code__in={t.code for t in trails})}
    probes = [_probe(row, trail, addresses, links.get(trail.code), now) for trail in trails]
    return _keep(row.pk, probes, number, now)


def _probe(
    row: Lookalike, trail: Trail, addresses: Iterable[str], link: Link | None, now: datetime
) -> Probe:
    is_unknown_link = bool(trail.code) and link is None
    return Probe(
        lookalike=row,
        at=now,
        client=trail.visitor.code,
        referrer=trail.visitor.referrer,
        addresses=list(addresses),
        hops=[step._asdict() for step in trail.steps],
        status=LookalikeStatus.LEADS_TO_US if is_unknown_link else trail.status,
        link_code=trail.code[:40],
        affiliate_id=link.affiliate_id if link else None,
        error=trail.error,
    )


@transaction.atomic
def _claim(now: datetime) -> int | None:
    due = (
        Lookalike.objects.filter(probe_at__lte=now, name__removed_at__isnull=True)
        .exclude(status=LookalikeStatus.OURS)
        .order_by("-priority", "probe_at", "pk")
    )
    row = due.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
    if row is None:
        return None
    Lookalike.objects.filter(pk=row.pk).update(probe_at=now + CLAIM)
    return row.pk


@transaction.atomic
def _keep(
    pk: int, probes: list[Probe], number: int, now: datetime, *, is_answered: bool = True
) -> Lookalike:
    row = Lookalike.objects.select_for_update(no_key=True).get(pk=pk)
    Probe.objects.bulk_create(probes)
    row.probed_at = now
    row.probe_at = _next_look(number, now, is_answered=is_answered)
    if is_answered and row.status != LookalikeStatus.OURS:
        proof = (
            row.probes.filter(status=LookalikeStatus.LEADS_TO_LINK, at__gt=now - PROOF_STANDS)
            .order_by("-at")
            .first()
        )
        seen = {probe.status for probe in ([*probes, proof] if proof else probes)}
        row.status = next(status for status in _HEAVIEST if status in seen)
        if proof:
            row.affiliate_id = proof.affiliate_id
    row.save(update_fields=["status", "affiliate", "probed_at", "probe_at"])
    for affiliate_id in sorted({probe.affiliate_id for probe in probes if probe.affiliate_id}):
        _show(affiliate_id, now)
    return row


def _next_look(number: int, now: datetime, *, is_answered: bool) -> datetime | None:
    if not settings.DOMAIN_WATCH:
        return None
    if not is_answered:
        return now + AFTER_FAILURE
    waits = [timedelta(hours=hours) for hours in FIRST_WAITS_H]
    return now + (waits[number] if number < len(waits) else LATER_WAIT)


def _show(affiliate_id: int, now: datetime) -> None:
    """Let the signal of proven chains see what was found, without waiting for the next hour."""
    chains = tuple(chains_of([affiliate_id]).get(affiliate_id, ()))
    evidence = AffiliateEvidence(at=now, kind="", chains=chains)
    observing.observe_only({affiliate_id: evidence}, now=now, signals=[PROVEN_CHAINS])
