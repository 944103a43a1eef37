"""Exchanges and additions go where their order went (docs/rules/orders.md, O12)."""

from datetime import timedelta

import pytest

from affiliates.models import Programme
from shop.models import Order
from shop.services import orders
from tests.builders import (
    LONG_AGO,
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_credit,
    make_group,
    make_link,
    make_order,
    make_terms,
)
from tests.shop.test_orders import a_line, an_order
from tracking.models import Attribution, Credit
from tracking.services.attributions import attribute_pending
from tracking.services.followers import PATIENCE

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def followed(days, **facts):
    """Return an order with a credit, and one that follows it after some days."""
    original = make_order(placed_at=NOW - 60 * DAY)
    credit = make_credit(order=original)
    follower = make_order(
        placed_at=original.placed_at + days * DAY,
        follows=original,
        follows_external_id=original.external_id,
        received_at=NOW,
        **facts,
    )
    return credit, follower


def test_an_exchange_goes_where_its_order_went_with_the_terms_of_then():
    group = make_group()
    then, now = group.terms.get(), NOW - 50 * DAY
    credit, follower = followed(20)
    then.valid_to = now
    then.save()
    make_terms(group=group, valid_from=now, rate_bps=100)

    assert attribute_pending(now=NOW) == 1
    assert attribute_pending(now=NOW) == 0

    found = Credit.objects.get(order=follower)
    assert (found.affiliate, found.share_bps, found.terms) == (credit.affiliate, 10_000, then)
    assert (found.click_at, found.click_age_seconds) == (
        credit.click_at,
        int((20 * DAY).total_seconds()) + 3_600,
    )
    decision = Attribution.objects.get(order=follower)
    assert (decision.outcome, decision.reason) == ("attributed", "followed_order")
    touchpoint = decision.touchpoints.get()
    assert (touchpoint.won, touchpoint.link) == (True, credit.touchpoint.link)
    [verdict] = touchpoint.verdicts
    assert (verdict["rule"], verdict["result"]) == ("follows", "passed")
    assert verdict["facts"]["order"] == credit.order.number


def test_every_part_of_a_shared_order_is_inherited():
    credit, follower = followed(3)
    credit.order.credits.update(share_bps=6_000)
    other = make_affiliate()
    touchpoint = credit.touchpoint
    touchpoint.pk, touchpoint.affiliate = None, other
    touchpoint.save()
    Credit.objects.create(order=credit.order, affiliate=other, touchpoint=touchpoint,
                          terms=credit.terms, share_bps=4_000, created_at=NOW)  # fmt: skip

    attribute_pending(now=NOW)

    shares = dict(Credit.objects.filter(order=follower).values_list("affiliate", "share_bps"))
    assert shares == {credit.affiliate_id: 6_000, other.pk: 4_000}


@pytest.mark.parametrize(("days", "inherits"), [(30, True), (31, False)])
def test_after_the_days_of_the_programme_only_its_own_touchpoints_count(days, inherits):
    Programme.get()
    _credit, follower = followed(days)

    attribute_pending(now=NOW)

    decision = Attribution.objects.get(order=follower)
    assert (decision.reason == "followed_order") is inherits
    assert decision.outcome == ("attributed" if inherits else "nobody")


def test_what_was_nobodys_stays_nobodys_whoever_came_in_between():
    link = make_link()
    original = make_order(placed_at=NOW - 3 * DAY)
    click = make_click(link, clicked_at=NOW - 2 * DAY)
    follower = make_order(follows=original, follows_external_id=original.external_id,
                          placed_at=NOW - DAY, click_tokens=[click.reference])  # fmt: skip

    attribute_pending(now=NOW)
    attribute_pending(now=NOW)

    decision = Attribution.objects.get(order=follower)
    assert (decision.outcome, decision.reason) == ("nobody", "followed_order")
    assert not Credit.objects.exists()


def test_an_order_waits_for_the_one_that_it_follows_but_not_for_ever():
    code = make_code(code="ADA10", valid_from=LONG_AGO)
    follower = make_order(follows_external_id="never came", codes=["ADA10"], received_at=NOW,
                          placed_at=NOW - timedelta(hours=1))  # fmt: skip

    assert attribute_pending(now=NOW) == 0
    assert attribute_pending(now=NOW + PATIENCE) == 1

    assert Credit.objects.get().affiliate == code.affiliate
    assert Attribution.objects.get(order=follower).reason == "last_eligible"


def test_an_inherited_code_is_not_used_again():
    code = make_code(code="ONCE", usage_limit=2, valid_from=LONG_AGO)
    for number in range(2):
        make_order(codes=["ONCE"], placed_at=NOW - (5 - number) * DAY)
        attribute_pending(now=NOW)
        if number == 0:
            original = Order.objects.get()
            make_order(follows=original, follows_external_id=original.external_id,
                       placed_at=NOW - 4 * DAY - timedelta(hours=1))  # fmt: skip
            attribute_pending(now=NOW)

    assert Credit.objects.filter(affiliate=code.affiliate).count() == 3


def test_an_exchange_is_linked_whichever_order_comes_first():
    original, later = an_order("A"), an_order("B").placed_at + DAY
    follower = an_order("B", placed_at=later, updated_at=later, follows_external_id="A",
                        lines=(a_line("1"),))  # fmt: skip
    shop = make_order().shop_id

    orders.record(shop_id=shop, orders=[follower], now=NOW)
    assert Order.objects.get(external_id="B").follows is None
    orders.record(shop_id=shop, orders=[original], now=NOW)
    orders.record(shop_id=shop, orders=[follower, original], now=NOW)

    assert Order.objects.get(external_id="B").follows.external_id == "A"


def test_no_two_orders_wait_for_each_other():
    pair = [an_order("A", follows_external_id="B"), an_order("B", follows_external_id="A")]
    shop = make_order().shop_id

    orders.record(shop_id=shop, orders=pair, now=NOW)

    assert not Order.objects.filter(follows__isnull=False).exists()
    itself = an_order("C", follows_external_id="C")
    report = orders.record(shop_id=shop, orders=[itself], now=NOW)
    assert "itself" in report.conflicts["C"]
