"""What the demo stands on before anything happens: shop, groups, terms, catalogue, people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group as StaffRole

from affiliates.models import Affiliate, Group, Terms
from core.models import User
from demo import catalogue
from payouts.services import debtors
from portal.access import Role
from portal.demo.cast import CONTENT, GROUPS, RULES
from portal.demo.people import PEOPLE
from shop.domain.canonical import CanonicalProduct
from shop.models import Shop
from shop.services import catalogue as shop_catalogue
from tracking.models import Link

SHOP_CODE = "maison-lutece"
STAFF = {"sam": Role.MANAGER, "fiona": Role.FINANCE, "hugo": Role.FINANCE}
PAYMENT_DAYS = (5, 20)
TERMS = {
    "window_days": 30,
    "hold_days": 30,
    "minimum_payout_minor": 5_000,
    "currency": catalogue.CURRENCY,
    "payment_days": list(PAYMENT_DAYS),
}
DEBTOR_IBAN = "FR7630002005502319487574913"


@dataclass(slots=True)
class World:
    """The rows that the history plays with."""

    shop: Shop
    shop_url: str
    groups: dict[str, Group]
    people: dict[str, User]
    affiliates: dict[str, Affiliate] = field(default_factory=dict)
    links: dict[str, list[Link]] = field(default_factory=dict)


def build(*, shop_url: str, begins: datetime) -> World:
    """Make the shop, its catalogue, the groups with their terms, and the people of the demo."""
    shop = Shop.objects.create(
        code=SHOP_CODE,
        name="Maison Lutèce",
        home_url=f"{shop_url}/",
        link_origin=shop_url,
        link_hosts=link_hosts(shop_url),
        currency=catalogue.CURRENCY,
        order_cost_minor=420,
        order_cost_bps=140,
    )
    world = World(
        shop=shop,
        shop_url=shop_url,
        groups=_groups(begins - timedelta(days=60)),
        people={person.key: make_person(person.email, person.name) for person in PEOPLE},
    )
    for key, role in STAFF.items():
        world.people[key].groups.add(StaffRole.objects.get(name=role.value))
    User.objects.filter(pk__in=[world.people[key].pk for key in STAFF]).update(is_staff=True)
    store_catalogue(shop, shop_url, now=begins)
    debtors.change_account(
        name="Maison Lutèce SAS",
        iban=DEBTOR_IBAN,
        bic="",
        actor_id=world.people["fiona"].pk,
        now=begins,
    )
    return world


def link_hosts(shop_url: str) -> list[str]:
    """Return the hosts that links may lead to: the shop's own address, by both its names."""
    port = urlsplit(shop_url).port
    hosts = [urlsplit(shop_url).netloc, "localhost", "127.0.0.1"]
    return list(dict.fromkeys([*hosts, f"localhost:{port}", f"127.0.0.1:{port}"]))


def make_person(email: str, name: str) -> User:
    """Make somebody with a verified address and no password: the demo signs in by one click."""
    user = User.objects.create_user(email, name=name, language="fr")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def store_catalogue(shop: Shop, shop_url: str, *, now: datetime) -> None:
    """Store the products of the demo shop with their addresses under ``shop_url``."""
    shop_catalogue.upsert(shop_id=shop.pk, products=catalogue_of(shop_url), now=now)


def catalogue_of(shop_url: str) -> list[CanonicalProduct]:
    """Return the products of the demo shop as the shop at ``shop_url`` says them."""
    return [
        CanonicalProduct(
            sku=product.sku,
            name=product.name,
            category=product.category_name,
            brand=product.style.brand,
            list_price_minor=product.list_price_minor,
            vat_bps=catalogue.VAT_BPS,
            currency=catalogue.CURRENCY,
            unit_cost_minor=product.unit_cost_minor,
            url=shop_url + product.path,
            image_url=shop_url + product.image_path,
            model=product.style.code,
            color=catalogue.COLORS[product.color][0],
        )
        for product in catalogue.products()
    ]


def _groups(valid_from: datetime) -> dict[str, Group]:
    has_default = Group.objects.filter(is_default=True).exists()
    groups = {}
    for slug, (name, rate_bps) in GROUPS.items():
        is_default = slug == CONTENT and not has_default
        groups[slug] = Group.objects.create(slug=slug, name=name, is_default=is_default)
        Terms.objects.create(
            group=groups[slug],
            version=1,
            valid_from=valid_from,
            rate_bps=rate_bps,
            rules=RULES.get(slug, {}),
            **TERMS,
        )
    return groups
