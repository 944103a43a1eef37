"""Orders under the policy of their date: several credits, journeys, twins and limited codes."""

from datetime import timedelta

import pytest

from fraud.services.screening import screen_pending
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_link,
    make_order,
    make_shop,
)
from tests.races.threads import at_once, raised
from tracking.domain.navigation import Fact
from tracking.models import (
    Attribution,
    AttributionPolicy,
    Click,
    Credit,
    JourneyEvent,
    Touchpoint,
)
from tracking.services.attributions import attribute_order, attribute_pending

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PLACED_AT = NOW - HOUR
SPLIT = {"split": {"introducer": 3_000, "influencer": 2_000, "closer": 5_000}}


def publish(rules, **overrides):
    fields = {
        "number": AttributionPolicy.objects.count() + 1,
        "name": "Another",
        "valid_from": NOW - timedelta(days=100),
        "rules": rules,
        "created_at": NOW - timedelta(days=100),
        **overrides,
    }
    return AttributionPolicy.objects.create(**fields)


def make_path(*hours_before, affiliates=None, **fields):
    """One visitor's clicks, each of another affiliate; return them and the reference."""
    affiliates = affiliates or [make_affiliate() for _ in hours_before]
    first = make_click(make_link(affiliates[0]), clicked_at=PLACED_AT - hours_before[0] * HOUR,
                       **fields)  # fmt: skip
    rest = [
        make_click(make_link(one), visitor=first.visitor, clicked_at=PLACED_AT - hours * HOUR)
        for hours, one in zip(hours_before[1:], affiliates[1:], strict=True)
    ]
    return [first, *rest], first.reference


def tell(click: Click, minutes_before: float, kind: str, **data):
    return JourneyEvent.objects.create(
        at=click.clicked_at - minutes_before * MINUTE,
        visitor=click.visitor,
        shop_id=make_shop().pk,
        kind=kind,
        data=data,
    )


def attribute(order) -> Attribution:
    attribute_pending(now=NOW)
    return Attribution.objects.get(order=order)


def verdict(touchpoint: Touchpoint, rule: str):
    return next((one for one in touchpoint.verdicts if one["rule"] == rule), None)


def test_an_order_is_decided_under_the_policy_of_its_date():
    later = publish(SPLIT, valid_from=PLACED_AT)
    clicks, reference = make_path(3, 2)
    before = make_order(click_tokens=[reference], placed_at=PLACED_AT - timedelta(seconds=1))
    after = make_order(click_tokens=[reference], placed_at=PLACED_AT)

    assert attribute(before).policy.number == 1
    assert attribute(after).policy == later
    assert list(before.credits.values_list("share_bps", flat=True)) == [10_000]
    assert dict(after.credits.values_list("affiliate", "share_bps")) == {
        clicks[0].affiliate_id: 3_000,
        clicks[1].affiliate_id: 7_000,
    }


def test_a_policy_that_begins_later_does_not_reach_back():
    publish(SPLIT, valid_from=NOW + HOUR)
    _clicks, reference = make_path(3, 2)

    assert attribute(make_order(click_tokens=[reference], placed_at=PLACED_AT)).policy.number == 1


def test_every_credit_of_a_split_order_keeps_its_own_landing_and_role():
    publish(SPLIT)
    clicks, reference = make_path(30, 20, 10)
    order = make_order(click_tokens=[reference], placed_at=PLACED_AT)

    attribution = attribute(order)

    assert (attribution.outcome, attribution.reason) == ("attributed", "split")
    found = {credit.affiliate_id: credit for credit in Credit.objects.all()}
    for click, share, role in zip(
        clicks, (3_000, 2_000, 5_000), ("introducer", "influencer", "closer"), strict=True
    ):
        credit = found[click.affiliate_id]
        assert (credit.share_bps, credit.role, credit.click_at) == (share, role, click.clicked_at)
        assert credit.touchpoint.link_id == click.link_id
        assert (credit.touchpoint.role, credit.touchpoint.won) == (role, True)


def test_each_credit_of_one_order_is_screened():
    publish(SPLIT)
    _clicks, reference = make_path(30, 20, 10)
    attribute(make_order(click_tokens=[reference], placed_at=PLACED_AT))

    assert screen_pending(now=NOW) == 3
    assert not Credit.objects.filter(screening__isnull=True).exists()


def test_every_touchpoint_keeps_the_verdict_of_every_rule_with_its_facts():
    link = make_link()
    click = make_click(link, clicked_at=PLACED_AT - 48 * HOUR, facts=int(Fact.TOP_LEVEL))
    code = make_code(link.affiliate, valid_to=PLACED_AT - HOUR)
    order = make_order(click_tokens=[click.reference], codes=[code.code], placed_at=PLACED_AT)

    attribute(order)

    touchpoint = Touchpoint.objects.get(kind="click")
    assert (touchpoint.navigation, touchpoint.facts) == ("followed", int(Fact.TOP_LEVEL))
    assert verdict(touchpoint, "look_back") == {
        "rule": "look_back",
        "result": "passed",
        "facts": {"age_seconds": 172_800, "days": 30, "of": "terms"},
    }
    assert verdict(touchpoint, "code_period")["result"] == "not_applicable"
    assert verdict(Touchpoint.objects.get(kind="code"), "code_period")["result"] == "failed"


def test_what_was_no_visit_earns_nothing():
    click = make_click(facts=int(Fact.OWN_SITE), navigation="internal")
    attribution = attribute(make_order(click_tokens=[click.reference]))

    assert (attribution.outcome, attribution.reason) == ("nobody", "none_eligible")
    assert Touchpoint.objects.get().reason == "not_a_visit"


def test_a_look_back_longer_than_the_terms_finds_the_click():
    publish({"look_back_days": {"contracted": 90}})
    affiliate = make_affiliate(is_contracted=True)
    click = make_click(make_link(affiliate), clicked_at=PLACED_AT - timedelta(days=80))

    attribute(make_order(click_tokens=[click.reference], placed_at=PLACED_AT))

    assert Credit.objects.get().affiliate == affiliate


def test_a_click_older_than_anything_is_not_looked_up():
    click = make_click(clicked_at=NOW - timedelta(days=70))

    assert attribute(make_order(click_tokens=[click.reference])).reason == "no_touchpoint"


def test_journeys_are_heard():
    publish({"basket_before_click": {"minutes": 60, "classes": ["coupon"]}})
    coupons = make_affiliate(kind="coupon")
    [click], reference = make_path(1, affiliates=[coupons])
    tell(click, 5, "basket_changed", items=2)

    attribution = attribute(make_order(click_tokens=[reference], placed_at=PLACED_AT))

    assert attribution.outcome == "nobody"
    touchpoint = Touchpoint.objects.get()
    assert touchpoint.reason == "basket_before_click"
    assert verdict(touchpoint, "basket_before_click")["facts"] == {
        "minutes": 60,
        "items": 2,
        "seconds_before": 300,
    }


def test_what_happened_after_the_order_is_not_heard():
    publish({"code": "if_involved"})
    code = make_code()
    visitor = make_click(clicked_at=NOW - timedelta(days=200))
    JourneyEvent.objects.create(at=NOW, visitor=visitor.visitor, shop_id=1, kind="page_view")

    attribute(make_order(codes=[code.code], click_tokens=[visitor.reference], placed_at=PLACED_AT))

    assert verdict(Touchpoint.objects.get(), "code")["result"] == "unknown"
    assert Credit.objects.get().affiliate == code.affiliate


def test_without_consent_a_code_is_not_held_against_its_affiliate():
    publish({"code": "if_involved"})
    code = make_code()

    attribute(make_order(codes=[code.code]))

    assert Credit.objects.get().affiliate == code.affiliate


def test_a_code_of_its_own_rule():
    code = make_code(policy="if_winner")
    [click], reference = make_path(2)

    attribute(make_order(codes=[code.code], click_tokens=[reference], placed_at=PLACED_AT))

    assert Credit.objects.get().affiliate_id == click.affiliate_id
    assert Touchpoint.objects.get(kind="code").reason == "code_not_winner"


def test_a_limited_code_earns_as_often_as_it_may_and_the_earlier_orders_first():
    code = make_code(usage_limit=2)
    orders = [
        make_order(codes=[code.code], placed_at=PLACED_AT - hours * HOUR) for hours in (1, 4, 2)
    ]

    attribute_pending(now=NOW)
    late = make_order(codes=[code.code], placed_at=PLACED_AT)
    attribute_pending(now=NOW)

    won = [Credit.objects.filter(order=order).exists() for order in [*orders, late]]
    assert won == [False, True, True, False]
    assert Touchpoint.objects.get(attribution__order=late).reason == "code_used_up"


# --- the same order twice ------------------------------------------------------------------


def make_twins(**second):
    """The same order by two shops that share a host."""
    code = make_code()
    other = make_shop(code="till", link_hosts=["shop.example", "till.example"])
    make_code(code.affiliate, code=code.code, shop=other)
    lines = [{"net_minor": 5_000}]
    fields = {"number": "#1001", "codes": [code.code], "lines": lines, "placed_at": PLACED_AT}
    return make_order(**fields), make_order(**{"shop": other, **fields, **second})


def test_an_order_that_comes_by_two_shops_earns_once():
    first, second = make_twins(placed_at=PLACED_AT + 9 * MINUTE)

    attribute_pending(now=NOW)

    assert Attribution.objects.get(order=first).outcome == "attributed"
    twin = Attribution.objects.get(order=second)
    assert (twin.outcome, twin.reason) == ("nobody", "duplicate_order")
    assert twin.touchpoints.get().reason == "duplicate_order"
    assert Credit.objects.get().order == first


@pytest.mark.parametrize(
    "difference",
    [
        {"number": "#1002"},
        {"placed_at": PLACED_AT + 11 * MINUTE},
        {"lines": [{"net_minor": 5_001}]},
        {"is_test": True},
    ],
)
def test_orders_that_only_look_alike_earn_both(difference):
    make_twins(**difference)

    attribute_pending(now=NOW)

    assert Credit.objects.count() == 2


def test_shops_without_a_host_in_common_are_different():
    make_twins(shop=make_shop(code="far", link_hosts=["far.example"]))

    attribute_pending(now=NOW)

    assert not Attribution.objects.filter(reason="duplicate_order").exists()


def test_a_twin_that_was_decided_first_keeps_the_order():
    first, second = make_twins()

    assert attribute_order(order_id=second.pk, now=NOW)
    assert Attribution.objects.get(order=second).reason == "duplicate_order"
    assert attribute_order(order_id=first.pk, now=NOW)
    assert Credit.objects.get().order == first


def test_a_later_row_that_earned_already_is_not_paid_again():
    first, second = make_twins(number="#1002")
    attribute_order(order_id=second.pk, now=NOW)
    type(second).objects.filter(pk=second.pk).update(number=first.number)

    attribute_order(order_id=first.pk, now=NOW)

    assert Attribution.objects.get(order=first).reason == "duplicate_order"


# --- one at a time -------------------------------------------------------------------------


def test_one_order_is_decided_once():
    order = make_order(codes=[make_code().code])

    assert [attribute_order(order_id=order.pk, now=NOW) for _ in range(2)] == [True, False]
    assert Credit.objects.count() == 1


def test_one_order_of_the_future_waits():
    order = make_order(placed_at=NOW + HOUR)
    assert not attribute_order(order_id=order.pk, now=NOW)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twins_decided_at_once_earn_once():
    first, second = make_twins()
    orders = [first, second] * 5

    answers = at_once(10, lambda n: attribute_order(order_id=orders[n].pk, now=NOW))

    assert raised(answers) == []
    assert sum(answers) == 2
    assert Credit.objects.get().order == first
