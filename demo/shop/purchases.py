"""Basket, checkout, orders and returns."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from types import MappingProxyType

from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from demo.catalogue import by_sku
from demo.shop import baskets, orders, pricing
from demo.shop.visit import Visit

COUNTRIES = MappingProxyType(
    {
        "FR": "France",
        "BE": "Belgique",
        "CH": "Suisse",
        "LU": "Luxembourg",
        "DE": "Allemagne",
        "IT": "Italie",
        "ES": "Espagne",
    }
)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST_FIELD = 120


def basket(visit: Visit, *, error: str = "", typed: str = "", status: int = 200) -> Response:
    return visit.page("basket.html", status=status, quote=_quote(visit), error=error, typed=typed)


def add_to_basket(visit: Visit) -> Response:
    sku, size = visit.request.form.get("sku", ""), visit.request.form.get("taille", "")
    if sku not in by_sku():
        raise BadRequest("Cet article n’existe pas.")
    product = by_sku()[sku]
    if size not in product.sizes:
        return visit.go(f"{product.path}", notice="")
    baskets.add(visit.database, visit.visitor, sku, size)
    return visit.go("/panier", notice="ajoute")


def change_basket(visit: Visit) -> Response:
    form = visit.request.form
    quantity = form.get("quantite", 0, type=int)
    sku, size = form.get("sku", ""), form.get("taille", "")
    baskets.set_quantity(visit.database, visit.visitor, sku, size, quantity)
    return visit.go("/panier")


def enter_code(visit: Visit) -> Response:
    """Take a promo code. The shop knows its own rules and asks nobody."""
    typed = visit.request.form.get("code", "").strip()[:LONGEST_FIELD]
    code = typed.upper()
    if not code:
        baskets.set_code(visit.database, visit.visitor, "")
        return visit.go("/panier", notice="code-retire")
    if pricing.discount_of(code, visit.settings.connection().discounts) is None:
        sentence = f"Le code « {typed} » n’est pas valable ici."
        return basket(visit, error=sentence, typed=typed, status=422)
    baskets.set_code(visit.database, visit.visitor, code)
    return visit.go("/panier", notice="code")


def checkout(visit: Visit) -> Response:
    if not baskets.count(visit.database, visit.visitor):
        return visit.go("/panier")
    return _checkout_form(visit, errors={}, status=200)


def place_order(visit: Visit) -> Response:
    """Make an order of the basket, or say what is missing."""
    form = visit.request.form
    name, email = form.get("nom", "").strip(), form.get("email", "").strip().lower()
    country = form.get("pays", "")
    errors = {}
    if not 0 < len(name) <= LONGEST_FIELD:
        errors["nom"] = "Indiquez votre nom."
    if len(email) > LONGEST_FIELD or not EMAIL.fullmatch(email):
        errors["email"] = "Indiquez une adresse comme nom@exemple.fr."
    if country not in COUNTRIES:
        errors["pays"] = "Choisissez un pays."
    if errors:
        return _checkout_form(visit, errors=errors, status=422)
    quote = _quote(visit)
    if not quote.lines:
        return visit.go("/panier")
    buyer = orders.Buyer(
        visitor=visit.visitor,
        name=name,
        email=email,
        country=country,
        consent=visit.consent,
        click_token=visit.click_token,
    )
    order_id = orders.place(visit.database, buyer=buyer, quote=quote, now=datetime.now(UTC))
    baskets.clear(visit.database, visit.visitor)
    visit.has_told = True
    return visit.go(f"/merci/{order_id}")


def thanks(visit: Visit, order_id: int) -> Response:
    order = _own_order(visit, order_id)
    return visit.page(
        "thanks.html",
        order=order,
        number=orders.number_of(order_id),
        lines=orders.lines_of(visit.database, order_id),
    )


def my_orders(visit: Visit) -> Response:
    rows = visit.database.execute(
        "SELECT * FROM orders WHERE visitor = ? ORDER BY id DESC", (visit.visitor,)
    ).fetchall()
    shown = [
        {
            "order": row,
            "number": orders.number_of(row["id"]),
            "date": datetime.fromisoformat(row["placed_at"]).strftime("%d/%m/%Y"),
            "lines": orders.lines_of(visit.database, row["id"]),
            "country": COUNTRIES[row["country"]],
            "told": _told(visit.database, row["id"]),
        }
        for row in rows
    ]
    return visit.page("orders.html", orders=shown)


def send_back(visit: Visit, order_id: int) -> Response:
    _own_order(visit, order_id)
    quantities = {
        line.number: visit.request.form.get(f"ligne-{line.number}", 0, type=int)
        for line in orders.lines_of(visit.database, order_id)
    }
    returned = orders.send_back(
        visit.database, order_id=order_id, quantities=quantities, now=datetime.now(UTC)
    )
    visit.has_told = bool(returned)
    return visit.go("/mes-commandes", notice="retour" if returned else "retour-vide")


def _quote(visit: Visit) -> pricing.Quote:
    code = baskets.code(visit.database, visit.visitor)
    discount = pricing.discount_of(code, visit.settings.connection().discounts) if code else None
    return pricing.quote(
        baskets.lines(visit.database, visit.visitor),
        code=code if discount is not None else "",
        discount_bps=discount or 0,
    )


def _checkout_form(visit: Visit, *, errors: dict[str, str], status: int) -> Response:
    return visit.page(
        "checkout.html",
        status=status,
        quote=_quote(visit),
        countries=COUNTRIES,
        form=visit.request.form,
        errors=errors,
    )


def _own_order(visit: Visit, order_id: int) -> sqlite3.Row:
    order: sqlite3.Row | None = visit.database.execute(
        "SELECT * FROM orders WHERE id = ? AND visitor = ?", (order_id, visit.visitor)
    ).fetchone()
    if order is None:
        raise NotFound("Cette commande n’existe pas.")
    return order


def _told(database: sqlite3.Connection, order_id: int) -> bool:
    """Say whether the programme has accepted everything about an order."""
    waiting = database.execute(
        "SELECT count(*) FROM outbox WHERE order_id = ? AND delivered_at IS NULL", (order_id,)
    ).fetchone()
    return not waiting[0]
