"""Publishing margin bands: edges, periods, assignments (docs/rules/margin.md, M4, M7, M8)."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from core.models import AuditEntry
from shop.domain.bands import BandsRefused, Told, bands_between, told_bps
from shop.domain.margin import BandEdges
from shop.models import BandAssignment, BandPeriod, MarginBand, Product, ProductCost
from shop.services import bands, catalogue
from shop.services.bands import ALWAYS, BandsOutOfOrder, BandsTooSoon
from shop.services.copying import copy_in
from tests.builders import NOW, make_product, make_shop, make_user
from tests.shop.test_catalogue import DRESS

EDGES = (0, 3_000, 6_000, 10_000)
JULY = NOW + timedelta(days=16)
AUGUST = NOW + timedelta(days=47)


def publish(edges=EDGES, *, name="Summer", valid_from=JULY, now=NOW, **more):
    return bands.publish(
        name=name, edges=edges, valid_from=valid_from, actor_id=make_user().pk, now=now, **more
    )


def assignments(product):
    return [
        (row.band.lower_bps, row.list_price_minor, row.valid_from, row.valid_to)
        for row in product.bands.order_by("valid_from").select_related("band")
    ]


def stored():
    return [
        list(model.objects.order_by("pk").values())
        for model in (BandPeriod, MarginBand, BandAssignment)
    ]


@pytest.mark.parametrize(
    ("edges", "sentence"),
    [
        ((), "without a gap"),
        ((0,), "without a gap"),
        ((0, 5_000), "without a gap"),
        ((100, 10_000), "without a gap"),
        ((0, 5_000, 5_000, 10_000), "5 percentage points"),
        ((0, 6_000, 5_000, 10_000), "5 percentage points"),
        ((0, 5_000, 5_499, 10_000), "5 percentage points"),
        ((0, -500, 10_000), "5 percentage points"),
        (tuple(range(0, 6_500, 500)) + (10_000,), "at most 12"),
    ],
)
def test_edges_that_make_no_bands_are_refused(edges, sentence):
    with pytest.raises(BandsRefused, match=sentence):
        bands_between(edges)


def test_the_narrowest_band_and_the_most_bands_are_accepted():
    assert len(bands_between((*range(0, 6_000, 500), 10_000))) == 12
    assert bands_between((0, 10_000)) == (BandEdges(0, 10_000),)


@pytest.mark.parametrize(
    ("rule", "before", "after", "told"),
    [
        ("M8", (10_000, 5_000, 6_500), (10_000, 5_000, 6_500), 1_500),
        ("M8", (10_000, 3_500, 5_000), (10_000, 4_800, 6_500), 200),
        ("M8", (10_000, 5_000, 6_500), (8_000, 3_500, 5_000), 1_250),
        ("M8", (10_000, 5_000, 6_500), (10_000, 0, 2_000), None),
        ("M8", (10_000, 0, 2_000), (10_000, 0, 3_000), None),
        ("M8", (10_000, 0, 2_000), (10_000, 1_500, 3_000), 500),
    ],
)
def test_what_two_publications_tell_together(rule, before, after, told):
    both = [Told(price, BandEdges(lower, upper)) for price, lower, upper in (before, after)]

    assert told_bps(both, list_price_minor=after[0]) == told


@pytest.mark.django_db
def test_every_product_with_a_cost_is_put_into_a_band_of_the_new_period():
    dress = make_product(cost_minor=4_000)
    coat = make_product(cost_minor=9_000, list_price_minor=24_000)
    unknown = make_product(cost_minor=None)
    Product.objects.filter(pk=dress.pk).update(list_price_minor=9_600)

    period = publish()

    assert period.valid_from == JULY
    assert [(band.lower_bps, band.upper_bps) for band in period.bands.all()] == [
        (0, 3_000), (3_000, 6_000), (6_000, 10_000),
    ]  # fmt: skip
    old = BandPeriod.objects.exclude(pk=period.pk).get()
    assert (old.valid_to, period.valid_to) == (JULY, None)
    was, now = assignments(dress)
    assert (was[0], was[1], was[3]) == (5_000, 10_000, JULY)
    assert now == (3_000, 8_000, JULY, None)  # 50 % at its list price of the moment.
    assert assignments(coat)[1] == (3_000, 20_000, JULY, None)
    assert assignments(unknown) == []
    entry = AuditEntry.objects.get(verb="bands.published")
    assert entry.data["edges"] == list(EDGES)
    assert entry.data["products"] == 2


@pytest.mark.django_db
def test_the_cost_is_that_of_the_moment_of_publishing():
    catalogue.upsert(shop_id=make_shop().pk, products=[DRESS], now=NOW)
    catalogue.upsert(
        shop_id=make_shop().pk,
        products=[replace(DRESS, unit_cost_minor=9_000)],
        now=NOW + timedelta(days=1),
    )

    publish(now=NOW + timedelta(days=2))

    assert [row[0] for row in assignments(Product.objects.get())] == [5_000, 0]


@pytest.mark.django_db
def test_the_same_again_changes_nothing_even_after_it_began():
    make_product()
    first = publish()
    before = stored()

    assert publish() == first
    assert publish(now=AUGUST) == first

    assert stored() == before
    assert AuditEntry.objects.filter(verb="bands.published").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"valid_from": NOW}, BandsTooSoon),
        ({"valid_from": NOW - timedelta(days=1)}, BandsTooSoon),
        ({"notice": timedelta(days=30)}, BandsTooSoon),
        ({"edges": (0, 5_000, 10_000), "valid_from": AUGUST}, BandsOutOfOrder),
        ({"valid_from": AUGUST - timedelta(days=1)}, BandsOutOfOrder),
        ({"edges": (0, 100, 10_000)}, BandsRefused),
        ({"name": " "}, BandsRefused),
        ({"name": "x" * 81}, BandsRefused),
    ],
)
def test_a_refusal_changes_nothing(said, refusal):
    make_product()
    publish(valid_from=AUGUST)
    before = stored()

    with pytest.raises(refusal):
        publish(**said)

    assert stored() == before


@pytest.mark.django_db
def test_a_product_that_comes_later_gets_the_band_of_each_period():
    make_product()
    publish()
    publish((0, 2_000, 10_000), name="Autumn", valid_from=AUGUST)

    catalogue.upsert(shop_id=make_shop().pk, products=[DRESS], now=NOW + timedelta(days=20))

    assert assignments(Product.objects.get(sku="S1")) == [
        (5_000, 10_000, ALWAYS, JULY),
        (6_000, 10_000, JULY, AUGUST),
        (2_000, 10_000, AUGUST, None),
    ]


@pytest.mark.django_db
def test_a_product_between_publication_and_beginning_keeps_both_bands():
    catalogue.upsert(shop_id=make_shop().pk, products=[DRESS], now=NOW)
    publish()
    before = assignments(Product.objects.get())

    catalogue.upsert(
        shop_id=make_shop().pk, products=[replace(DRESS, unit_cost_minor=9_000)], now=NOW
    )

    assert assignments(Product.objects.get()) == before


@pytest.mark.django_db
@pytest.mark.slow
def test_a_hundred_thousand_products_are_put_into_bands_in_seconds():
    shop = make_shop()
    copy_in(
        Product,
        ("shop_id", "sku", "name", "category", "brand", "collections", "list_price_minor",
         "vat_bps", "currency", "url", "image_url", "is_active", "model", "color", "size"),
        (
            (shop.pk, f"S{n}", "x", "", "", [], 12_000, 2_000, "EUR", "", "", True, "", "", "")
            for n in range(100_000)
        ),
    )  # fmt: skip
    copy_in(
        ProductCost,
        ("product_id", "unit_cost_minor", "valid_from"),
        [(pk, pk % 12_000, ALWAYS) for pk in Product.objects.values_list("pk", flat=True)],
    )
    with connection.cursor() as cursor:
        # Those for foreign keys date from tests with a handful of products.
        cursor.execute("DISCARD PLANS")
    publish()
    began = time.monotonic()

    publish((0, 2_500, 5_000, 10_000), valid_from=AUGUST)

    assert time.monotonic() - began < 60  # 20 s on two cores under four times their load.
    assert BandAssignment.objects.count() == 200_000
    assert BandAssignment.objects.filter(valid_to__isnull=True).count() == 100_000
