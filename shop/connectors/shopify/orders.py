"""An order of Shopify as it is now, from a webhook's body or the API's (rules SH1 to SH19)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.wording import Said
from shop.connectors.body import MOST_MINOR, click_tokens
from shop.connectors.contract import Context, UnreadableBody
from shop.connectors.people import Person, person
from shop.connectors.shopify.body import Part
from shop.connectors.shopify.choices import Choices
from shop.connectors.shopify.refunds import Refund, shipping_line_id
from shop.domain import remarks
from shop.domain.canonical import CanonicalLine, CanonicalOrder, CanonicalReturn
from shop.domain.states import OrderState

OUR_KEY = "ap_ref"
_UNPAID = frozenset({"pending", "authorized", "partially_paid", "expired"})
_POS = "pos"


def state(order: Part, context: Context) -> OrderState:
    """Translate an order with all its refunds.

    :raises UnreadableBody: when it is not as Shopify documents it.
    """
    view = _Order(order, context, Choices.of(context.options))
    lines = tuple(view.lines())
    returns = tuple(view.returns(lines))
    said = CanonicalOrder(
        external_id=view.external_id,
        number=order.text("name", 64) or view.external_id,
        placed_at=order.optional_moment("processed_at") or order.moment("created_at"),
        updated_at=order.moment("updated_at"),
        currency=view.currency,
        lines=lines,
        is_test=order.flag("test"),
        cancelled_at=view.cancelled_at(),
        **view.customer(),
        store=_POS if view.is_in_store else "",
        codes=view.codes()[0],
        click_tokens=view.click_tokens(),
        delivered_at=view.delivered_at(),
        presentment_currency=view.shown if view.shown != view.currency else "",
        awaits_payment=view.status in _UNPAID,
        remarks=tuple(sorted(view.remarks(lines))),
    )
    return OrderState(order=said, removed=view.removed(), returns=returns)


@dataclass(frozen=True, slots=True)
class _Order:
    body: Part
    context: Context
    choices: Choices

    @property
    def external_id(self) -> str:
        return self.body.id()

    @property
    def currency(self) -> str:
        return self.body.currency("currency")

    @property
    def shown(self) -> str:
        """The currency that the customer saw."""
        return self.body.text("presentment_currency", 3) or self.currency

    @property
    def status(self) -> str:
        return self.body.text("financial_status")

    @property
    def is_in_store(self) -> bool:
        return self.body.text("source_name") == _POS

    def cancelled_at(self) -> datetime | None:
        """A payment that was voided before it was taken ends the order too. Rule SH7."""
        found = self.body.optional_moment("cancelled_at")
        if found is None and self.status == "voided":
            return self.body.moment("updated_at")
        return found

    def lines(self) -> Iterator[CanonicalLine]:
        """Yield goods, then shipping. Rules SH1, SH2, SH5 and SH16."""
        for line in self.body.parts("line_items"):
            if quantity := line.pieces("quantity"):
                yield self._line(line, line.id(), self._kind(line), quantity)
        for line in self.body.parts("shipping_lines"):
            yield self._line(line, shipping_line_id(line), "shipping", 1)

    def returns(self, lines: Sequence[CanonicalLine]) -> Iterator[CanonicalReturn]:
        """Yield what each refund gave back: goods, shipping and money apart. Rule SH21."""
        typical = _typical(lines)
        net = typical.net_minor if typical else 0
        gross = net + typical.tax_minor if typical else 0
        for refund in self.refunds():
            told = refund.goods(), refund.shipping(), refund.money(net_minor=net, gross_minor=gross)
            yield from filter(None, told)

    def refunds(self) -> Iterator[Refund]:
        for body in self.body.parts("refunds"):
            yield Refund(body, self.external_id, self.currency)

    def removed(self) -> dict[str, int]:
        """Return the units that an edit took out: gone, and in no refund. Rule SH22."""
        refunded: Counter[str] = Counter()
        for refund in self.refunds():
            refunded.update(refund.units())
        found = {}
        for line in self.body.parts("line_items"):
            if line.found.get("current_quantity") is None:
                continue
            gone = line.pieces("quantity") - line.pieces("current_quantity") - refunded[line.id()]
            if gone > 0:
                found[line.id()] = gone
        for line in self.body.parts("shipping_lines"):
            if line.flag("is_removed"):
                found[shipping_line_id(line)] = 1
        return found

    def codes(self) -> tuple[tuple[str, ...], bool]:
        """Return the promo codes, and whether a discount by hand was named like one. Rule SH8."""
        entered, by_hand = set(), set()
        for one in self.body.parts("discount_applications"):
            if one.text("type") == "discount_code":
                entered.add(one.text("code", 64).lower())
            elif one.text("type") == "manual":
                by_hand |= {one.text("title", 64).lower(), one.text("description", 64).lower()}
        told = [one.text("code", 64) for one in self.body.parts("discount_codes")]
        manual = {code for code in told if code.lower() in by_hand - entered}
        codes = dict.fromkeys(code for code in told if code and code not in manual)
        return tuple(codes), bool(manual)

    def click_tokens(self) -> tuple[str, ...]:
        """Return our own references; every other attribute stays here. Rules SH14, SH15, SH19."""
        if self.is_in_store:
            return ()
        ours = (one for one in self.body.parts("note_attributes") if one.text("name") == OUR_KEY)
        return click_tokens(one.found.get("value") for one in ours)

    def customer(self) -> Person:
        to, billing = self.body.part("shipping_address"), self.body.part("billing_address")
        picked_up = self.is_in_store or any(
            "pick" in line.text("delivery_category").lower()
            for line in self.body.parts("shipping_lines")
        )
        return person(
            shop_code=self.context.shop_code,
            customer_id=self.body.part("customer").optional_id("id"),
            email=self.body.text("email"),
            phone=self.body.text("phone") or to.text("phone"),
            street="" if picked_up else to.text("address1"),
            postcode=to.text("zip"),
            country=to.text("country_code") or billing.text("country_code"),
        )

    def delivered_at(self) -> datetime | None:
        """Return when the last parcel arrived, if all is sent and all arrived. Rule SH23."""
        parcels = [
            one for one in self.body.parts("fulfillments") if one.text("status") == "success"
        ]
        arrived = all(one.text("shipment_status") == "delivered" for one in parcels)
        if self.body.text("fulfillment_status") != "fulfilled" or not parcels or not arrived:
            return None
        return max(one.moment("updated_at") for one in parcels)

    def remarks(self, lines: Sequence[CanonicalLine]) -> set[str]:
        """Return what a person should know. Rules SH6, SH8, SH11, SH12, SH19 and SH21."""
        found = set()
        worth = {line.external_id: line.net_minor for line in lines}
        shipping = sum(line.net_minor + line.tax_minor for line in lines if line.kind == "shipping")
        for refund in self.refunds():
            if refund.given_minor():
                found.add(remarks.AMOUNT_ONLY)
            if any(worth.get(line, 0) > 0 for line in refund.unclear_lines()):
                found.add(remarks.UNCLEAR_RETURN)
            if refund.unexplained_minor() > shipping:
                found.add(remarks.UNCLEAR_RETURN)
        if self.codes()[1]:
            found.add(remarks.MANUAL_CODE)
        if self.status == "paid" and (
            (self.body.optional_minor("total_outstanding", self.currency) or 0) > 0
        ):
            found.add(remarks.OUTSTANDING)
        if any(self._is_custom(line) and self._kind(line) == "product" for line in
               self.body.parts("line_items")):  # fmt: skip
            found.add(remarks.CUSTOM_LINE)
        if self.is_in_store:
            found.add(remarks.STORE)
        return found

    def _kind(self, line: Part) -> str:
        if line.flag("gift_card"):
            return "gift_card"
        if line.text("sku", 64) in self.choices.fee_skus or self._is_tip(line):
            return "fee"
        return "product"

    def _is_custom(self, line: Part) -> bool:
        return not line.text("sku") and not line.optional_id("variant_id")

    def _is_tip(self, line: Part) -> bool:
        """A tip is a line of its own like any other; only its amount gives it away. Rule SH16."""
        tip = self.body.optional_minor("total_tip_received", self.currency) or 0
        return (
            tip > 0
            and self._is_custom(line)
            and line.pieces("quantity") == 1
            and line.minor("price", self.currency) == tip
        )

    def _line(self, line: Part, external_id: str, kind: str, quantity: int) -> CanonicalLine:
        gross = line.minor("price", self.currency) * quantity
        discount = sum(
            one.minor("amount", self.currency) for one in line.parts("discount_allocations")
        )
        tax = sum(one.minor("price", self.currency) for one in line.parts("tax_lines"))
        net = gross - discount - (tax if self.body.flag("taxes_included") else 0)
        if max(abs(gross), abs(discount), abs(tax)) > MOST_MINOR:
            raise UnreadableBody(
                Said("At %(place)s: this is more than any line costs.", place=line.place)
            )
        return CanonicalLine(
            external_id=external_id,
            kind=kind,
            sku=line.text("sku", 64) if kind != "shipping" else "",
            title=line.text("name") or line.text("title"),
            quantity=quantity,
            net_minor=net,
            discount_minor=discount,
            tax_minor=tax,
            presentment_net_minor=self._shown_net(line, quantity),
        )

    def _shown_net(self, line: Part, quantity: int) -> int | None:
        """Return what the customer saw, where that was another currency. Rule SH17."""
        if self.shown == self.currency:
            return None
        price = self._seen(line.part("price_set"))
        less = [self._seen(one.part("amount_set")) for one in line.parts("discount_allocations")]
        if self.body.flag("taxes_included"):
            less += [self._seen(one.part("price_set")) for one in line.parts("tax_lines")]
        if price is None or None in less:
            return None
        return price * quantity - sum(filter(None, less))

    def _seen(self, money_set: Part) -> int | None:
        return money_set.part("presentment_money").optional_minor("amount", self.shown)


def _typical(lines: Sequence[CanonicalLine]) -> CanonicalLine | None:
    """Return the line whose taxes stand for those of money without goods: the oldest of goods.

    Lines that edits add have higher ids, so that no later body tells another amount.
    """
    worth = [line for line in lines if line.net_minor > 0]
    goods = [line for line in worth if line.kind == "product"]
    others = [line for line in worth if line.kind != "gift_card"]
    return min(
        goods or others or worth,
        key=lambda line: (len(line.external_id), line.external_id),
        default=None,
    )
