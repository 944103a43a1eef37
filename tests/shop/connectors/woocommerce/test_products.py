"""What WooCommerce says of its products: WC23 to WC26."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shop.connectors.contract import UnreadableBody
from shop.connectors.woocommerce.body import Part
from shop.connectors.woocommerce.taxes import home_rates
from shop.domain.states import Facts, Stock, UnitCost
from tests.shop.connectors.woocommerce.bodies import catalogue, cogs, product, variation, webhook

#: What the bodies say of themselves.
CHANGED = datetime(2026, 3, 1, 8, tzinfo=UTC)


def only(found, *variations, **given):
    (told,) = catalogue(found, *variations, **given)
    return told


COAT = product(90, name="Coat", type="variable", sku="COAT", price="", stock_quantity=4,
               tax_class="reduced-rate")  # fmt: skip


def test_a_simple_product_says_all_that_is_shown_of_it():
    told = only(product(**cogs(12.34, 12.34)))

    assert (told.sku, told.name, told.model) == ("SCARF", "Scarf", "90")
    assert (told.category, told.collections, told.brand) == (
        "Accessories", ("Winter & snow",), "Maison")  # fmt: skip
    assert (told.list_price_minor, told.vat_bps, told.currency) == (4_800, 2_000, "EUR")
    assert (told.unit_cost_minor, told.stock, told.is_active) == (1_234, 7, True)
    assert told.url == "https://maison.example/scarf/"
    assert told.image_url == "https://maison.example/scarf.jpg"


def test_a_variation_is_a_sku_of_its_parents_model():
    told = only(COAT, variation())

    assert (told.sku, told.name, told.model) == ("COAT-BLUE", "Coat", "90")
    assert (told.color, told.size, told.brand) == ("Bleu", "M", "Maison")
    assert told.category == "Accessories"
    assert (told.list_price_minor, told.vat_bps, told.stock) == (12_000, 2_000, None)
    assert told.image_url == "https://maison.example/coat-blue.jpg"


def test_what_a_variation_has_not_is_its_parents():
    told = only(COAT, variation(image=None, permalink=""))

    assert told.image_url == "https://maison.example/scarf.jpg"
    assert told.url == "https://maison.example/scarf/"


@pytest.mark.parametrize(
    ("are_included", "tax_class", "price", "vat_bps"),
    [
        (True, "", 4_800, 2_000),
        (False, "", 5_760, 2_000),
        (False, "reduced-rate", 5_064, 550),
        (False, "zero-rate", 4_800, 0),
        (False, "made-up", 5_760, 2_000),
    ],
)
def test_prices_are_with_tax_however_they_were_typed(are_included, tax_class, price, vat_bps):
    rates = {"standard": "20.0000", "reduced-rate": "5.5000", "zero-rate": "0.0000"}
    taxes = {"are_included": are_included, "rates": rates}

    told = only(product(tax_class=tax_class), taxes=taxes)

    assert (told.list_price_minor, told.vat_bps) == (price, vat_bps)


def test_what_is_not_taxed_has_no_tax():
    assert only(product(tax_status="none")).vat_bps == 0


def test_without_a_price_nothing_is_sold():
    told = only(product(price="", regular_price=""))

    assert (told.is_active, told.list_price_minor) == (False, 0)
    assert only(product(price="", regular_price="60.00")).list_price_minor == 6_000


@pytest.mark.parametrize("status", ["draft", "private", "pending", "trash"])
def test_what_is_not_published_is_not_sold(status):
    assert not only(product(status=status)).is_active
    assert not only({**COAT, "status": status}, variation()).is_active
    assert not only(COAT, variation(status=status)).is_active


@pytest.mark.parametrize(
    ("changes", "stock"),
    [
        ({"manage_stock": True, "stock_quantity": 7}, 7),
        ({"manage_stock": True, "stock_quantity": -3}, 0),
        ({"manage_stock": True, "stock_quantity": "2.5"}, 2),
        ({"manage_stock": True, "stock_quantity": None}, None),
        ({"manage_stock": False, "stock_quantity": 9}, None),
        ({"manage_stock": False, "stock_status": "outofstock"}, 0),
        ({"manage_stock": "parent"}, 4),
    ],
)
def test_stock_is_told_where_it_is_counted(changes, stock):
    assert only(COAT, variation(**changes)).stock == stock


@pytest.mark.parametrize(
    ("parent", "own", "cost"),
    [
        (cogs(10, 10), cogs(None, 10), 1_000),
        (cogs(10, 10), cogs(5, 15, defined_value_overrides_parent=False), 1_500),
        (cogs(10, 10), cogs(5, 5, defined_value_overrides_parent=True), 500),
        # Older answers without the sum: the rule is ours.
        (cogs(10, None), cogs(5, None, defined_value_overrides_parent=False), 1_500),
        (cogs(10, None), cogs(5, None, defined_value_overrides_parent=True), 500),
        (cogs(10, None), cogs(None, None), 1_000),
        (cogs(None, 0), cogs(None, 0), None),
        ({}, {}, None),
        ({"meta_data": [{"key": "_wc_cog_cost", "value": "7.5"}]}, {}, 750),
        ({"meta_data": [{"key": "_wc_cog_cost", "value": "7.5"}]},
         {"meta_data": [{"key": "_alg_wc_cog_cost", "value": "8"}]}, 800),
        ({"meta_data": [{"key": "_wc_cog_cost", "value": "0"}]}, cogs(-1, -1), None),
    ],
)  # fmt: skip
def test_a_variation_costs_its_parents_cost_and_its_own_unless_it_replaces_it(parent, own, cost):
    assert only({**COAT, **parent}, variation(**own)).unit_cost_minor == cost


def test_variations_that_share_their_parents_sku_are_one_product():
    two = [
        variation(n, sku="COAT", manage_stock=True, stock_quantity=n, **cogs(5, 5)) for n in (2, 3)
    ]

    told = only(COAT, *two)

    assert (told.sku, told.color, told.size) == ("COAT", "", "")
    assert (told.stock, told.unit_cost_minor) == (5, 500)
    dearer = variation(4, sku="COAT", **cogs(6, 6))
    assert only(COAT, *two, dearer).unit_cost_minor is None
    assert only(COAT, *two, dearer).stock is None


@pytest.mark.parametrize(
    "found", [product(sku=""), product(type="grouped"), product(type="external"), COAT]
)
def test_what_has_no_sku_or_is_not_sold_here_is_left_out(found):
    assert catalogue(found) == ()


def test_a_brand_may_be_an_attribute_and_a_size_the_only_choice():
    attributes = [{"name": "Marque", "options": ["Atelier"]},
                  {"name": "Size", "options": ["S", "M"]},
                  {"name": "Color", "slug": "pa_color", "options": ["Red"]}]  # fmt: skip
    told = only(product(brands=None, attributes=attributes))

    assert (told.brand, told.color, told.size) == ("Atelier", "Red", "")


def test_addresses_that_are_none_or_too_long_are_left_out():
    told = only(product(permalink="javascript:alert(1)",
                        images=[{"src": f"https://maison.example/{'x' * 500}"}]))  # fmt: skip

    assert (told.url, told.image_url) == ("", "")


def test_a_webhook_tells_stock_and_cost_and_leaves_prices_to_the_api():
    facts = webhook(product(**cogs(12, 12)), "product.updated")

    assert facts == Facts(
        stocks=(Stock(sku="SCARF", pieces=7, changed_at=CHANGED),),
        unit_costs=(UnitCost(sku="SCARF", unit_cost_minor=1_200, changed_at=CHANGED),),
    )


def test_a_webhook_of_a_variation_believes_only_the_sum_of_its_costs():
    own = {**variation(type="variation"), **cogs(5, 15, defined_value_overrides_parent=False)}

    assert webhook(own, "product.updated").unit_costs[0].unit_cost_minor == 1_500
    del own["cost_of_goods_sold"]["total_value"]
    facts = webhook(own, "product.updated")
    assert (facts.unit_costs, bool(facts.ignored)) == ((), True)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (product(status="draft"), Facts(gone_models=("90",))),
        (variation(type="variation", status="private"), Facts(gone_skus=("COAT-BLUE",))),
    ],
)
def test_what_is_no_longer_published_is_gone(found, expected):
    assert webhook(found, "product.updated") == expected


def test_a_deleted_product_takes_its_variations_along():
    assert webhook({"id": 90}, "product.deleted") == Facts(gone_models=("90",))


@pytest.mark.parametrize(
    "found",
    [
        COAT,
        product(sku=""),
        product(type="external"),
        variation(type="variation", sku="", status="x"),
    ],
)
def test_webhooks_that_say_nothing_usable_say_why(found):
    facts = webhook(found, "product.created")

    assert facts.ignored
    assert facts == Facts(ignored=facts.ignored)


def test_a_rate_that_is_no_number_is_refused():
    with pytest.raises(UnreadableBody, match=r"taxes\.rates\.standard"):
        catalogue(product(), taxes={"are_included": True, "rates": {"standard": "a lot"}})


def rate(country, percent, **changes):
    return Part({"country": country, "state": "", "postcode": "", "city": "", "rate": percent,
                 "priority": 1, "order": 0, "class": "standard", **changes})  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "home", "expected"),
    [
        ([rate("DE", "19.0000"), rate("FR", "20.0000")], "FR", {"standard": "20.0000"}),
        ([rate("FR", "5.5", **{"class": "reduced-rate"}), rate("FR", "20")], "FR",
         {"reduced-rate": "5.5", "standard": "20"}),
        ([rate("", "20", order=1), rate("FR", "8.5", order=2)], "FR", {"standard": "20"}),
        ([rate("CA", "5"), rate("CA", "9.975", state="QC", priority=2)], "CA:QC",
         {"standard": "14.975"}),
        ([rate("CA", "5"), rate("CA", "9.975", state="QC", priority=2)], "CA:ON",
         {"standard": "5"}),
        ([rate("FR", "8.5", postcode="971*"), rate("FR", "2", cities=["X"])], "FR", {}),
        ([rate("FR", "x"), rate("FR", "NaN", priority=2)], "FR", {"standard": "0"}),
        ([rate("FR", "9e999999"), rate("FR", "9e999999", priority=2)], "FR", {"standard": "0"}),
    ],
)  # fmt: skip
def test_of_all_tax_rates_those_of_the_shops_own_place_count(rows, home, expected):
    assert home_rates(rows, home) == expected


@pytest.mark.parametrize(
    ("parent", "own", "hour"),
    [("2026-03-01T10:00:00", "2026-03-01T09:00:00", 10), ("", "2026-03-01T09:00:00", 9),
     ("2026-03-01T08:00:00", "2026-03-01T11:00:00", 11), (None, None, None)],
)  # fmt: skip
def test_a_variation_is_as_new_as_itself_or_its_parent_in_utc(parent, own, hour):
    found = only(
        {**COAT, "date_modified": "2026-03-01T23:00:00", "date_modified_gmt": parent},
        variation(date_modified="2026-03-01T23:00:00", date_modified_gmt=own),
    )
    assert found.changed_at == (hour and datetime(2026, 3, 1, hour, tzinfo=UTC))


def test_variations_under_one_sku_are_as_new_as_the_newest():
    found = only(
        COAT, variation(91, sku="COAT", date_modified_gmt="2026-03-01T09:00:00"),
        variation(92, sku="COAT", date_modified_gmt="2026-03-01T12:00:00"),
    )  # fmt: skip
    assert found.changed_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
