"""What the demo's customers buy and send back, in the words that the shop's services take."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate, count

from core.hashing import email_digest, email_key, keyed_hash
from demo import catalogue
from demo.shop.pricing import BasketLine, Quote, quote, without_vat
from shop.domain.canonical import (
    CanonicalLine,
    CanonicalOrder,
    CanonicalReturn,
    CanonicalReturnLine,
)
from shop.models import LineKind, ReturnReason

FIRST_NUMBER = 10_001
CUSTOMERS = 620
COUNTRIES, COUNTRY_WEIGHTS = ("FR", "BE", "CH", "LU"), (88, 7, 3, 2)
PIECES, PIECE_WEIGHTS = (1, 2, 3, 4), (52, 30, 13, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody who buys: an account in the shop and an e-mail address."""

    account: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What an order carries that may lead to an affiliate."""

    tokens: tuple[str, ...] = ()
    code: str = ""
    discount_bps: int = 0
    store: str = ""


class Customers:
    """Makes orders and returns, the same ones for the same seed."""

    def __init__(self, chance: random.Random, shop_code: str, *, times: int = 1) -> None:
        self._chance = chance
        self._shop_code = shop_code
        self._numbers = count(FIRST_NUMBER)
        self._customers = times * CUSTOMERS
        self._known: set[str] = set()
        products = [one for one in catalogue.products() if one.sku != catalogue.WITHOUT_COST]
        self._products = products
        popularity = (1 + chance.paretovariate(1.4) for _product in products)
        self._popularity = list(accumulate(popularity))

    def anybody(self) -> Customer:
        """Return one of the shop's customers; some come back more often than others."""
        number = int(self._customers * self._chance.random() ** 1.5)
        return Customer(account=f"c{number}", email=f"cliente{number}@courriel.example")

    def order(
        self,
        placed_at: datetime,
        trail: Trail,
        *,
        by: Customer | None = None,
        skus: Sequence[str] = (),
        is_test: bool = False,
    ) -> CanonicalOrder:
        """Return an order of some products (``skus`` if given), priced as the shop prices it."""
        customer = by or self.anybody()
        priced = quote(self._basket(skus), code=trail.code, discount_bps=trail.discount_bps)
        number = next(self._numbers)
        is_new = customer.account not in self._known
        self._known.add(customer.account)
        return CanonicalOrder(
            external_id=str(number),
            number=f"ML-{number}",
            placed_at=placed_at,
            updated_at=placed_at,
            currency=catalogue.CURRENCY,
            lines=_lines(priced),
            is_test=is_test,
            customer_ref=keyed_hash("customer", f"{self._shop_code}:{customer.account}"),
            email_key=email_key(email_digest(customer.email)),
            is_new_customer=is_new,
            country=self._chance.choices(COUNTRIES, COUNTRY_WEIGHTS)[0],
            store=trail.store,
            codes=(trail.code,) if trail.code else (),
            click_tokens=trail.tokens,
        )

    def return_of(self, order: CanonicalOrder, at: datetime) -> CanonicalReturn:
        """Return a return of one line, or of everything, of ``order``."""
        goods = [line for line in order.lines if line.kind == LineKind.PRODUCT]
        if self._chance.random() < 0.6:
            goods = [self._chance.choice(goods)]
        return whole_lines_back(order.external_id, goods, at)

    def _basket(self, skus: Sequence[str]) -> list[BasketLine]:
        if skus:
            wanted = [catalogue.by_sku()[sku] for sku in skus]
        else:
            pieces = self._chance.choices(PIECES, PIECE_WEIGHTS)[0]
            wanted = self._chance.choices(self._products, cum_weights=self._popularity, k=pieces)
        basket: dict[str, BasketLine] = {}
        for product in wanted:
            known = basket.get(product.sku)
            size = known.size if known else self._chance.choice(product.sizes)
            basket[product.sku] = BasketLine(product, size, known.quantity + 1 if known else 1)
        return list(basket.values())


def whole_lines_back(
    order_id: str, lines: Sequence[CanonicalLine], at: datetime
) -> CanonicalReturn:
    """Return a return of all pieces of ``lines``."""
    return CanonicalReturn(
        external_id=f"R-{order_id}-{at:%Y%m%d}",
        order_external_id=order_id,
        reason=ReturnReason.RETURN,
        returned_at=at,
        lines=tuple(
            CanonicalReturnLine(
                external_id=f"back-{line.external_id}",
                line_external_id=line.external_id,
                sku=line.sku,
                quantity=line.quantity,
                net_minor=line.net_minor,
            )
            for line in lines
        ),
    )


def money_back(order_id: str, net_minor: int, at: datetime) -> CanonicalReturn:
    """Return a refund of ``net_minor`` for a whole order of which nothing comes back."""
    line = CanonicalReturnLine(
        external_id="money", line_external_id="", sku="", quantity=0, net_minor=net_minor
    )
    return CanonicalReturn(
        external_id=f"M-{order_id}-{at:%Y%m%d}",
        order_external_id=order_id,
        reason=ReturnReason.RETURN,
        returned_at=at,
        lines=(line,),
    )


def cancelled(order: CanonicalOrder, after: timedelta) -> CanonicalOrder:
    """Return the same order, cancelled ``after`` it was placed."""
    at = order.placed_at + after
    return replace(order, cancelled_at=at, updated_at=at)


def _lines(priced: Quote) -> tuple[CanonicalLine, ...]:
    lines = [
        CanonicalLine(
            external_id=str(number),
            kind=LineKind.PRODUCT,
            sku=one.line.product.sku,
            title=f"{one.line.product.name} ({one.line.size})",
            quantity=one.line.quantity,
            net_minor=one.net_minor,
            discount_minor=one.discount_minor,
            tax_minor=one.tax_minor,
        )
        for number, one in enumerate(priced.lines, 1)
    ]
    if priced.shipping_minor:
        net = without_vat(priced.shipping_minor)
        lines.append(
            CanonicalLine(
                external_id="shipping",
                kind=LineKind.SHIPPING,
                sku="",
                title="Livraison",
                quantity=1,
                net_minor=net,
                tax_minor=priced.shipping_minor - net,
            )
        )
    return tuple(lines)
