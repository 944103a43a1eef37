"""The rows that a file presupposes: a shop, its programme, and affiliates with their links."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from affiliates.models import (
    Affiliate,
    AffiliateKind,
    Group,
    IdentityKey,
    IdentityKind,
    Membership,
    Property,
    Terms,
)
from core.hashing import address_digest, address_key, email_digest, email_key
from core.models import User
from fraud.domain.lookalikes import GENERIC, registrable_label
from fraud.evaluation.contents import Contents, LinkKey
from fraud.evaluation.lines import AffiliateLine
from fraud.models import Redirector, WatchedName
from shop.models import Shop
from tracking.models import CouponCode, Link

CURRENCY = "EUR"
#: Longer than any order of a file is after its click: what decides shall be the evidence.
WINDOW_DAYS = 60
#: How long everything has been there when the first event comes.
BEFORE = timedelta(days=400)
STAFF_STORE = "Store"
_KINDS = {
    "content": AffiliateKind.CONTENT,
    "influencer": AffiliateKind.INFLUENCER,
    "employee": AffiliateKind.EMPLOYEE,
    "comparison": AffiliateKind.COMPARISON,
    "coupon": AffiliateKind.COUPON,
    "cashback": AffiliateKind.CASHBACK,
    "extension": AffiliateKind.COUPON,
    "software": AffiliateKind.COUPON,
}
_URL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Programme:
    """The primary keys of what was made, by the file's names."""

    shop_id: int
    affiliates: dict[str, int]
    codes: dict[LinkKey, str]  # Of links: /c/<code>


@transaction.atomic
def build(contents: Contents, first_at: datetime) -> Programme:
    """Make what the events of ``contents`` presuppose, as of long before ``first_at``.

    Redirectors are declared and no more: nobody has verified them.
    """
    since = first_at - BEFORE
    shop = _shop(contents)
    _watch(shop, since)
    group = Group.objects.create(slug="partners", name="Partners", is_default=True)
    Terms.objects.create(
        group=group, version=1, valid_from=since, rate_bps=2_000, window_days=WINDOW_DAYS,
        hold_days=30, minimum_payout_minor=2_000, currency=CURRENCY, payment_days=[10, 25],
    )  # fmt: skip
    said = list(contents.affiliates.values())
    rows = Affiliate.objects.bulk_create(_affiliate(one, group, since) for one in said)
    affiliates = {one.id: row.pk for one, row in zip(said, rows, strict=True)}
    for one in said:
        _declare(one, affiliates[one.id], since)
    _people(said, affiliates, since)
    CouponCode.objects.bulk_create(
        CouponCode(affiliate_id=affiliates[one.id], shop=shop, code=code, valid_from=since)
        for one in said
        for code in one.codes
    )
    codes = {key: f"e{number}" for number, key in enumerate(contents.links, 1)}
    Link.objects.bulk_create(
        (
            Link(
                affiliate_id=affiliates[key.affiliate], shop=shop, code=code,
                destination_url=_absolute(key.landing, shop), created_at=since,
            )
            for key, code in codes.items()
        ),
        batch_size=5_000,
    )  # fmt: skip
    return Programme(shop.pk, affiliates, codes)


def _shop(contents: Contents) -> Shop:
    """Return the shop to which the links of the file lead, and whose pages its journeys show."""
    landing = _commonest(contents.landing_origins) or "https://shop.example"
    asked = _commonest(contents.link_origins)
    host = landing.partition("://")[2]
    hosts = {host, *contents.shop_hosts}
    return Shop.objects.create(
        code="shop",
        name=host,
        home_url=f"{landing}/",
        link_hosts=sorted(hosts | {f"www.{one}" for one in hosts if not one.startswith("www.")}),
        link_origin=landing if asked in {"", landing} else "",
        currency=CURRENCY,
    )


def _watch(shop: Shop, since: datetime) -> None:
    """Watch the shop's domain, unless it says nothing but what any shop says."""
    domain = shop.name.partition(":")[0].removeprefix("www.")
    if registrable_label(domain) not in GENERIC:
        WatchedName.objects.create(name=domain[:80], is_domain=True, created_at=since)


def _commonest(origins: Counter[str]) -> str:
    named = [(number, origin) for origin, number in origins.items() if origin]
    return max(named)[1] if named else ""


def _absolute(landing: str, shop: Shop) -> str:
    return shop.home_url.rstrip("/") + landing if landing.startswith("/") else landing


def _affiliate(said: AffiliateLine, group: Group, since: datetime) -> Affiliate:
    kind = _KINDS.get(said.kind, AffiliateKind.CONTENT)
    is_employee = kind == AffiliateKind.EMPLOYEE
    return Affiliate(
        name=said.id[:120], kind=kind, group=group, country="FR", status_changed_at=since,
        joined_at=since, store=STAFF_STORE if is_employee else "",
        staff_number=_digest(said.id)[:20] if is_employee else "",
    )  # fmt: skip


def _declare(said: AffiliateLine, affiliate_id: int, since: datetime) -> None:
    Property.objects.bulk_create(
        Property(affiliate_id=affiliate_id, url=url, declared_at=since) for url in _urls(said.sites)
    )
    Redirector.objects.bulk_create(
        Redirector(
            affiliate_id=affiliate_id,
            url=url,
            host=url.partition("://")[2].partition("/")[0].lower(),
            declared_at=since,
        )
        for url in _urls(said.redirectors)
    )


def _people(said: Iterable[AffiliateLine], affiliates: dict[str, int], since: datetime) -> None:
    """Make whoever acts for an account, and keep what identifies them as keyed hashes."""
    people: dict[str, User] = {}
    for one in said:
        email = one.email.strip().lower()
        if "@" in email and email not in people:
            people[email] = User(email=email, name=one.id[:120], date_joined=since)
    User.objects.bulk_create(people.values())
    Membership.objects.bulk_create(
        Membership(affiliate_id=affiliates[one.id], user=people[one.email.strip().lower()])
        for one in said
        if one.email.strip().lower() in people
    )
    IdentityKey.objects.bulk_create(
        IdentityKey(
            affiliate_id=affiliates[one.id], kind=kind, key=key, source="file", seen_at=since
        )
        for one in said
        for kind, key in identity_keys(one.email, one.address)
    )


def identity_keys(email: str, address: str) -> Iterable[tuple[IdentityKind, str]]:
    """Yield the keyed hashes of what identifies a person."""
    if email.strip():
        yield IdentityKind.EMAIL, email_key(email_digest(email))
    if address.strip():
        yield IdentityKind.ADDRESS, address_key(address_digest(address))


def _urls(said: Iterable[str]) -> list[str]:
    whole = [one if "://" in one else f"https://{one}" for one in said]
    return sorted({url[:_URL_LENGTH] for url in whole})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
