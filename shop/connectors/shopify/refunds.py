"""A refund of Shopify: goods by their quantities, shipping, and money that no goods explain.

The same refund comes in ``refunds/create``, inside every later body of its order, and from the
API. Each of its parts is a return of its own id and made only of what all of them say alike, so
that whichever comes first, the others repeat it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from core.money import ratio
from shop.connectors.shopify.body import Part
from shop.domain.canonical import CanonicalReturn, CanonicalReturnLine

_NO_RESTOCK, _CANCEL = "no_restock", "cancel"
_SHIPPING = "shipping_refund"
#: Adjustments that balance money still on its way, or returns already told: no new money.
_BALANCING = frozenset({"pending refund discrepancy", "full return balancing adjustment"})


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund of a body. ``currency`` is the shop's."""

    body: Part
    order_external_id: str
    currency: str

    @property
    def external_id(self) -> str:
        return self.body.id()

    def goods(self) -> CanonicalReturn | None:
        """Return the goods that came back; None without any. Rules SH3, SH4, SH6 and SH11."""
        lines = tuple(
            CanonicalReturnLine(
                external_id=line.optional_id("id") or line.id("line_item_id"),
                line_external_id=line.id("line_item_id"),
                sku="",  # The line is named; a SKU would only be one more thing to differ.
                quantity=line.pieces("quantity"),
                net_minor=max(self._subtotal(line), 0),
            )
            for line in self.body.parts("refund_line_items")
            if line.pieces("quantity") and not self._is_unclear(line)
        )
        kinds = {line.text("restock_type") for line in self.body.parts("refund_line_items")}
        return self._return("", "cancellation" if kinds == {_CANCEL} else "return", lines)

    def shipping(self) -> CanonicalReturn | None:
        """Return what was given back of shipping lines; None without any. Rule SH10."""
        lines = []
        for line in self.body.parts("refund_shipping_lines"):
            place = shipping_line_id(line.part("shipping_line"))
            given = line.part("subtotal_amount_set").part("shop_money")
            minor = given.optional_minor("amount", self.currency) or 0
            if minor > 0:
                lines.append(
                    CanonicalReturnLine(
                        external_id=line.optional_id("id") or place,
                        line_external_id=place,
                        sku="",
                        quantity=0,
                        net_minor=minor,
                    )
                )
        return self._return(":shipping", "return", tuple(lines))

    def money(self, *, net_minor: int, gross_minor: int) -> CanonicalReturn | None:
        """Return the money that no goods explain, without VAT as in the order; None without any.

        ``net_minor`` of ``gross_minor``: a line of the order without and with tax. Rule SH21.
        """
        given = self.given_minor()
        net = ratio(given * net_minor, gross_minor) if gross_minor > 0 else 0
        if net < 1:
            return None
        line = CanonicalReturnLine(
            external_id="money", line_external_id="", sku="", quantity=0, net_minor=net
        )
        return self._return(":money", "return", (line,))

    def given_minor(self) -> int:
        """Return the money with tax, in minor units, that was given beyond goods and shipping."""
        given = sum(
            -self._adjusted(one)
            for one in self.body.parts("order_adjustments")
            if one.text("kind") != _SHIPPING and _words(one.text("reason")) not in _BALANCING
        )
        return max(given, 0)

    def units(self) -> Counter[str]:
        """Return the units that the refund names, by line, whether they count as back or not."""
        found: Counter[str] = Counter()
        for line in self.body.parts("refund_line_items"):
            found[line.id("line_item_id")] += line.pieces("quantity")
        return found

    def unclear_lines(self) -> set[str]:
        """Return the lines of which nobody says whether they came back. Rule SH11."""
        return {
            line.id("line_item_id")
            for line in self.body.parts("refund_line_items")
            if line.pieces("quantity") and self._is_unclear(line)
        }

    def unexplained_minor(self) -> int:
        """Return the money paid back by a refund that names neither goods nor shipping nor a sum.

        In minor units, with tax; 0 for a refund that says what it is for.
        """
        names_shipping = self.body.parts("refund_shipping_lines") or any(
            one.text("kind") == _SHIPPING for one in self.body.parts("order_adjustments")
        )
        if self.goods() or names_shipping or self.given_minor():
            return 0
        return sum(
            paid.minor("amount", self.currency)
            for paid in self.body.parts("transactions")
            if paid.text("kind") == "refund" and paid.text("status") == "success"
        )

    def _return(
        self, suffix: str, reason: str, lines: tuple[CanonicalReturnLine, ...]
    ) -> CanonicalReturn | None:
        if not lines:
            return None
        return CanonicalReturn(
            external_id=f"{self.external_id}{suffix}",
            order_external_id=self.order_external_id,
            reason=reason,
            returned_at=self._at(),
            lines=lines,
        )

    def _at(self) -> datetime:
        return self.body.moment("created_at")

    def _subtotal(self, line: Part) -> int:
        """The subtotal comes as a number beside amounts that are texts. Rule SH3."""
        exact = line.part("subtotal_set").part("shop_money")
        found = exact.optional_minor("amount", self.currency)
        if found is None:
            found = line.optional_minor("subtotal", self.currency)
        return found or 0

    def _is_unclear(self, line: Part) -> bool:
        return line.text("restock_type") == _NO_RESTOCK and self._subtotal(line) <= 0

    def _adjusted(self, one: Part) -> int:
        exact = one.part("amount_set").part("shop_money")
        found = exact.optional_minor("amount", self.currency)
        return one.minor("amount", self.currency) if found is None else found


def shipping_line_id(line: Part) -> str:
    """Return the id of a shipping line among an order's lines: its own might be a product's."""
    return f"shipping-{line.id()}"


def _words(reason: str) -> str:
    return reason.lower().replace("_", " ")
