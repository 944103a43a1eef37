"""From a page somewhere to an attributed order, in a real browser, through the demo shop."""

import time
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from demo.shop import messages
from portal.demo import shop_file
from shop.models import Order, Shop
from shop.services import secrets
from shop.tasks import process_inbound
from tests.browser.shop_stage import COAT, LOOKALIKE, SHOP
from tests.builders import make_user
from tests.people import make_sam
from tracking.domain.landed import proven_by
from tracking.domain.navigation import Fact
from tracking.domain.references import to_uuid
from tracking.models import Click, Credit, JourneyEvent, Link
from tracking.services import partitions, shipping
from tracking.spool import host_name
from tracking.tasks import attribute_pending

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def programme(stage):
    """The shop may sign its orders, and today's clicks have a table to go to."""
    shop = Shop.objects.get()
    partitions.make_ahead(timezone.now())
    secrets.issue(shop_id=shop.pk, actor=make_user(), now=timezone.now())
    shop_file.write(stage.shop.state, shop)
    return stage


def settle(stage):
    """Let the shipper, the shop's courier and the workers do what they do every second."""
    assert messages.deliver_due(stage.shop, at=time.time()) == 1
    process_inbound()
    shipping.ship(stage.spool_dir, host=host_name(), now=timezone.now())
    attribute_pending()


def proven(visitor):
    """Return what is proven of the only click of a visitor, by its request and its page."""
    click = Click.objects.get(visitor=to_uuid(visitor))
    landings = JourneyEvent.objects.filter(visitor=click.visitor, kind="landing")
    return click, proven_by(
        click.facts,
        navigation=click.navigation,
        clicked_at=click.clicked_at,
        landings=landings.values_list("at", "data"),
    )


@pytest.mark.parametrize("accepts", ["before", "after"])
def test_a_reader_of_a_blog_buys_and_the_blog_earns_the_order(programme, accepts):
    if accepts == "before":
        programme.answer(programme.open(f"{SHOP}/"), "Accepter")
    page = programme.arrive()
    if accepts == "after":
        programme.answer(page, "Accepter")
    programme.heard(page)

    [visitor] = programme.buy(page)["ap_ref"]
    settle(programme)

    credit = Credit.objects.get()
    assert (credit.order, credit.affiliate) == (Order.objects.get(), Link.objects.get().affiliate)
    assert credit.touchpoint.kind == "click"
    click, facts = proven(visitor)
    assert (click.navigation, click.referrer_host) == ("followed", "blog.test")
    assert facts & (Fact.LANDED | Fact.OWN_HOP_ONLY) == Fact.LANDED | Fact.OWN_HOP_ONLY
    assert not facts & (Fact.HIDDEN_REDIRECTOR | Fact.UNSEEN | Fact.NO_GESTURE)
    assert (Fact.EXCHANGED in facts) is (accepts == "after")


@pytest.mark.parametrize("accepts", ["before", "after"])
def test_a_typed_look_alike_that_redirects_to_the_link_leaves_its_trace(programme, accepts):
    if accepts == "before":
        programme.answer(programme.open(f"{SHOP}/"), "Accepter")
    page = programme.open(LOOKALIKE)
    assert page.url.startswith(f"{SHOP}{COAT}")
    if accepts == "after":
        programme.answer(page, "Accepter")
    programme.heard(page)

    [visitor] = programme.buy(page)["ap_ref"]
    settle(programme)

    touchpoint = Credit.objects.get().touchpoint
    assert touchpoint.navigation == "typed"
    assert Fact(touchpoint.facts) & Fact.HIDDEN_REDIRECTOR
    manager = Client(headers={"accept-language": "en"})
    manager.force_login(make_sam())
    order_page = manager.get(f"/manage/orders/{Credit.objects.get().order_id}/?tab=trace")
    assert "A hidden redirect came before ours" in unescape(order_page.content.decode())
    click, facts = proven(visitor)
    assert (click.navigation, click.referrer_host) == ("typed", "")
    assert Fact.HIDDEN_REDIRECTOR in facts


def test_a_withdrawal_erases_the_rows(programme):
    page = programme.arrive()
    programme.answer(page, "Accepter")
    programme.heard(page)
    shipping.ship(programme.spool_dir, host=host_name(), now=timezone.now())
    visitor = to_uuid(programme.cookies()["ap_ref"]["value"])
    assert JourneyEvent.objects.filter(visitor=visitor).exists()

    page.evaluate("ap.consent(false)")
    programme.heard(page)
    shipping.ship(programme.spool_dir, host=host_name(), now=timezone.now())

    assert Click.objects.get().visitor is None
    assert not JourneyEvent.objects.exists()
