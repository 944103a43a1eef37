"""One item of a feed in our words (rules MF1 to MF7 of docs/rules/connectors/files.md)."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.connectors.contract import UnreadableBody
from shop.connectors.merchant_feed import items, reading
from shop.connectors.packed import UnreadableFile
from shop.domain.canonical import CanonicalProduct
from tests.shop.connectors.merchant_feed.feeds import DRESS, GOOGLE, atom, rss, table

TOLD = CanonicalProduct(
    sku="RB1-38",
    name="Robe d'été",
    category="Femme > Robes",
    brand="Atelier",
    list_price_minor=11_990,
    vat_bps=2_000,
    currency="EUR",
    unit_cost_minor=4_150,
    url="https://shop.example/rb1?size=38&color=rouge",
    image_url="https://shop.example/rb1.jpg",
    model="RB1",
    color="rouge",
    size="38",
    stock=3,
)


def read(body, **options):
    return list(reading.items(io.BytesIO(body), **options))


def product(**changed):
    fields = {name: text for name, text in {**DRESS, **changed}.items() if text is not None}
    return items.product(fields, currency="EUR", vat=2_000)


@pytest.mark.parametrize("form", [rss, atom, table])
def test_every_form_says_the_same(form):
    (found,) = read(form(DRESS))

    assert items.product(found, currency="EUR", vat=2_000) == TOLD


@pytest.mark.parametrize(
    ("said", "minor"),
    [
        ("49.90 EUR", 4_990),
        ("49.9 EUR", 4_990),
        ("49 EUR", 4_900),
        ("EUR 49.90", 4_990),
        ("49,90 EUR", 4_990),
        ("49.90EUR", 4_990),
        ("1,299.00 EUR", 129_900),
        ("0.005 EUR", 1),
        ("0.00 eur", 0),
    ],
)
def test_an_amount_and_its_currency(said, minor):
    assert product(price=said).list_price_minor == minor


@pytest.mark.parametrize(
    "said", ["49.90", "49.90 USD", "-1 EUR", "1,299 EUR", "EUR 1 EUR", "", "٣ EUR", "1e3 EUR",
             "9" * 20 + " EUR", "EUR", "1.2.3 EUR"]
)  # fmt: skip
def test_no_amount_is_guessed(said):
    with pytest.raises(UnreadableBody, match=r"At price"):
        product(price=said, sale_price="")


def test_a_sale_does_not_move_the_list_price_and_stands_in_for_one_that_is_missing():
    assert product().list_price_minor == 11_990
    assert product(price=None).list_price_minor == 8_990


@pytest.mark.parametrize(
    ("availability", "quantity", "stock"),
    [
        ("in_stock", "3", 3),
        ("in stock", None, None),
        ("out of stock", None, 0),
        ("out_of_stock", "7", 0),
        ("preorder", None, None),
        (None, "0", 0),
    ],
)
def test_stock_is_what_is_told(availability, quantity, stock):
    assert product(availability=availability, quantity=quantity).stock == stock


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"id": None}, "no id"),
        ({"title": ""}, "no title"),
        ({"id": "x" * 65}, "At id"),
        ({"item_group_id": "x" * 65}, "At item_group_id"),
        ({"availability": "maybe"}, "At availability"),
        ({"quantity": "-1"}, "At quantity"),
        ({"quantity": "1.5"}, "At quantity"),
        ({"cost_of_goods_sold": "12"}, "At cost_of_goods_sold"),
    ],
)
def test_an_item_that_cannot_be_read_names_the_place(changed, place):
    with pytest.raises(UnreadableBody, match=place):
        product(**changed)


def test_what_is_too_long_or_no_address_is_cut_or_left_out():
    found = product(
        title="x" * 201, brand="x" * 81, color="x" * 41, size="x" * 21, product_type="x" * 201,
        link="https://shop.example/" + "x" * 500, image_link="javascript:alert(1)",
    )  # fmt: skip

    assert [len(one) for one in (found.name, found.brand, found.color, found.size)] == [
        200, 80, 40, 20,
    ]  # fmt: skip
    assert len(found.category) == 200
    assert (found.url, found.image_url) == ("", "")


def test_without_a_type_of_the_shop_googles_category_stands():
    assert product(product_type=None).category == "2271"
    assert product(product_type=None, google_product_category=None).category == ""


@pytest.mark.parametrize(("said", "bps"), [("20", 2_000), ("5.5", 550), ("2,1", 210), ("0", 0)])
def test_a_rate_of_vat(said, bps):
    assert items.vat_bps(said) == bps


@pytest.mark.parametrize("said", ["", "x", "-1", "101", "5.555", "NaN", "Infinity", "1e999999"])
def test_no_rate_of_vat(said):
    with pytest.raises(UnreadableBody):
        items.vat_bps(said)


def test_plain_words_of_rss_and_atom_stand_where_googles_are_missing():
    body = (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {GOOGLE}><entry><id>tag:shop,1</id>'
        '<title>Robe</title><link href="https://shop.example/rb1"/><g:id>S1</g:id>'
        "<g:price>1 EUR</g:price></entry></feed>"
    )

    assert read(body.encode()) == [
        {"title": "Robe", "link": "https://shop.example/rb1", "id": "S1", "price": "1 EUR"}
    ]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "neither XML nor a table"),
        (b"sku;price\n1;2", "neither XML nor a table"),
        (b"<rss><channel></channel></rss>", "no item"),
        (rss(DRESS)[:-40], "not XML from line"),
        (b"<html><body>Sign in", "not XML|no item"),
        (b"\x1f\x8b\x08\x00broken", "to its end"),
    ],
)
def test_what_is_no_feed_is_refused(body, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        read(body)


def test_nothing_outside_the_feed_is_read_and_no_entity_expanded(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    declared = f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{secret.as_uri()}"><!ENTITY b "{"x" * 99}">]>'
    body = rss(DRESS).replace(b"<rss", declared.encode() + b"<rss")
    body = body.replace(b"Robe d'", b"&a;&b;")

    with pytest.raises(UnreadableFile, match="document type"):
        read(body)


def test_more_than_can_be_read_is_refused_whatever_it_was_packed_to():
    with pytest.raises(UnreadableFile, match="larger"):
        read(rss(*[DRESS] * 10), most=1_000)


@given(st.dictionaries(st.sampled_from(sorted(items.WANTED)), st.text(max_size=90)))
def test_whatever_an_item_says_it_is_read_or_refused(changed):
    try:
        found = product(**changed)
    except UnreadableBody:
        return
    assert found.list_price_minor >= 0
    assert len(found.sku) <= 64


@given(st.integers(0, 900), st.binary(max_size=6))
def test_a_damaged_feed_is_read_or_refused(place, damage):
    for form in (rss, table):
        body = form(DRESS)
        try:
            read(body[:place] + damage + body[place + len(damage) :])
        except UnreadableFile:
            continue
