"""The tables of PrestaShop that the module reads, filled from the facts that the tests share."""

from __future__ import annotations

STATES = "id_order_state INT, paid INT, shipped INT"
SCHEMA = {
    "configuration": "name VARCHAR(64), value VARCHAR(255)",
    "orders": "id_order INT, reference VARCHAR(32), id_cart INT, id_customer INT, id_shop INT,"
    " id_currency INT, id_carrier INT, id_address_delivery INT, current_state INT,"
    " conversion_rate DECIMAL(13,6), total_shipping_tax_excl DECIMAL(20,6),"
    " total_shipping_tax_incl DECIMAL(20,6), total_wrapping_tax_excl DECIMAL(20,6),"
    " total_wrapping_tax_incl DECIMAL(20,6), date_add VARCHAR(19), date_upd VARCHAR(19)",
    "currency": "id_currency INT, iso_code VARCHAR(3)",
    "carrier": "id_carrier INT, name VARCHAR(64)",
    "order_state": STATES,
    "order_state_lang": "id_order_state INT, id_lang INT, template VARCHAR(64)",
    "order_history": "id_order INT, id_order_state INT, date_add VARCHAR(19)",
    "order_detail": "id_order_detail INT, id_order INT, product_reference VARCHAR(64),"
    " product_name VARCHAR(255), product_quantity INT, total_price_tax_excl DECIMAL(20,6),"
    " total_price_tax_incl DECIMAL(20,6), original_wholesale_price DECIMAL(20,6),"
    " purchase_supplier_price DECIMAL(20,6)",
    "order_cart_rule": "id_order_cart_rule INT, id_order INT, id_cart_rule INT, free_shipping INT,"
    " value DECIMAL(20,6), value_tax_excl DECIMAL(20,6), deleted INT",
    "cart_rule": "id_cart_rule INT, code VARCHAR(254)",
    "order_slip": "id_order_slip INT, id_order INT, date_add VARCHAR(19), date_upd VARCHAR(19),"
    " total_products_tax_excl DECIMAL(20,6), total_shipping_tax_excl DECIMAL(20,6)",
    "order_slip_detail": "id_order_slip INT, id_order_detail INT, product_quantity INT,"
    " amount_tax_excl DECIMAL(20,6)",
    "customer": "id_customer INT, email VARCHAR(255), is_guest INT",
    "address": "id_address INT, address1 VARCHAR(128), postcode VARCHAR(12), phone VARCHAR(32),"
    " phone_mobile VARCHAR(32), id_country INT",
    "country": "id_country INT, iso_code VARCHAR(3), call_prefix INT",
    "product": "id_product INT, id_shop_default INT, reference VARCHAR(64), id_manufacturer INT",
    "product_shop": "id_product INT, id_shop INT, price DECIMAL(20,6),"
    " wholesale_price DECIMAL(20,6), active INT, id_category_default INT, id_tax_rules_group INT,"
    " date_upd VARCHAR(19)",
    "product_lang": "id_product INT, id_shop INT, id_lang INT, name VARCHAR(128)",
    "manufacturer": "id_manufacturer INT, name VARCHAR(64)",
    "image": "id_image INT, id_product INT, cover INT",
    "stock_available": "id_product INT, id_product_attribute INT, quantity INT, out_of_stock INT",
    "category": "id_category INT, level_depth INT",
    "category_lang": "id_category INT, id_lang INT, name VARCHAR(128)",
    "category_product": "id_category INT, id_product INT",
    "tax": "id_tax INT, rate DECIMAL(10,3)",
    "tax_rule": "id_tax_rule INT, id_tax_rules_group INT, id_country INT, id_tax INT",
    "product_attribute": "id_product_attribute INT, id_product INT, reference VARCHAR(64)",
    "product_attribute_shop": "id_product_attribute INT, id_shop INT, price DECIMAL(20,6),"
    " wholesale_price DECIMAL(20,6)",
    "product_attribute_image": "id_product_attribute INT, id_image INT",
    "product_attribute_combination": "id_product_attribute INT, id_attribute INT",
    "attribute": "id_attribute INT, id_attribute_group INT",
    "attribute_group": "id_attribute_group INT, is_color_group INT",
    "attribute_lang": "id_attribute INT, id_lang INT, name VARCHAR(128)",
}
CONFIGURATION = {"PS_CURRENCY_DEFAULT": 1, "PS_LANG_DEFAULT": 1, "PS_COUNTRY_DEFAULT": 8,
                 "PS_TIMEZONE": "Europe/Paris", "PS_OS_DELIVERED": 5}  # fmt: skip


def quoted(value):
    return "'" + str(value).replace("'", "''") + "'"


def insert(table, **values):
    """Return the statement that puts one row into a table."""
    names, said = ", ".join(values), ", ".join(map(quoted, values.values()))
    return f"INSERT INTO ps_{table} ({names}) VALUES ({said})"


def created():
    """Return the statements that make the tables of a shop in euros, with nothing sold yet."""
    tables = [f"CREATE TABLE ps_{name} ({columns})" for name, columns in SCHEMA.items()]
    rows = [insert("configuration", name=name, value=value)
            for name, value in CONFIGURATION.items()]  # fmt: skip
    return [*tables, *rows, insert("currency", id_currency=1, iso_code="EUR"),
            insert("currency", id_currency=2, iso_code="USD")]  # fmt: skip


def stored(body):
    """Return the statements that store an order as PrestaShop does."""
    order, address = body["order"], body["address"]
    number = order["id"]
    columns = {name: order[name] for name in order if name not in ("id", "total_paid_tax_excl")}
    said = [
        insert("orders", id_order=number, id_cart=60, id_shop=1, id_carrier=3,
               id_currency=2 if body["currency"] == "USD" else 1, id_address_delivery=8, **columns),
        insert("carrier", id_carrier=3, name=body["carrier"]),
        insert("country", id_country=8, iso_code=address.get("country", ""),
               call_prefix=address.get("call_prefix", 0)),
        insert("address", id_address=8, id_country=8, **{
            name: address.get(name, "")
            for name in ("address1", "postcode", "phone", "phone_mobile")}),
    ]  # fmt: skip
    if body["customer"]:
        customer = {name: body["customer"][name] for name in ("email", "is_guest")}
        said.append(insert("customer", id_customer=order["id_customer"], **customer))
    for state in body["states"]:
        row = {"id_order_state": state["id"], "paid": state["paid"], "shipped": state["shipped"]}
        said += [insert("order_state", **row),
                 insert("order_state_lang", id_order_state=state["id"], id_lang=1,
                        template=state["template"])]  # fmt: skip
    said += [insert("order_history", id_order=number, **one) for one in body["history"]]
    for one in body["lines"]:
        row = {name: one[name] for name in one if name not in ("id", "product_id")}
        said.append(insert("order_detail", id_order_detail=one["id"], id_order=number, **row))
    for one in body["cart_rules"]:
        row = {name: one[name] for name in ("value", "value_tax_excl", "free_shipping", "deleted")}
        said.append(insert("order_cart_rule", id_order_cart_rule=one["id"], id_order=number,
                           id_cart_rule=one["id"], **row))  # fmt: skip
        said.append(insert("cart_rule", id_cart_rule=one["id"], code=one["code"]))
    return said + [statement for one in body["slips"] for statement in slip_stored(one, number)]


def slip_stored(slip, number):
    """Return the statements that store a credit slip of an order."""
    row = {name: slip[name] for name in slip if name not in ("id", "details")}
    return [
        insert("order_slip", id_order_slip=slip["id"], id_order=number, **row),
        *(insert("order_slip_detail", id_order_slip=slip["id"], **one) for one in slip["details"]),
    ]
