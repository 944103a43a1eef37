"""Orders that the module and the webservice must tell alike."""

from __future__ import annotations

from tests.shop.connectors.prestashop.bodies import ORDER, in_state, line, order, rule, slip


def _with_prefix(body):
    body["address"] = {**body["address"], "call_prefix": "33"}  # The module reads it beside.
    return body


CASES = {
    name: _with_prefix(body)
    for name, body in {
        "plain": order(),
        "two rules": order(cart_rules=[rule(2, "5", "6"), rule(1, "5.01", "6.01", code="B")]),
        "free shipping": order(cart_rules=[rule(1, "20.13", "24.16", free=True, code="FREE")]),
        "more than all": order(cart_rules=[rule(1, "900", "1080")]),
        "a full line": order(cart_rules=[rule(1, "151.32", "181.59"), rule(2, "3", "3.6")]),
        "thirds": order(
            lines=[line(n, f"S{n}", 1, "33.335000", "40.002000", "1.005") for n in (1, 2, 3)],
            cart_rules=[rule(1, "10.000000", "12.000000")],
        ),
        "deleted rule": order(cart_rules=[rule(1, "15.13", "18.16", deleted=True)]),
        "dollars": order(
            currency="USD",
            order={"conversion_rate": "1.137000"},
            slips=[slip(4, (501, 1, "36.0"))],
        ),
        "slips": order(
            slips=[
                slip(5, (501, 2, "60.00"), shipping="5.000000", at="2026-10-25 02:30:00"),
                slip(4, (501, 1, "36.00"), (502, 1, "31.32"), at="2026-03-29 02:30:00"),
                slip(6, products="12.500000"),
                slip(7, (501, 0, "3"), (999, 1, "12")),
                slip(8),
            ]
        ),
        "little money": order(slips=[slip(4, (501, 1, "10.000000"), (502, 1, "0.000000"))]),
        "unpaid": in_state("1"),
        "refused": in_state("8"),
        "cancelled": in_state("6", ("2", "2026-06-15 14:31:00")),
        "refunded": in_state("7"),
        "refunded by slip": in_state("7", slips=[slip(4, (502, 1, "31.32"))]),
        "delivered": in_state("5", ("5", "2026-06-17 08:00:00")),
        "edited": order(
            lines=[line(501, "DRESS-M", 1, "40", "48"), line(502, "BELT", 0, "0", "0")]
        ),
        "wrapped": order(
            order={"total_wrapping_tax_excl": "2.500000", "total_wrapping_tax_incl": "3.000000"}
        ),
        "pick-up": order(carrier="Mondial Relay - Point Relais"),
        "guest": order(
            customer={"email": "ANNA@example.org", "is_guest": "1", "first_order": "70"}
        ),
        "known customer": order(
            customer={"email": "anna@example.org", "is_guest": "0", "first_order": "3"}
        ),
        "abroad": order(
            address={"address1": "Straße 3, 2. Stöck №4", "postcode": "D-10115",
                     "phone": "+49 30 1234567", "phone_mobile": "", "country": "DE"}),
        "nobody": order(customer={}, address={}, references=[], order={"id_customer": "0"}),
        "winter": order(
            order={"date_add": "2026-10-25 02:59:59", "date_upd": "2026-10-25 03:00:00"}
        ),
    }.items()
}  # fmt: skip
assert "call_prefix" not in ORDER["address"]
