"""What came back without a place is on a page, with what to do about it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from shop.domain.canonical import CanonicalReturn, CanonicalReturnLine
from shop.services import returns
from tests.builders import NOW, make_order, make_return, make_shop
from tests.people import make_ada, person_of

pytestmark = pytest.mark.django_db

ADDRESS = "/manage/inbound/parked/"


def send_back(number, *, order="", line="", sku="", quantity=1):
    said = CanonicalReturn(
        external_id=f"RMA-{number}",
        order_external_id=order,
        reason="return",
        returned_at=NOW,
        lines=(
            CanonicalReturnLine(
                external_id="1", line_external_id=line, sku=sku, quantity=quantity, net_minor=2_417
            ),
        ),
    )
    returns.record(shop_id=make_shop().pk, returns=[said], now=NOW)


def words(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def test_each_parked_return_says_what_to_do(sam):
    order = make_order(number="#A77")
    line = order.lines.get()
    send_back(1, order="9714", line="1")
    send_back(2)
    send_back(3, order=order.external_id, line="another")
    send_back(4, order=order.external_id, line=line.external_id, quantity=3)
    send_back(5, order=order.external_id, sku="UNKNOWN")

    page = sam.get(ADDRESS)

    assert [(row.shop_return.external_id, str(row.why)) for row in page.context["rows"]] == [
        ("RMA-5", "unknown_line"),
        ("RMA-4", "surplus"),
        ("RMA-3", "unknown_line"),
        ("RMA-2", "no_order"),
        ("RMA-1", "unknown_order"),
    ]
    text = words(page)
    for said in ("9714", "€24.17", "#A77", "The order has not come yet.", "More came back"):
        assert said in text
    assert page.context["rows"][1].line.quantity == 2  # One of three was there to come back.


def test_a_return_with_its_place_is_not_there(sam):
    make_return(make_order())

    assert "Nothing is parked" in words(sam.get(ADDRESS))


def test_the_page_asks_as_often_for_many_as_for_one(sam):
    send_back(1, order="A")
    sam.get(ADDRESS)
    counts = []
    for numbers in ((), range(2, 22)):
        for number in numbers:
            send_back(number, order=f"B{number}")
        with CaptureQueriesContext(connection) as queries:
            sam.get(ADDRESS)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_managers_only_find_it_from_the_deliveries(client, sam):
    assert ADDRESS in sam.get(reverse("portal:inbound-list")).content.decode()
    client.force_login(person_of(make_ada()))
    assert client.get(ADDRESS).status_code == 403
