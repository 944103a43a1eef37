"""Rows for tests: valid, boring defaults. Override only what the test is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group as Role
from django.utils import timezone

from affiliates.models import Affiliate, AffiliateKind, Group, Membership, Payee, Terms
from affiliates.queries import terms_for
from core.hashing import email_digest, email_key, keyed_hash
from core.models import User
from core.money import BPS, ratio
from fraud.models import Case, CaseCredit, Decision, Family, Ruling, Screening, Severity
from shop.models import (
    BandAssignment,
    BandPeriod,
    CostSource,
    LineKind,
    MarginBand,
    Order,
    OrderLine,
    Product,
    ProductCost,
    Return,
    ReturnLine,
    ReturnReason,
    Shop,
)
from tracking.domain import shipment
from tracking.domain.spool_line import click_line, microseconds
from tracking.models import (
    Attribution,
    AttributionPolicy,
    Click,
    CouponCode,
    Credit,
    Link,
    Outcome,
    StaffCode,
    Touchpoint,
    TouchpointKind,
)
from tracking.services import rollups

NOW = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
PASSWORD = "correct horse battery staple"
IBAN = "FR7630006000011234567890189"
BANDS = ((0, 2_000), (2_000, 3_500), (3_500, 5_000), (5_000, 6_500), (6_500, BPS))

_numbers = count(1)


def make_user(*, roles: Iterable[str] = (), **overrides: Any) -> User:
    """A person with a password; ``roles`` are the names of groups, such as "manager"."""
    number = next(_numbers)
    fields = {"email": f"person{number}@example.com", "name": f"Person {number}", "language": "en"}
    user = User.objects.create_user(password=PASSWORD, **{**fields, **overrides})
    user.groups.set([Role.objects.get_or_create(name=name)[0] for name in roles])
    return user


def email_key_of(email: str) -> str:
    """What an order of the person with this e-mail address carries."""
    return email_key(email_digest(email))


# --- shop --------------------------------------------------------------------------


def make_shop(**overrides: Any) -> Shop:
    """A French shop. The same one whenever nothing is overridden."""
    fields = {
        "name": "Atelier",
        "home_url": "https://shop.example/",
        "link_hosts": ["shop.example"],
        "currency": "EUR",
        **overrides,
    }
    return Shop.objects.get_or_create(code=fields.pop("code", "atelier"), defaults=fields)[0]


def make_band(margin_bps: int) -> MarginBand:
    """The band that holds ``margin_bps``; at or below zero is the lowest band."""
    lower, upper = next((band for band in reversed(BANDS) if band[0] <= margin_bps), BANDS[0])
    period = BandPeriod.objects.order_by("valid_from").first() or BandPeriod.objects.create(
        name="2000", valid_from=LONG_AGO - timedelta(days=9_000), published_at=LONG_AGO
    )
    band, _made = MarginBand.objects.get_or_create(
        period=period, lower_bps=lower, defaults={"upper_bps": upper}
    )
    return band


def make_product(*, cost_minor: int | None = 4_000, **overrides: Any) -> Product:
    """A product at EUR 120.00 with VAT (100.00 without) and its cost and margin band."""
    number = next(_numbers)
    fields = {
        "sku": f"SKU-{number}",
        "name": f"Product {number}",
        "category": "dresses",
        "list_price_minor": 12_000,
        "vat_bps": 2_000,
        "currency": "EUR",
        **overrides,
    }
    shop = fields.pop("shop", None) or make_shop()
    product = Product.objects.create(shop=shop, **fields)
    if cost_minor is not None:
        price = product.list_price_ex_vat.minor
        ProductCost.objects.create(product=product, unit_cost_minor=cost_minor, valid_from=LONG_AGO)
        BandAssignment.objects.create(
            product=product,
            band=make_band(ratio((price - cost_minor) * BPS, price)),
            list_price_minor=price,
            valid_from=LONG_AGO,
        )
    return product


def make_order(*, lines: Iterable[Mapping[str, Any]] | None = None, **overrides: Any) -> Order:
    """An order of one product, or of ``lines``: each the arguments of ``make_line``."""
    number = next(_numbers)
    fields = {
        "external_id": f"order-{number}",
        "number": f"#{number}",
        "placed_at": NOW - timedelta(hours=1),
        "currency": "EUR",
        "customer_ref": keyed_hash("customer", f"atelier:{number}"),
        "email_key": email_key_of(f"customer{number}@example.com"),
        "country": "FR",
        "content_hash": f"{number:064x}",
        **overrides,
    }
    shop = fields.pop("shop", None) or make_shop()
    fields.setdefault("source_updated_at", fields["placed_at"])
    fields.setdefault("received_at", fields["placed_at"])
    order = Order.objects.create(shop=shop, **fields)
    for line in [{}] if lines is None else lines:
        make_line(order, **line)
    return order


def make_line(order: Order, **overrides: Any) -> OrderLine:
    """One unit of a new product at list price. Its cost is frozen from the catalogue."""
    number = next(_numbers)
    product = overrides.pop("product", None)
    kind = overrides.get("kind", LineKind.PRODUCT)
    if product is None and kind == LineKind.PRODUCT:
        product = make_product(shop=order.shop, currency=order.currency)
    quantity = overrides.pop("quantity", 1)
    cost = product and product.costs.at(order.placed_at).first()
    fields = {
        "external_id": f"line-{number}",
        "kind": kind,
        "product": product,
        "sku": product.sku if product else "",
        "title": product.name if product else "Something else",
        "quantity": quantity,
        "net_minor": quantity * (product.list_price_ex_vat.minor if product else 500),
        "unit_cost_minor": cost.unit_cost_minor if cost else None,
        "cost_source": CostSource.CATALOGUE if cost else CostSource.MISSING,
    }
    return OrderLine.objects.create(order=order, **{**fields, **overrides})


def make_return(
    order: Order, *, quantities: Mapping[OrderLine, int] | None = None, **overrides: Any
) -> Return:
    """A return of the given quantity of each line; without ``quantities``, of everything."""
    number = next(_numbers)
    fields = {
        "external_id": f"return-{number}",
        "order_external_id": order.external_id,
        "reason": ReturnReason.RETURN,
        "returned_at": NOW,
        "received_at": NOW,
        "content_hash": f"{number:064x}",
        **overrides,
    }
    made = Return.objects.create(shop=order.shop, order=order, **fields)
    if quantities is None:
        quantities = {line: line.quantity for line in order.lines.order_by("pk")}
    for line, quantity in quantities.items():
        ReturnLine.objects.create(
            shop_return=made,
            external_id=f"returned-{line.external_id}",
            line_external_id=line.external_id,
            line=line,
            sku=line.sku,
            quantity=quantity,
            net_minor=ratio(line.net_minor * quantity, line.quantity),
        )
    return made


# --- affiliates --------------------------------------------------------------------


def make_group(*, terms: Mapping[str, Any] | None = None, **overrides: Any) -> Group:
    """The default group, or another ``slug``, with live terms (``terms`` overrides them)."""
    slug = overrides.pop("slug", "partners")
    fields = {"name": slug.title(), "is_default": slug == "partners", **overrides}
    group, created = Group.objects.get_or_create(slug=slug, defaults=fields)
    if created:
        make_terms(group=group, **(terms or {}))
    return group


def make_terms(
    *, group: Group | None = None, affiliate: Affiliate | None = None, **overrides: Any
) -> Terms:
    """Terms of a group or an affiliate: 20 % of reference margin, 30 days window and hold."""
    owner = {"group": group, "affiliate": affiliate}
    if not group and not affiliate:
        owner["group"] = make_group(slug=f"group-{next(_numbers)}", terms=overrides)
        return Terms.objects.get(**owner)
    fields = {
        "version": Terms.objects.filter(**owner).count() + 1,
        "valid_from": LONG_AGO,
        "rate_bps": 2_000,
        "window_days": 30,
        "hold_days": 30,
        "minimum_payout_minor": 2_000,
        "currency": "EUR",
        "payment_days": [10, 25],
    }
    if overrides.get("basis") == "actual":
        seeing = group or affiliate.group
        Group.objects.filter(pk=seeing.pk).update(sees_costs=True)
    return Terms.objects.create(**owner, **{**fields, **overrides})


def make_affiliate(*, user: User | None = None, **overrides: Any) -> Affiliate:
    """An active content affiliate in the default group, with one person acting for it."""
    number = next(_numbers)
    fields = {
        "name": f"Affiliate {number}",
        "kind": AffiliateKind.CONTENT,
        "country": "FR",
        "status_changed_at": LONG_AGO,
        "joined_at": LONG_AGO,
        **overrides,
    }
    if fields["kind"] == AffiliateKind.EMPLOYEE:
        fields = {"store": "Lyon Bellecour", "staff_number": f"E{number:05}", **fields}
    group = fields.pop("group", None) or make_group()
    affiliate = Affiliate.objects.create(group=group, **fields)
    Membership.objects.create(affiliate=affiliate, user=user or make_user())
    return affiliate


def make_payee(affiliate: Affiliate, *, iban: str = IBAN, **overrides: Any) -> Payee:
    """Bank details of an affiliate."""
    fields = {
        "legal_name": affiliate.name,
        "iban": iban,
        "iban_last4": iban[-4:],
        "iban_hash": keyed_hash("iban", iban),
        "country": "FR",
        "town": "Lyon",
        "changed_at": LONG_AGO,
    }
    return Payee.objects.create(affiliate=affiliate, **{**fields, **overrides})


# --- tracking ----------------------------------------------------------------------


def make_link(affiliate: Affiliate | None = None, **overrides: Any) -> Link:
    """A link to a page of the shop."""
    fields = {
        "code": f"link{next(_numbers)}",
        "destination_url": "https://shop.example/dresses?color=red",
        "created_at": LONG_AGO,
        **overrides,
    }
    shop = fields.pop("shop", None) or make_shop()
    return Link.objects.create(affiliate=affiliate or make_affiliate(), shop=shop, **fields)


def make_code(affiliate: Affiliate | None = None, **overrides: Any) -> CouponCode:
    """A promo code that is valid since long ago and without end."""
    fields = {"code": f"CODE{next(_numbers)}", "valid_from": LONG_AGO, **overrides}
    shop = fields.pop("shop", None) or make_shop()
    affiliate = affiliate or make_affiliate()
    return CouponCode.objects.create(affiliate=affiliate, shop=shop, **fields)


def make_click(link: Link | None = None, **overrides: Any) -> Click:
    """A consented click, two hours before now, and its place in the sums."""
    link = link or make_link()
    fields = {
        "visitor": uuid4(),
        "clicked_at": NOW - timedelta(hours=2),
        "link_id": link.pk,
        "affiliate_id": link.affiliate_id,
        "sub_id": link.sub_id,
        "navigation": "followed",
    }
    click = Click.objects.create(**{**fields, **overrides})
    at_us = microseconds(click.clicked_at)
    line = click_line(
        at_us, click.link_id, click.affiliate_id, "A" * 22, click.navigation, click.facts,
        click.referrer_host, 0, 0, "", None, "", "",
    )  # fmt: skip
    rollups.grow(shipment.read([line], earliest_us=at_us, latest_us=at_us))
    rollups.refresh_referrers(timezone.localdate(click.clicked_at))
    rollups.refresh_marks(timezone.localdate(click.clicked_at))
    return click


def make_attribution(order: Order | None = None, **overrides: Any) -> Attribution:
    """The decision that an order is nobody's. An order that is somebody's: ``make_credit``."""
    fields = {
        "outcome": Outcome.NOBODY,
        "reason": "no_touchpoint",
        "policy": AttributionPolicy.objects.get(number=1),
        "decided_at": NOW,
    }
    return Attribution.objects.create(order=order or make_order(), **{**fields, **overrides})


def make_credit(
    affiliate: Affiliate | None = None, order: Order | None = None, **overrides: Any
) -> Credit:
    """The whole credit for an order, won by a click an hour before it."""
    affiliate, order = affiliate or make_affiliate(), order or make_order()
    link = overrides.pop("link", None) or make_link(affiliate, shop=order.shop)
    clicked_at = overrides.pop("click_at", order.placed_at - timedelta(hours=1))
    touchpoint = Touchpoint.objects.create(
        attribution=make_attribution(order, outcome=Outcome.ATTRIBUTED, reason="last_eligible"),
        kind=TouchpointKind.CLICK,
        affiliate=affiliate,
        at=clicked_at,
        link=link,
        won=True,
        reason="last_eligible",
    )
    fields = {
        "touchpoint": touchpoint,
        "terms": terms_for(affiliate.pk, order.placed_at),
        "share_bps": BPS,
        "click_at": clicked_at,
        "click_age_seconds": int((order.placed_at - clicked_at).total_seconds()),
        "sub_id": link.sub_id,
        "created_at": NOW,
    }
    return Credit.objects.create(affiliate=affiliate, order=order, **{**fields, **overrides})


def make_staff_code(code: str = "STAFF-*", **overrides: Any) -> StaffCode:
    """A code of the staff's discount, since long ago."""
    shop = overrides.pop("shop", None) or make_shop()
    return StaffCode.objects.create(code=code, shop=shop, valid_from=LONG_AGO, **overrides)


# --- fraud -------------------------------------------------------------------------


def make_screening(credit: Credit | None = None, **overrides: Any) -> Screening:
    """A screening that found nothing."""
    fields = {"decision": Decision.CLEAR, "screened_at": NOW, **overrides}
    return Screening.objects.create(credit=credit or make_credit(), **fields)


def make_case(screening: Screening | None = None, **overrides: Any) -> Case:
    """Make a case that holds the credit of ``screening``."""
    screening = screening or make_screening(decision=Decision.HOLD)
    fields = {
        "family": Family.IDENTITY,
        "severity": Severity.HOLD,
        "opened_at": NOW,
        "last_seen_at": NOW,
        "status_changed_at": NOW,
        **overrides,
    }
    case = Case.objects.create(affiliate=screening.credit.affiliate, **fields)
    ruling = {"confirmed": Ruling.REFUSED, "dismissed": Ruling.CLEARED}.get(case.status)
    ruled = {"ruling": ruling, "ruled_at": NOW, "ruled_by": case.decided_by} if ruling else {}
    CaseCredit.objects.create(case=case, credit=screening.credit, added_at=NOW, **ruled)
    return case
