"""Products to promote: the shelf, what one earns, links at once, and the feed."""

import csv
import io
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.services import accounts, team
from core.models import AuditEntry
from payouts.models import Commission, ProductFeed, ShelfItem
from payouts.services import accruals, product_feeds, shelf
from portal.queries.link_products import Seller
from portal.queries.shelf import ShelfFilters, rows_of
from portal.queries.shelf import shelf as found
from portal.views.my_products import FETCHES_PER_MINUTE
from shop.models import Product, ProductCost
from tests.builders import (
    make_affiliate,
    make_click,
    make_credit,
    make_link,
    make_order,
    make_product,
    make_screening,
    make_user,
)
from tests.payouts.paydays import PAYDAY
from tests.portal.conftest import signed_in
from tests.portal.test_partner_pages import said
from tracking.models import Link

pytestmark = pytest.mark.slow
PAGE = "https://shop.example/trench"


def put_on_shelf(now=PAYDAY):
    return shelf.refresh(now=now)


def sizes(*stocks, **fields):
    fields = {"model": "trench", "color": "beige", "name": "Trench", "url": PAGE, **fields}
    return [make_product(size=str(38 + i), stock=one, **fields) for i, one in enumerate(stocks)]


def names(**filters):
    rows = found(ShelfFilters(**filters), now=PAYDAY)
    return [item.product.name for item in rows]


# --- the shelf -----------------------------------------------------------------------


def test_sizes_of_a_colour_are_one_item_and_one_in_stock_is_enough(world):
    first, _second = sizes(0, 3)
    make_product(name="Trench", model="trench", color="navy", url=PAGE, stock=0)
    make_product(name="No page")
    make_product(name="Gone", url=PAGE, is_active=False)

    assert put_on_shelf() == 3  # And the linen dress of the world.

    items = ShelfItem.objects.filter(product__model="trench").order_by("product")
    assert [(one.product_id == first.pk, one.is_in_stock) for one in items] == [
        (True, True), (False, False),
    ]  # fmt: skip


def test_what_is_sold_no_more_leaves_and_what_comes_again_is_back_in_stock(world):
    (size,) = sizes(0)
    put_on_shelf(PAYDAY - timedelta(days=2))
    assert names(fresh="back") == []
    Product.objects.filter(pk=size.pk).update(stock=4)
    put_on_shelf(PAYDAY - timedelta(days=1))
    put_on_shelf()  # Safe to repeat.
    assert names(fresh="back") == ["Trench"]
    Product.objects.filter(pk=size.pk).update(is_active=False)
    put_on_shelf()
    assert names(words="trench") == []


def test_what_came_lately_is_new_whichever_size_stands_for_it(world):
    assert put_on_shelf(PAYDAY - timedelta(days=60)) == 1
    assert names(fresh="new") == []  # What a first shelf has was there before.
    first, second = sizes(2, 2)
    put_on_shelf(PAYDAY - timedelta(days=29))
    assert names(fresh="new", sort="new") == ["Trench"]

    Product.objects.filter(pk=first.pk).update(is_active=False)
    put_on_shelf(PAYDAY - timedelta(days=2))
    item = ShelfItem.objects.get(product=second)
    assert item.first_seen_at == PAYDAY - timedelta(days=29)
    assert (names()[0], row_of(second, world.ada).is_new) == ("Trench", True)

    Product.objects.filter(pk=first.pk).update(is_active=True)
    put_on_shelf(PAYDAY + timedelta(days=2))
    item = ShelfItem.objects.get(product=first)
    assert item.first_seen_at == PAYDAY - timedelta(days=29)
    assert list(found(ShelfFilters(fresh="new"), now=PAYDAY + timedelta(days=2))) == []


def test_a_new_cost_makes_no_product_new(world):
    put_on_shelf(PAYDAY - timedelta(days=60))
    product = ShelfItem.objects.get().product
    ProductCost.objects.filter(product=product).update(valid_from=PAYDAY - timedelta(days=1))
    put_on_shelf()

    assert names(fresh="new") == []


def test_conversion_and_epc_need_clicks_of_several_affiliates(world):
    (trench,) = sizes(5)
    people = [world.ada, world.mallory, make_affiliate()]
    links = [make_link(one, destination_url=f"{PAGE}?ref=1") for one in people]
    for number in range(50):
        make_click(links[number % 2], clicked_at=PAYDAY - timedelta(days=1))
    sold_by(links[0])
    put_on_shelf()
    assert row_of(trench, world.ada).conversion_bps is None  # Of two affiliates only.

    make_click(links[2], clicked_at=PAYDAY - timedelta(days=1))
    make_click(links[2], clicked_at=PAYDAY - timedelta(days=120))  # Too long ago.
    put_on_shelf()

    item = ShelfItem.objects.get(product=trench)
    assert (item.clicks, item.affiliates, item.orders) == (51, 3, 1)
    row = row_of(trench, world.ada)
    assert (row.conversion_bps, row.epc.minor) == (196, 20)  # 1 of 51; EUR 10.00 of 51.


def test_what_is_earned_on_actual_margin_counts_nowhere(world, as_superuser):
    (trench,) = sizes(5)
    link = make_link(world.ada, destination_url=PAGE)
    sold = sold_by(link)
    put_on_shelf()
    assert ShelfItem.objects.get(product=trench).earned_minor == 1_000
    with as_superuser() as cursor:  # Commissions are frozen: nobody else could.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE payouts_commission SET basis = 'actual' WHERE id = %s", [sold.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    put_on_shelf()
    assert ShelfItem.objects.get(product=trench).earned_minor == 0


def sold_by(link):
    order = make_order(placed_at=PAYDAY - timedelta(days=1))
    credit = make_credit(link.affiliate, order, link=link)
    make_screening(credit)
    accruals.accrue_pending(now=PAYDAY)
    return Commission.objects.get(credit=credit)


def row_of(product, affiliate):
    items = list(ShelfItem.objects.filter(product=product).select_related("product__shop"))
    (row,) = rows_of(
        items, seller=Seller.of(affiliate, PAYDAY), affiliate_id=affiliate.pk, now=PAYDAY
    )
    return row


def test_search_filters_and_orders(world):
    sizes(5, category="coats", list_price_minor=30_000)
    make_product(name="Écharpe", url="https://shop.example/scarf", stock=0, category="scarves",
                 list_price_minor=2_000)  # fmt: skip
    put_on_shelf()
    assert names(words="echarpe") == ["Écharpe"]
    assert names(category="coats") == ["Trench"]
    assert names(in_stock=True, category="scarves") == []
    assert names(sort="price") == ["Écharpe", "Linen dress", "Trench"]
    assert names(sort="-price") == ["Trench", "Linen dress", "Écharpe"]
    assert names(words="nothing like it") == []


# --- the page ------------------------------------------------------------------------


def test_the_page_says_what_one_earns_and_links_at_once(ada, world):
    put_on_shelf()
    page = said(ada.get("/portal/products/"))
    assert "Linen dress" in page
    assert "You earn" in page
    product = Product.objects.get(name="Linen dress")
    Link.objects.filter(destination_url=product.url).delete()

    made = ada.post(f"/portal/products/{product.pk}/link/", headers={"hx-request": "true"})

    link = Link.objects.get(affiliate=world.ada, destination_url=product.url)
    assert f"/c/{link.code}" in said(made)
    assert "<html" not in said(made)
    ada.post(f"/portal/products/{product.pk}/link/", {"query": "q=linen"})
    assert Link.objects.filter(affiliate=world.ada, destination_url=product.url).count() == 1
    assert f"/c/{link.code}" in said(ada.get("/portal/products/?q=linen"))


def test_without_scripts_one_comes_back_to_the_same_search(ada, world):
    put_on_shelf()
    product = Product.objects.get(name="Linen dress")
    response = ada.post(f"/portal/products/{product.pk}/link/", {"query": "q=linen"})
    assert response["Location"] == "/portal/products/?q=linen"
    assert ada.post("/portal/products/999999/link/").status_code == 404


def test_a_suspended_account_reads_why_there_is_no_link(ada, world):
    put_on_shelf()
    product = Product.objects.get(name="Linen dress")
    Link.objects.filter(destination_url=product.url).delete()
    accounts.suspend(affiliate_id=world.ada.pk, actor_id=make_user().pk, reason="Odd.", now=PAYDAY)
    made = ada.post(f"/portal/products/{product.pk}/link/", headers={"hx-request": "true"})
    assert "This account is not active" in said(made)
    assert not Link.objects.filter(destination_url=product.url).exists()
    assert "Create link" not in said(ada.get("/portal/products/"))


@pytest.mark.parametrize("query", ["q=%00", "sort=nonsense", "page=999", "fresh=x&stock=2"])
def test_what_makes_no_sense_is_left_out(ada, world, query):
    put_on_shelf()
    assert ada.get(f"/portal/products/?{query}").status_code == 200


def test_an_empty_shelf_and_an_empty_search_say_so(ada, world):
    assert "No product yet" in said(ada.get("/portal/products/"))
    put_on_shelf()
    page = said(ada.get("/portal/products/?q=zzz"))
    assert "No product fits" in page
    assert 'href="?"' in page or "Clear" in page


def test_a_page_of_many_asks_no_more_than_one_of_one(ada, world):
    put_on_shelf()
    ada.get("/portal/products/")
    one = queries(ada)
    for number in range(30):
        make_product(name=f"Many {number}", url=f"https://shop.example/{number}")
    put_on_shelf()
    assert queries(ada) <= one <= 26


def queries(browser):
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/portal/products/").status_code == 200
    return len(asked)


def test_many_variants_are_found_by_the_index(world):
    """Of 100,000 the search reads the index of words, not every row."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO shop_product (shop_id, sku, name, category, brand, collections,
                list_price_minor, vat_bps, currency, url, image_url, is_active, model, color, size)
            SELECT %s, 'N' || n, 'Coat ' || md5(n::text), '', '', '{}', 10000 + n, 2000, 'EUR',
                'https://shop.example/' || n, '', true, '', '', ''
            FROM generate_series(1, 100000) n""",
            [world.link.shop_id],
        )
        cursor.execute("ANALYZE shop_product")
    assert put_on_shelf() == 100_001
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE payouts_shelfitem")
    plan = found(ShelfFilters(words="c4ca4238a0b9"), now=PAYDAY)[:24].explain()
    assert "product_search" in plan
    plan = found(ShelfFilters(sort="price"), now=PAYDAY)[:24].explain()
    assert "shelf_by_price" in plan


# --- the feed ------------------------------------------------------------------------


@pytest.fixture
def token(world):
    put_on_shelf()
    return product_feeds.make(
        affiliate_id=world.ada.pk, actor_id=world.people["ada"].pk, now=PAYDAY
    )


def body(response):
    return b"".join(response.streaming_content)


def test_the_feed_has_every_product_with_tracked_addresses(client, world, token):
    response = client.get(f"/feeds/products/{token}.csv")
    (row,) = csv.DictReader(io.StringIO(body(response).decode("utf-8-sig")))
    assert row["name"] == "Linen dress"
    assert (row["price"], row["currency"]) == ("120.00", "EUR")
    assert row["estimated_commission"] == "10.00"
    assert row["tracked_url"].endswith(f"/c/{world.link.code}?to=/linen-dress")
    tree = ElementTree.fromstring(body(client.get(f"/feeds/products/{token}.xml")))  # noqa: S314
    assert [one.findtext("name") for one in tree] == ["Linen dress"]
    assert response["Cache-Control"] == "private, max-age=600"
    assert "cost" not in row


def test_a_feed_that_did_not_change_is_not_sent_again(client, world, token):
    address = f"/feeds/products/{token}.csv"
    etag = client.get(address)["ETag"]
    again = client.get(address, headers={"if-none-match": f'"old", W/{etag}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert client.get(f"/feeds/products/{token}.xml")["ETag"] != etag
    put_on_shelf(PAYDAY + timedelta(hours=1))
    assert client.get(address, headers={"if-none-match": etag}).status_code == 200


def test_a_feed_is_another_one_once_the_link_of_its_addresses_is(client, world, token):
    address = f"/feeds/products/{token}.csv"
    etag = client.get(address)["ETag"]
    Link.objects.filter(affiliate=world.ada).update(archived_at=PAYDAY)
    without = client.get(address, headers={"if-none-match": etag})
    assert without.status_code == 200
    assert "/c/" not in body(without).decode()

    made = make_link(world.ada)
    again = client.get(address, headers={"if-none-match": without["ETag"]})

    assert again.status_code == 200
    assert f"/c/{made.code}?to=" in body(again).decode()


def test_a_feed_is_fetched_so_many_times_a_minute_and_no_oftener(client, world, token):
    address = f"/feeds/products/{token}.csv"
    cache.clear()
    for _ in range(FETCHES_PER_MINUTE):
        answer = client.get(address)
    etag = answer["ETag"]

    refused = client.get(address, headers={"if-none-match": etag})

    assert (answer.status_code, refused.status_code) == (200, 429)
    assert 0 < int(refused["Retry-After"]) <= 60
    other = product_feeds.make(
        affiliate_id=world.mallory.pk, actor_id=world.people["mallory"].pk, now=PAYDAY
    )
    assert client.get(f"/feeds/products/{other}.csv").status_code == 200
    with time_machine.travel(PAYDAY + timedelta(minutes=1), tick=False):
        assert client.get(address, headers={"if-none-match": etag}).status_code == 304


def test_only_the_newest_secret_of_an_active_account_opens(client, world, token):
    newer = product_feeds.make(
        affiliate_id=world.ada.pk, actor_id=world.people["ada"].pk, now=PAYDAY
    )
    assert client.get(f"/feeds/products/{token}.csv").status_code == 404
    assert client.get(f"/feeds/products/{newer}.csv").status_code == 200
    assert client.get(f"/feeds/products/{newer}.pdf").status_code == 404
    assert client.get(f"/feeds/products/{newer[:-1]}.csv").status_code == 404
    feed = ProductFeed.objects.get(revoked_at__isnull=True)
    assert newer not in (feed.token_hash, str(feed))
    assert feed.used_at == PAYDAY
    accounts.suspend(affiliate_id=world.ada.pk, actor_id=make_user().pk, reason="Odd.", now=PAYDAY)
    assert client.get(f"/feeds/products/{newer}.csv").status_code == 404


@pytest.mark.parametrize("role", ["accountant", "reader", None])
def test_the_secret_ends_with_the_right_of_who_made_it(ada, client, world, role):
    put_on_shelf()
    maker = make_user(name="Max")
    row = world.ada.memberships.create(user=maker, role="manager")
    token = product_feeds.make(affiliate_id=world.ada.pk, actor_id=maker.pk, now=PAYDAY)
    address = f"/feeds/products/{token}.csv"
    assert client.get(address).status_code == 200
    owner = world.people["ada"]
    if role is None:
        team.remove(membership_id=row.pk, actor_id=owner.pk, now=PAYDAY)
    else:
        team.change_role(membership_id=row.pk, role=role, actor_id=owner.pk, now=PAYDAY)
    assert client.get(address).status_code == 404
    assert product_feeds.live_of(world.ada.pk) is None


def test_the_secret_of_somebody_who_cannot_sign_in_opens_nothing(client, world, token):
    world.people["ada"].is_active = False
    world.people["ada"].save()
    assert client.get(f"/feeds/products/{token}.csv").status_code == 404


def test_the_secret_is_shown_once_and_revoked_by_its_owner_alone(ada, world):
    put_on_shelf()
    made = said(ada.post("/portal/products/feed/"))
    address = made.split("http://testserver/feeds/products/")[1].split('"')[0]
    assert ada.get(f"/feeds/products/{address}").status_code == 200
    assert address not in said(ada.get("/portal/products/"))
    mallory = signed_in(type(ada)(), world.people["mallory"])
    mallory.post("/portal/products/feed/revoke/")
    assert ada.get(f"/feeds/products/{address}").status_code == 200
    ada.post("/portal/products/feed/revoke/")
    ada.post("/portal/products/feed/revoke/")  # Safe to repeat.
    assert ada.get(f"/feeds/products/{address}").status_code == 404
    verbs = AuditEntry.objects.filter(verb__startswith="product_feed.")
    assert list(verbs.values_list("verb", flat=True).order_by("pk")) == [
        "product_feed.made", "product_feed.revoked",
    ]  # fmt: skip
