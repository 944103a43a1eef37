"""All that the webservice says about some orders: one body per order, no more than is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from shop.connectors.prestashop.webservice import Found, Resources, by_id, some, text

ORDER_FIELDS = (
    "[id,reference,id_customer,id_address_delivery,id_carrier,id_currency,current_state,"
    "conversion_rate,total_shipping_tax_excl,total_shipping_tax_incl,total_wrapping_tax_excl,"
    "total_wrapping_tax_incl,total_paid_tax_excl,date_add,date_upd]"
)
_ORDER = ("id", "reference", "id_customer", "current_state", "conversion_rate",
          "total_shipping_tax_excl", "total_shipping_tax_incl", "total_wrapping_tax_excl",
          "total_wrapping_tax_incl", "total_paid_tax_excl", "date_add", "date_upd")  # fmt: skip
_LINE = ("id", "product_id", "product_reference", "product_name", "product_quantity",
         "total_price_tax_excl", "total_price_tax_incl", "original_wholesale_price",
         "purchase_supplier_price")  # fmt: skip
_RULE = ("id", "name", "value", "value_tax_excl", "free_shipping", "deleted")
_SLIP = ("id", "date_add", "date_upd", "total_products_tax_excl", "total_shipping_tax_excl")
_DETAIL = ("id_order_detail", "product_quantity", "amount_tax_excl")
_STATE = ("id", "template", "paid", "shipped", "invoice", "logable")
_ADDRESS = ("address1", "postcode", "phone", "phone_mobile")


def order_bundles(resources: Resources, orders: Sequence[Found]) -> list[Found]:
    """Return one body per order, in their order: what ``orders.order_state`` reads."""
    if not orders:
        return []
    ids = [text(one.get("id")) for one in orders]
    beside = {
        name: _grouped(resources.of(resource, "id_order", ids, display))
        for name, resource, display in (
            ("lines", "order_details", f"[{','.join(('id_order', *_LINE))}]"),
            ("cart_rules", "order_cart_rules", "full"),
            ("slips", "order_slip", "full"),
            ("history", "order_histories", "[id,id_order,id_order_state,date_add]"),
        )
    }
    references = _grouped(resources.references(ids))
    codes = _codes(resources, beside["cart_rules"].values())
    people = _People(resources, orders)
    states = resources.all("order_states")
    found = []
    for order, order_id in zip(orders, ids, strict=True):
        history = beside["history"][order_id]
        used = {text(order.get("current_state")), *(text(one["id_order_state"]) for one in history)}
        found.append({
            "order": some(order, *_ORDER),
            "currency": people.currency(order),
            "states": [some(states[one], *_STATE) for one in sorted(used) if one in states],
            "history": [some(one, "id_order_state", "date_add") for one in history],
            "lines": [some(one, *_LINE) for one in beside["lines"][order_id]],
            "cart_rules": [
                {**some(one, *_RULE), "code": codes.get(text(one.get("id_cart_rule")), "")}
                for one in beside["cart_rules"][order_id]
            ],
            "slips": [_slip(one) for one in beside["slips"][order_id]],
            "customer": people.customer(order),
            "address": people.address(order),
            "carrier": people.carrier(order),
            "references": [text(one.get("ap_ref")) for one in references[order_id]],
        })  # fmt: skip
    return found


class _People:
    """Who bought the orders of a page, where it goes and how: looked up together."""

    def __init__(self, resources: Resources, orders: Sequence[Found]) -> None:
        def ids(name: str) -> set[str]:
            return {text(one.get(name)) for one in orders}

        customers = resources.of("customers", "id", ids("id_customer"), "[id,email,is_guest]")
        self._customers = by_id(customers)
        members = [text(one["id"]) for one in customers if text(one.get("is_guest")) != "1"]
        self._first: dict[str, str] = {}
        for row in resources.of("orders", "id_customer", members, "[id,id_customer]"):
            customer, order = text(row.get("id_customer")), text(row.get("id"))
            self._first[customer] = min(self._first.get(customer, order), order, key=int)
        self._addresses = by_id(resources.of(
            "addresses", "id", ids("id_address_delivery"),
            f"[{','.join(('id', *_ADDRESS))},id_country]",
        ))  # fmt: skip
        self._carriers = by_id(resources.of("carriers", "id", ids("id_carrier"), "[id,name]"))
        self._countries = resources.all("countries", "[id,iso_code]")
        self._currencies = resources.all("currencies", "[id,iso_code,conversion_rate]")

    def customer(self, order: Found) -> Found:
        customer_id = text(order.get("id_customer"))
        found = some(self._customers.get(customer_id, {}), "email", "is_guest")
        return {**found, "first_order": self._first.get(customer_id, "")}

    def address(self, order: Found) -> Found:
        row = self._addresses.get(text(order.get("id_address_delivery")), {})
        country = self._countries.get(text(row.get("id_country")), {})
        return {**some(row, *_ADDRESS), "country": text(country.get("iso_code"))}

    def carrier(self, order: Found) -> str:
        return text(self._carriers.get(text(order.get("id_carrier")), {}).get("name"))

    def currency(self, order: Found) -> str:
        return text(self._currencies.get(text(order.get("id_currency")), {}).get("iso_code"))


def _grouped(rows: Iterable[Found]) -> defaultdict[str, list[Found]]:
    groups: defaultdict[str, list[Found]] = defaultdict(list)
    for row in rows:
        groups[text(row.get("id_order"))].append(row)
    return groups


def _codes(resources: Resources, rules: Iterable[Sequence[Found]]) -> Mapping[str, str]:
    """The code stands at the cart's rule, not at the order's; a rule that was deleted has none."""
    ids = {text(one.get("id_cart_rule")) for some_rules in rules for one in some_rules}
    return {
        text(one.get("id")): text(one.get("code"))
        for one in resources.of("cart_rules", "id", ids, "[id,code]")
    }


def _slip(row: Found) -> Found:
    beside = row.get("associations")
    details = beside.get("order_slip_details", []) if isinstance(beside, dict) else []
    return {**some(row, *_SLIP), "details": [some(one, *_DETAIL) for one in details]}
