"""Why an order went to a look, or did not, in words."""

import pytest

from tests.builders import NOW, make_affiliate, make_click, make_link, make_order, make_staff_code
from tracking.services.attributions import attribute_pending

pytestmark = pytest.mark.django_db


def trace_of(client, *clicks, **order):
    order = make_order(click_tokens=[click.reference for click in clicks], **order)
    attribute_pending(now=NOW)
    return client.get(f"/manage/orders/{order.pk}/").content.decode()


def tap(**fields):
    link = make_link(surface="look:12")
    return make_click(link, navigation="internal", surface="look:12:pdp", **fields)


def test_a_look_that_was_alone(sam):
    page = trace_of(sam, tap())
    assert "A tap in a look on the shop&#x27;s own pages: nothing from elsewhere could win." in page
    assert "Nothing from elsewhere may earn, so the look does." in page


def test_a_look_beside_somebody_who_brought_the_buyer(sam):
    page = trace_of(sam, tap(), make_click())
    assert "what brought the buyer comes before it." in page
    assert "Something that brought the buyer from elsewhere may earn: it comes before." in page


def test_an_employee_at_the_staff_s_discount(sam):
    make_staff_code("TEAM")
    click = make_click(make_link(make_affiliate(kind="employee")))
    page = trace_of(sam, click, codes=["TEAM"])
    assert "The order used the discount of the staff: no employee earns from it." in page
    assert "The order used the staff-discount code TEAM." in page


def test_the_rule_is_published_with_the_others(sam):
    page = sam.get("/manage/policies/1/").content.decode()
    assert "earns only when nothing from elsewhere may." in page
    assert 'name="on_site"' in sam.get("/manage/policies/new/").content.decode()
