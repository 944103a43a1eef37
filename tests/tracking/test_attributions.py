from datetime import timedelta

import pytest
from psycopg import Cursor

from affiliates.models import AffiliateStatus
from tests.builders import (
    LONG_AGO,
    NOW,
    make_affiliate,
    make_attribution,
    make_click,
    make_code,
    make_group,
    make_link,
    make_order,
    make_shop,
    make_terms,
)
from tracking.models import Attribution, Credit, Touchpoint
from tracking.services.attributions import attribute_pending

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def attribute(order):
    attribute_pending(now=NOW)
    return Attribution.objects.get(order=order)


def reasons(attribution):
    return dict(attribution.touchpoints.values_list("kind", "reason"))


def test_a_click_earns_the_order_and_its_facts_are_kept_on_the_credit():
    link = make_link(sub_id="spring")
    click = make_click(link, surface="look:7:pdp")
    order = make_order(click_tokens=[click.reference])

    attribution = attribute(order)

    assert (attribution.outcome, attribution.reason) == ("attributed", "last_eligible")
    assert (attribution.policy.number, attribution.decided_at) == (1, NOW)
    touchpoint = Touchpoint.objects.get()
    assert (touchpoint.kind, touchpoint.link, touchpoint.won) == ("click", link, True)
    credit = Credit.objects.get()
    assert (credit.order, credit.affiliate) == (order, link.affiliate)
    assert (credit.touchpoint, credit.share_bps, credit.created_at) == (touchpoint, 10_000, NOW)
    assert (credit.click_at, credit.click_age_seconds) == (click.clicked_at, 3_600)
    assert (credit.sub_id, credit.surface) == ("spring", "look:7:pdp")


def test_a_promo_code_earns_whatever_its_case_and_blanks():
    code = make_code(code="Ada10")
    order = make_order(codes=[" aDA10 ", "WELCOME"])

    attribution = attribute(order)

    assert reasons(attribution) == {"code": "last_eligible"}
    credit = Credit.objects.get()
    assert (credit.affiliate, credit.touchpoint.coupon_code) == (code.affiliate, code)
    assert (credit.click_at, credit.click_age_seconds, credit.sub_id) == (None, None, "")


def test_a_code_beats_an_earlier_click_and_the_click_keeps_a_reason():
    click, code = make_click(), make_code()
    order = make_order(click_tokens=[click.reference], codes=[code.code])

    assert reasons(attribute(order)) == {"click": "superseded", "code": "last_eligible"}
    assert Credit.objects.get().affiliate == code.affiliate


def test_a_click_and_a_code_of_one_affiliate_are_one_credit():
    link = make_link()
    code = make_code(link.affiliate)
    tokens = [make_click(link).reference, make_click(link).reference]
    attribute(make_order(click_tokens=tokens, codes=[code.code]))

    assert Touchpoint.objects.count() == 3
    assert Credit.objects.get().affiliate == link.affiliate


def test_nothing_known_is_nobodys_and_says_so():
    attribution = attribute(make_order(click_tokens=["unknown"], codes=["SHOPOWN"]))

    assert (attribution.outcome, attribution.reason) == ("nobody", "no_touchpoint")
    assert not Touchpoint.objects.exists()
    assert not Credit.objects.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": AffiliateStatus.SUSPENDED}, "affiliate_not_active"),
        ({"status": AffiliateStatus.CLOSED}, "affiliate_not_active"),
    ],
)
def test_an_account_that_was_stopped_before_the_order_earns_nothing(change, reason):
    click = make_click(make_link(make_affiliate(**change)))
    attribution = attribute(make_order(click_tokens=[click.reference]))

    assert (attribution.outcome, attribution.reason) == ("nobody", "none_eligible")
    assert reasons(attribution) == {"click": reason}
    assert not Credit.objects.exists()


def test_an_account_that_was_stopped_after_the_order_earns():
    affiliate = make_affiliate(status=AffiliateStatus.SUSPENDED, status_changed_at=NOW)
    click = make_click(make_link(affiliate))
    attribute(make_order(click_tokens=[click.reference], placed_at=NOW - HOUR))
    assert Credit.objects.get().affiliate == affiliate


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        ({"valid_from": NOW - HOUR}, "last_eligible"),
        ({"valid_from": NOW - HOUR / 2}, "code_not_valid"),
        ({"valid_to": NOW - HOUR}, "code_not_valid"),
        ({"valid_to": NOW - HOUR / 2}, "last_eligible"),
    ],
)
def test_a_code_counts_in_its_half_open_period(period, reason):
    code = make_code(**period)
    order = make_order(codes=[code.code], placed_at=NOW - HOUR)
    assert reasons(attribute(order)) == {"code": reason}


def test_a_click_after_the_order_earns_nothing():
    click = make_click(clicked_at=NOW - HOUR / 2)
    order = make_order(click_tokens=[click.reference], placed_at=NOW - HOUR)
    assert reasons(attribute(order)) == {"click": "after_order"}


def test_a_click_far_from_the_order_is_not_looked_up_whoever_is_decided_with_it():
    """A20."""
    day = timedelta(days=1)
    old, near, late = (make_click(clicked_at=NOW - ago * day) for ago in (80, 12, 8))
    of_all = [one.reference for one in (old, near, late)]
    make_order(click_tokens=of_all, placed_at=NOW - 60 * day)
    make_order(click_tokens=of_all, placed_at=NOW - 10 * day)
    make_order(click_tokens=of_all, placed_at=NOW)

    attribute_pending(now=NOW)

    assert [
        [one.at for one in attribution.touchpoints.order_by("at")]
        for attribution in Attribution.objects.order_by("order__placed_at")
    ] == [[old.clicked_at], [near.clicked_at], [near.clicked_at, late.clicked_at]]


def test_a_click_for_another_shop_earns_nothing():
    click = make_click(make_link(shop=make_shop(code="two")))
    assert reasons(attribute(make_order(click_tokens=[click.reference]))) == {"click": "other_shop"}


def test_a_code_of_another_shop_is_not_known():
    code = make_code(shop=make_shop(code="two"))
    assert attribute(make_order(codes=[code.code])).reason == "no_touchpoint"


def test_the_window_is_that_of_the_terms_on_the_order_date():
    group = make_group(slug="changing", terms={"valid_to": NOW - 2 * HOUR, "window_days": 30})
    make_terms(group=group, valid_from=NOW - 2 * HOUR, window_days=1)
    link = make_link(make_affiliate(group=group))
    click = make_click(link, clicked_at=NOW - timedelta(days=10))
    before = make_order(click_tokens=[click.reference], placed_at=NOW - 3 * HOUR)
    after = make_order(click_tokens=[click.reference], placed_at=NOW - 2 * HOUR)

    assert reasons(attribute(before)) == {"click": "last_eligible"}
    assert reasons(attribute(after)) == {"click": "outside_window"}


def test_own_terms_win_over_those_of_the_group():
    affiliate = make_affiliate()
    make_terms(affiliate=affiliate, window_days=1)
    click = make_click(make_link(affiliate), clicked_at=NOW - timedelta(days=10))
    assert reasons(attribute(make_order(click_tokens=[click.reference]))) == {
        "click": "outside_window"
    }


def test_without_terms_nothing_is_earned():
    group = make_group(slug="old", terms={"valid_to": LONG_AGO + HOUR})
    click = make_click(make_link(make_affiliate(group=group)))
    assert reasons(attribute(make_order(click_tokens=[click.reference]))) == {"click": "no_terms"}


def test_test_orders_are_attributed_like_others():
    attribute(make_order(codes=[make_code().code], is_test=True))
    assert Credit.objects.count() == 1


def test_an_order_of_the_future_waits_for_its_clicks():
    order = make_order(placed_at=NOW + HOUR)

    assert attribute_pending(now=NOW) == 0
    assert attribute_pending(now=NOW + HOUR) == 1
    assert Attribution.objects.get().order == order


def test_running_again_changes_nothing():
    make_order(codes=[make_code().code])
    assert [attribute_pending(now=NOW) for _ in range(3)] == [1, 0, 0]
    assert (Attribution.objects.count(), Credit.objects.count()) == (1, 1)


def test_a_decided_order_is_left_as_it_is():
    order = make_order(codes=[make_code().code])
    decided = make_attribution(order)
    assert attribute_pending(now=NOW) == 0
    assert Attribution.objects.get() == decided


def test_a_run_is_bounded():
    for _ in range(5):
        make_order(lines=[])
    assert [attribute_pending(now=NOW, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_since_looks_only_at_what_was_received_from_then_on():
    old = make_order(placed_at=NOW - 3 * HOUR)
    new = make_order(placed_at=NOW - 2 * HOUR, received_at=NOW)
    assert attribute_pending(now=NOW, since=NOW - HOUR) == 1
    assert Attribution.objects.get().order == new
    assert attribute_pending(now=NOW) == 1
    assert Attribution.objects.filter(order=old).exists()


def test_many_orders_cost_as_many_statements_as_one(monkeypatch):
    code, click = make_code(), make_click()
    make_order(lines=[], codes=[code.code], click_tokens=[click.reference])
    said, execute = [], Cursor.execute

    def listen(cursor, statement, *args, **kwargs):
        if "SAVEPOINT" not in str(statement):
            said.append(statement)
        return execute(cursor, statement, *args, **kwargs)

    monkeypatch.setattr(Cursor, "execute", listen)
    attribute_pending(now=NOW)
    for_one = said.copy()
    for _ in range(30):
        make_order(lines=[], codes=[code.code], click_tokens=[make_click().reference])
    said.clear()

    assert attribute_pending(now=NOW) == 30

    # Orders, clicks, links, what landing pages told, codes; one that writes everything.
    assert len(for_one) == 6
    assert said == for_one
