"""What credits would earn: facts gathered in bulk, then the pure rules. Nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from affiliates.domain.rule_choice import LineFacts
from affiliates.domain.terms import CONTRACTED, Pays, TermsRules
from affiliates.domain.terms_document import read_rules
from affiliates.models import Affiliate, Terms
from payouts.among import among
from payouts.bands import Held, bands_of, held_at
from payouts.domain.commission import PRODUCT, Deal, Earned, Line
from payouts.domain.holds import hold_days, hold_until
from payouts.domain.order_commission import earn_order
from payouts.domain.tariffs import Tariff, rate_step
from payouts.line_facts import line_facts
from payouts.models import CommissionLine
from payouts.standing import Standings
from shop.domain.margin import order_cost, share_order_cost
from shop.models import Order, OrderLine, Product, Shop
from tracking.models import Credit


@dataclass(frozen=True, slots=True)
class Priced:
    """An order line and what the rules may know of it."""

    order_line: OrderLine
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What terms say of pay: of a row, or of a draft that is no row yet."""

    terms_id: int
    version: int
    basis: str
    rate_bps: int
    hold_days: int
    rules: TermsRules
    currency: str = ""  # Of the amounts in its rules; empty: that of every order.

    @classmethod
    def of(cls, terms: Terms) -> Agreed:
        """Return what a row says.

        :raises TermsRefused: if its rules cannot be read.
        """
        return cls(
            terms_id=terms.pk or 0,
            version=terms.version,
            basis=terms.basis,
            rate_bps=terms.rate_bps,
            hold_days=terms.hold_days,
            rules=read_rules(terms.rules),
            currency=terms.currency,
        )

    def rules_in(self, currency: str) -> TermsRules:
        """Return the rules that hold for an order in ``currency``.

        An amount says nothing of orders in another currency: what pays or asks for one takes
        none of their lines, and caps do not limit them. Rule T1.
        """
        if self.currency in ("", currency):
            return self.rules
        kept = [
            replace(rule, cap_minor=None)
            for rule in self.rules.rules
            if rule.pays != Pays.FLAT and rule.when.order_minor is None
        ]
        return replace(self.rules, rules=tuple(kept), order_cap_minor=None, month_cap_minor=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditFacts:
    """A credit as the rules see it: of a row, or one that somebody only thinks of.

    ``order`` comes with its shop. ``tier_bps``: the base rate of the tier that was reached before
    the order; ``factor_bps``: the measured factor in force then.
    """

    order: Order
    affiliate: Affiliate
    agreed: Agreed
    share_bps: int
    role: str
    surface: str
    tier_bps: int | None = None
    factor_bps: int | None = None

    @property
    def classes(self) -> frozenset[str]:
        """What rules call its affiliate: its kind, and whether it is under contract."""
        kind = self.affiliate.kind
        return frozenset((kind, CONTRACTED) if self.affiliate.is_contracted else (kind,))


@dataclass(frozen=True, slots=True)
class DraftLine(Priced):
    """An order line with what it would earn."""

    earned: Earned


@dataclass(frozen=True, slots=True)
class Draft:
    """What a credit would earn, before the caps of a month and before budgets."""

    credit: CreditFacts
    lines: Sequence[DraftLine]
    hold_days: int

    @property
    def hold_until(self) -> datetime:
        """The moment at which its hold ends, as far as is known now."""
        order, rules = self.credit.order, self.credit.agreed.rules
        return hold_until(order.placed_at, order.delivered_at, rules, days=self.hold_days)

    @property
    def amount_minor(self) -> int:
        """The sum of its lines."""
        return sum(one.earned.amount_minor for one in self.lines)

    @property
    def month_cap_minor(self) -> int | None:
        """The cap of its terms for all orders of the month, in the order's currency."""
        return self.credit.agreed.rules_in(self.credit.order.currency).month_cap_minor


def credit_facts(credits: Sequence[Credit]) -> list[CreditFacts]:
    """Return credits as the rules see them, with tier and factor, in at most two queries.

    They come with their order, its shop, their affiliate and their terms.
    """
    agreed: dict[int, Agreed] = {}
    for credit in credits:
        if credit.terms_id not in agreed:
            agreed[credit.terms_id] = Agreed.of(credit.terms)
    return with_standing(
        [
            CreditFacts(
                order=credit.order,
                affiliate=credit.affiliate,
                agreed=agreed[credit.terms_id],
                share_bps=credit.share_bps,
                role=credit.role,
                surface=credit.surface,
            )
            for credit in credits
        ]
    )


def with_standing(credits: Sequence[CreditFacts]) -> list[CreditFacts]:
    """Return the credits with the tier that their affiliate had reached, and its factor, then."""
    rules = {id(one.agreed): one.agreed.rules for one in credits}
    tiered = {key for key, said in rules.items() if said.tiers}
    scaled = {key for key, said in rules.items() if said.is_scaled}
    standings = Standings(
        tiers_of=[
            (one.affiliate.pk, one.agreed.terms_id) for one in credits if id(one.agreed) in tiered
        ],
        factors_of=[one.affiliate.pk for one in credits if id(one.agreed) in scaled],
    )
    asking = tiered | scaled
    return [_standing(one, standings) if id(one.agreed) in asking else one for one in credits]


def _standing(one: CreditFacts, standings: Standings) -> CreditFacts:
    tier = standings.tier_bps(one.affiliate.pk, one.agreed.terms_id, one.order.placed_at)
    factor = standings.factor_bps(one.affiliate.pk, one.order.placed_at)
    if (tier, factor) == (one.tier_bps, one.factor_bps):
        return one
    return replace(one, tier_bps=tier, factor_bps=factor)


def price_credits(credits: Sequence[CreditFacts]) -> list[Draft]:
    """Return what each credit would earn, in the same order. Nothing is written.

    A fixed number of queries however many they are: three or four, and three more when the terms
    of any of them ask for facts.

    :raises RateOutOfRange: if a rate or share is not between 0 and 100 %.
    """
    orders = {one.order.pk: one.order for one in credits}
    pricing = Pricing(list(orders.values()), [one.agreed for one in credits])
    return [pricing.draft(one) for one in credits]


class Pricing:
    """Prices credits of orders whose lines and facts were read at once, for all of them."""

    def __init__(self, orders: Sequence[Order], agreed: Iterable[Agreed]) -> None:
        """``agreed``: the terms of all credits that may be priced. Queries: see above."""
        self._priced = price_lines(orders)
        self._facts: Mapping[int, LineFacts] = {}
        self._lines: dict[tuple[int, int, str, str], list[Line]] = {}
        if any(one.rules.rules or one.rules.holds for one in agreed):
            lines = {pk: [item.order_line for item in found] for pk, found in self._priced.items()}
            self._facts = line_facts(lines, orders)

    def lines(self, order_id: int) -> Sequence[Priced]:
        """Return the lines of an order, without what is of a credit."""
        return self._priced[order_id]

    def draft(self, credit: CreditFacts) -> Draft:
        """Return what a credit of one of the orders would earn.

        :raises RateOutOfRange: if its rate or share is not between 0 and 100 %.
        """
        order, agreed = credit.order, credit.agreed
        priced = self._priced[order.pk]
        lines = self._lines_of(credit, priced)
        earned = earn_order(lines, deal_of(credit), currency=order.currency)
        days = hold_days(
            self._categories(priced) if agreed.rules.holds else (),
            agreed.rules,
            days=agreed.hold_days,
            is_trusted=credit.affiliate.is_trusted,
        )
        drafted = [
            DraftLine(item.order_line, line, one)
            for item, line, one in zip(priced, lines, earned, strict=True)
        ]
        return Draft(credit, drafted, days)

    def _lines_of(self, credit: CreditFacts, priced: Sequence[Priced]) -> list[Line]:
        """Return the lines with the facts that rules ask for: once for all terms of a credit."""
        if not credit.agreed.rules.rules:
            return [item.line for item in priced]
        key = credit.order.pk, credit.affiliate.pk, credit.role, credit.surface
        if key not in self._lines:
            self._lines[key] = [
                item.line.with_facts(of_credit(self._facts[item.order_line.pk], credit))
                for item in priced
            ]
        return self._lines[key]

    def _categories(self, priced: Sequence[Priced]) -> list[str]:
        goods = [item for item in priced if item.line.kind == PRODUCT]
        return [self._facts[item.order_line.pk].category for item in goods]


def deal_of(credit: CreditFacts) -> Deal:
    """Return what applies to a credit."""
    agreed = credit.agreed
    return Deal(
        basis=agreed.basis,
        rate_bps=agreed.rate_bps,
        share_bps=credit.share_bps,
        terms_id=agreed.terms_id,
        terms_version=agreed.version,
        is_test=credit.order.is_test,
        rules=agreed.rules_in(credit.order.currency),
        tier_bps=credit.tier_bps,
        factor_bps=credit.factor_bps,
    )


def of_credit(facts: LineFacts, credit: CreditFacts) -> LineFacts:
    """Return the facts of a line with those of the credit: classes, role and surface."""
    return LineFacts(
        category=facts.category,
        brand=facts.brand,
        collections=facts.collections,
        sku=facts.sku,
        customer=facts.customer,
        classes=credit.classes,
        role=credit.role,
        codes=facts.codes,
        surface=credit.surface,
        discount_bps=facts.discount_bps,
        order_minor=facts.order_minor,
        placed_on=facts.placed_on,
    )


def frozen(row: CommissionLine, terms_version: int) -> Tariff:
    """Return how a line is paid, as its computation says."""
    pays = Pays(row.pays)
    named = tuple(step for step in row.steps if step["step"] in ("rule", "tier", "factor"))
    steps = (*named, rate_step(pays, row.rate, terms_version))
    return Tariff(rule=row.rule, pays=pays, rate=row.rate, steps=steps)


def price_lines(orders: Sequence[Order]) -> dict[int, list[Priced]]:
    """Return the priced lines of each order, by order id, in three queries or four."""
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    rows = OrderLine.objects.filter(among("order", [order.pk for order in orders]))
    for order_line in rows.order_by("pk"):
        lines[order_line.order_id].append(order_line)
    _name_products(orders, [line for found in lines.values() for line in found])
    product_ids = {line.product_id for found in lines.values() for line in found}
    bands = bands_of({pk for pk in product_ids if pk is not None})
    return {order.pk: _price(order, lines[order.pk], bands) for order in orders}


def _name_products(orders: Sequence[Order], lines: Sequence[OrderLine]) -> None:
    """Name the product of lines that came before the catalogue did; in memory only."""
    unnamed = [line for line in lines if line.product_id is None and line.sku]
    if not unnamed:
        return
    shop_of = {order.pk: order.shop_id for order in orders}
    products = Product.objects.filter(
        shop__in=set(shop_of.values()), sku__in={line.sku for line in unnamed}
    )
    known = {(shop, sku): pk for shop, sku, pk in products.values_list("shop", "sku", "pk")}
    for line in unnamed:
        line.product_id = known.get((shop_of[line.order_id], line.sku))


def _price(
    order: Order, order_lines: list[OrderLine], bands: Mapping[int, Sequence[Held]]
) -> list[Priced]:
    shop: Shop = order.shop
    nets = [line.net_minor if line.kind == PRODUCT else 0 for line in order_lines]
    # What an edit added comes with the parcel of the order that it was added to.
    fixed_minor = 0 if order.is_addition else shop.order_cost_minor
    cost = order_cost(sum(nets), fixed_minor=fixed_minor, bps=shop.order_cost_bps,
                      currency=order.currency)  # fmt: skip
    shares = share_order_cost(cost, nets)
    return [
        Priced(
            line,
            Line(
                kind=line.kind,
                quantity=line.quantity,
                net_minor=line.net_minor,
                order_cost_minor=share,
                unit_cost_minor=line.unit_cost_minor,
                band=held_at(bands.get(line.product_id or 0, ()), order.placed_at),
            ),
        )
        for line, share in zip(order_lines, shares, strict=True)
    ]
