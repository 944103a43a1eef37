"""What a landing needs to know, read from the rows: links, windows, shops, the days' salts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri

from affiliates.models import Affiliate, AffiliateStatus, Stop, Stopped
from affiliates.queries import TermsIndex
from experiments.models import Design, Experiment, ExperimentStatus
from shop.models import Shop
from tracking.domain import destinations, utm
from tracking.domain.benefit import Benefit
from tracking.domain.ip_hash import DAY_US
from tracking.domain.landing import LandingLink
from tracking.domain.languages import Languages
from tracking.domain.spool_line import microseconds
from tracking.models import Link, Salt
from tracking.services.exposing import PREFIX, subject_of

_SECONDS_A_DAY = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_LINK_FIELDS = (
    "code", "pk", "affiliate_id", "shop_id", "destination_url", "sub_id", "utm", "expires_at",
    "archived_at", "surface",
)  # fmt: skip


class ShopFacts(NamedTuple):
    """A shop as landings know it. ``hosts`` in small letters, with the one that brings us /c/.

    ``languages``: empty when the shop has none, or all on the same addresses.
    """

    shop_id: int
    home_url: str
    link_hosts: tuple[str, ...]
    hosts: frozenset[str]
    has_origin: bool
    languages: Languages = ()


def read_shops() -> dict[int, ShopFacts]:
    """Return all shops, the first one first."""
    rows = Shop.objects.order_by("pk").only("code", "home_url", "link_hosts", "link_origin")
    return {shop.pk: _facts(shop) for shop in rows}


def languages_of(shop: Shop) -> Languages:
    """Return in which languages a shop's pages exist, each at an address of its own."""
    said: dict[str, Languages] = settings.SHOP_LANGUAGES
    return said.get(shop.code, ())


def read_links(
    shops: Mapping[int, ShopFacts], codes: Collection[str] | None = None
) -> Iterator[LandingLink]:
    """Yield the links of ``codes``, or all; those of a shop that is not in ``shops`` are left."""
    links = Link.objects.all() if codes is None else Link.objects.filter(code__in=codes)
    for row in links.values_list(*_LINK_FIELDS).iterator(chunk_size=5_000):
        shop = shops.get(row[3])
        if shop is not None:
            yield _landing_link(row, shop)


def read_windows(now: datetime, affiliate_ids: Collection[int] | None = None) -> dict[int, int]:
    """Return for how many seconds a click counts, of every affiliate that earns at ``now``.

    Whose links are stopped does not.
    """
    stopped = Stop.objects.at(now).filter(what=Stopped.LINKS).values("affiliate")
    active = Affiliate.objects.filter(status=AffiliateStatus.ACTIVE).exclude(pk__in=stopped)
    if affiliate_ids is not None:
        active = active.filter(pk__in=affiliate_ids)
    earning = list(active.values_list("pk", flat=True))
    index = TermsIndex(earning)
    terms = {affiliate_id: index.at(affiliate_id, now) for affiliate_id in earning}
    return {
        affiliate_id: held.window_days * _SECONDS_A_DAY
        for affiliate_id, held in terms.items()
        if held is not None
    }


def read_benefits(
    now: datetime, affiliate_ids: Collection[int] | None = None
) -> dict[int, Benefit]:
    """Return what is added on landing by running experiments, by affiliate."""
    rows = Experiment.objects.filter(
        design=Design.BENEFIT,
        status=ExperimentStatus.RUNNING,
        ends_at__gt=now,
        subject__startswith=PREFIX,
    )
    if affiliate_ids is not None:
        rows = rows.filter(subject__in=[subject_of(pk) for pk in affiliate_ids])
    return {
        int(row.subject.removeprefix(PREFIX)): Benefit(
            str(row.public_id), row.shop_id, row.control_bps, urlencode(row.parameters)
        )
        for row in rows
    }


def read_salts(now: datetime) -> dict[int, bytes]:
    """Return the salts of today and tomorrow by the number of their UTC day since 1970."""
    today = microseconds(now) // DAY_US
    days = Salt.objects.filter(day__gte=(now - timedelta(days=1)).date())
    salts = {
        salt.day.toordinal() - _EPOCH_ORDINAL: bytes(salt.value)
        for salt in days.only("day", "value")
    }
    return {day: value for day, value in salts.items() if day in {today, today + 1}}


def _facts(shop: Shop) -> ShopFacts:
    origin = urlsplit(shop.link_origin).netloc
    hosts = frozenset(host.lower() for host in (*shop.link_hosts, origin) if host)
    home_url = iri_to_uri(shop.home_url) or "/"
    link_hosts, languages = tuple(shop.link_hosts), languages_of(shop)
    return ShopFacts(shop.pk, home_url, link_hosts, hosts, bool(origin), languages)


def _landing_link(row: tuple[Any, ...], shop: ShopFacts) -> LandingLink:
    code, pk, affiliate_id, shop_id, target, sub_id, parameters, expires_at = row[:8]
    archived_at, surface = row[8:]
    if not destinations.leads_to_shop(target, shop.link_hosts):
        target = shop.home_url
    landing = destinations.landing_url(utm.with_parameters(target, parameters))
    head, mark, fragment = (iri_to_uri(landing) or "/").partition("#")
    return LandingLink(
        code=code,
        link_id=pk,
        affiliate_id=affiliate_id,
        shop_id=shop_id,
        head=head,
        tail=mark + fragment,
        plain=iri_to_uri(target) or "/",
        sub_id=sub_id,
        own_hosts=shop.hosts,
        is_archived=archived_at is not None,
        ends_us=None if expires_at is None else microseconds(expires_at),
        is_on_our_host=not shop.has_origin,
        surface=surface,
    )
