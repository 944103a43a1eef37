"""The page that explains why an order was credited."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from portal import click_language, trace_language
from tests.builders import NOW, make_affiliate, make_click, make_code, make_link, make_order
from tests.people import make_fin
from tracking.domain.eligibility import REASON_OF
from tracking.domain.journey import Kind
from tracking.domain.navigation import Fact, Navigation
from tracking.domain.touchpoints import Reason, Rule
from tracking.models import AttributionPolicy, JourneyEvent
from tracking.services.attributions import attribute_pending

pytestmark = pytest.mark.django_db

PLACED_AT = NOW - timedelta(hours=1)
RULES = {
    "stand_down": {"minutes": 60, "classes": ["coupon"]},
    "basket_before_click": {"minutes": 60, "classes": ["coupon"]},
    "session_open": {"minutes": 60, "other_channel": "keep"},
    "split": {"introducer": 3_000, "influencer": 2_000, "closer": 5_000},
}


def make_traced(rules=RULES):
    """An order that Ada introduced and Bea closed; Coupons came in after the basket was full."""
    AttributionPolicy.objects.create(
        number=2, name="Shared", valid_from=NOW - timedelta(days=90), rules=rules,
        created_at=NOW - timedelta(days=90),
    )  # fmt: skip
    names = (("Ada", "content", 12), ("Bea", "content", 2), ("Coupons", "coupon", 1))
    visitor = None
    for name, kind, days in names:
        click = make_click(
            make_link(make_affiliate(name=name, kind=kind)),
            clicked_at=PLACED_AT - timedelta(days=days),
            facts=int(Fact.TOP_LEVEL | Fact.REFERRER_SENT),
            **({"visitor": visitor} if visitor else {}),
        )
        visitor = click.visitor
    for minutes, what, data in (
        (40, "session_started", {"channel": "email"}),
        (30, "basket_changed", {"items": 2}),
    ):
        JourneyEvent.objects.create(
            at=click.clicked_at - timedelta(minutes=minutes), visitor=visitor, shop_id=1,
            kind=what, data=data,
        )  # fmt: skip
    order = make_order(placed_at=PLACED_AT, click_tokens=[click.reference])
    attribute_pending(now=NOW)
    return order


def page_of(client, order):
    return client.get(reverse("portal:order-detail", args=[order.pk]))


def test_the_page_names_who_is_credited_with_which_part(manager):
    page = page_of(manager, make_traced())

    trace = page.context["trace"]
    assert trace.title == "Why it is credited to Bea, Ada"
    assert [(one.name, one.part, one.share_bps) for one in trace.shares] == [
        ("Bea", "Closer", 7_000),
        ("Ada", "Introducer", 3_000),
    ]
    text = page.content.decode()
    assert reverse("portal:policy-detail", args=[2]) in text
    assert "Followed on another site" in text


def test_touchpoints_stand_in_the_order_of_time_with_every_verdict(manager):
    trace = page_of(manager, make_traced()).context["trace"]

    assert [one.touchpoint.affiliate.name for one in trace.touchpoints] == ["Ada", "Bea", "Coupons"]
    first, _second, third = trace.touchpoints
    said = {line.rule: (line.result.code, line.sentence) for line in first.verdicts}
    assert said["Within the look-back"] == (
        "passed",
        "Came 12 days before the order; look-back of the terms: 30 days.",
    )
    assert first.not_asked.startswith("Not in a pause of an experiment, Promo code valid")
    said = {line.rule: (line.result.code, line.sentence) for line in third.verdicts}
    assert said["Basket empty before the click"] == (
        "failed",
        "2 articles in the basket 30 minutes before the click.",
    )
    assert said["No visit under way"] == (
        "passed",
        "The visit began 40 minutes before, by an e-mail of the shop."
        " This policy keeps such clicks.",
    )
    assert (first.is_open, third.is_open) == (False, True)
    assert first.facts[0] == "A whole page was opened"


def test_the_way_to_the_order_is_a_timeline(manager):
    trace = page_of(manager, make_traced()).context["trace"]

    assert [str(item.title) for item in trace.journey] == [
        "Click for Ada",
        "Click for Bea",
        "Visit began",
        "Basket changed",
        "Click for Coupons",
        "Order placed",
    ]


def test_an_order_that_is_nobodys_is_explained_too(manager):
    click = make_click(clicked_at=PLACED_AT - timedelta(days=31))
    order = make_order(placed_at=PLACED_AT, click_tokens=[click.reference])
    attribute_pending(now=NOW)

    page = page_of(manager, order)

    assert page.context["trace"].title == "Why it is nobody's"
    assert "look-back of the terms: 30 days" in page.content.decode()


def test_an_order_that_waits_says_so(manager):
    page = page_of(manager, make_order())

    assert page.context["trace"] is None
    assert "Not decided yet" in page.content.decode()


def test_a_code_without_consent_is_unknown_and_said_to_count(manager):
    code = make_code(policy="if_winner")
    order = make_order(codes=[code.code], placed_at=PLACED_AT)
    attribute_pending(now=NOW)

    assert (
        "Nobody knows who brought the buyer: it counts." in page_of(manager, order).content.decode()
    )


def test_finance_reads_the_trace_without_links_that_it_may_not_follow(client):
    order = make_traced()
    client.force_login(make_fin())

    page = page_of(client, order).content.decode()

    assert reverse("portal:policy-detail", args=[2]) not in page
    assert "/manage/affiliates/" not in page.partition("<main")[2]


def test_the_trace_costs_the_same_with_many_touchpoints(manager, django_assert_max_num_queries):
    order = make_traced()
    page_of(manager, order)
    with django_assert_max_num_queries(45):
        page_of(manager, order)


def test_every_rule_reason_fact_and_step_has_words():
    with translation.override("en"):
        for rule in Rule:
            assert trace_language.rule_name(rule) != rule.replace("_", " "), rule
        for fact in Fact:
            assert click_language.fact_names(int(fact)), fact
        for navigation in Navigation:
            assert click_language.navigation_name(navigation) != "Not recorded", navigation
        for kind in Kind:
            assert click_language.step_name(kind) != kind.replace("_", " "), kind
    assert set(REASON_OF.values()) <= set(Reason)
