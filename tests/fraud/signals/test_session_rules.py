"""The session signals of one credit, and the time from click to order: docs/rules/screening.md."""

from datetime import timedelta

import pytest

from fraud.domain.evidence import UNKNOWN, Arrival, Level, Record
from fraud.domain.signals import (
    basket_before_click,
    checkout_before_click,
    existing_customer,
    order_at_once,
    session_open,
    stand_down,
    two_arrivals,
)
from tests.builders import NOW
from tests.fraud.signals.facts import BY_CODE, CREDIT, credit, facts, level

#: Seven of twenty visits with a basket: at least 18 % of all, by Wilson. Six: 14 %.
LATE = Record(session_known=20, session_open=10, basket_before=7, checkout_before=2)
NOT_SO_LATE = Record(session_known=20, session_open=10, basket_before=6, checkout_before=6)
#: No open one of sixteen: at most 19.4 %; of fifteen 20.4 %.
HARDLY_KNOWN = Record(session_known=15)
KNOWN = Record(session_known=16)


def at_checkout(seconds=60, **changes):
    return credit(session={"checkout_before_s": seconds}, **changes)


def with_basket(seconds=60, items=2, **changes):
    return credit(session={"basket_before_s": seconds, "basket_items": items}, **changes)


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("SES-01 a reader looks for a code", at_checkout(), Level.HOLD),
        ("SES-01 half an hour", at_checkout(1_800), Level.HOLD),
        ("SES-01 longer", at_checkout(1_801), None),
        ("SES-01 influencer", at_checkout(affiliate_kind="influencer"), Level.HOLD),
        ("SES-01 promo codes", at_checkout(affiliate_kind="coupon"), Level.REFUSE),
        ("SES-01 cashback", at_checkout(affiliate_kind="cashback"), Level.REFUSE),
        ("SES-01 from a coupon site", at_checkout(referrer_list="coupon"), Level.REFUSE),
        ("SES-01 from a sub-network", at_checkout(referrer_list="sub_network"), Level.HOLD),
        ("SES-01 as usual there", at_checkout(record=LATE), Level.REFUSE),
        ("SES-01 not surely so", at_checkout(record=NOT_SO_LATE), Level.HOLD),
        ("SES-01 too few", at_checkout(record=Record(session_known=19, basket_before=19)),
         Level.HOLD),
        ("SES-01 nothing known of its visits", at_checkout(record=Record()), Level.HOLD),
        ("SES-01 no checkout", credit(), None),
        ("SES-01 session unknown", credit(session=None), UNKNOWN),
        ("SES-01 no click", BY_CODE, None),
    ],
)  # fmt: skip
def test_a_checkout_before_the_click(rule, evidence, expected):
    assert level(checkout_before_click, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("SES-02 visits hardly known", with_basket(record=HARDLY_KNOWN), Level.HOLD),
        ("SES-02 nothing known", with_basket(record=Record()), Level.HOLD),
        ("SES-02 an hour", with_basket(3_600, record=Record()), Level.HOLD),
        ("SES-02 longer", with_basket(3_601, record=Record()), None),
        ("SES-02 an empty basket", with_basket(items=0, record=Record()), None),
        ("SES-02 seldom so", with_basket(record=KNOWN), Level.REVIEW),
        ("SES-02 seldom so, but a second sale",
         with_basket(record=Record(session_known=100, sales_known=19, sales_basket_before=1)),
         Level.HOLD),
        ("SES-02 a second of twenty-one",
         with_basket(record=Record(session_known=100, sales_known=20, sales_basket_before=1)),
         Level.REVIEW),
        ("SES-02 promo codes", with_basket(affiliate_kind="coupon"), Level.REFUSE),
        ("SES-02 cashback", with_basket(affiliate_kind="cashback"), Level.REFUSE),
        ("SES-02 from an extension's site", with_basket(referrer_list="extension"), Level.REFUSE),
        ("SES-02 as usual there", with_basket(record=LATE), Level.REFUSE),
        ("SES-02 not surely so", with_basket(record=NOT_SO_LATE), Level.HOLD),
        ("SES-02 no basket", credit(), None),
        ("SES-02 session unknown", credit(session=None), UNKNOWN),
        ("SES-02 no click", BY_CODE, None),
    ],
)  # fmt: skip
def test_a_basket_before_the_click(rule, evidence, expected):
    assert level(basket_before_click, evidence) == expected


def test_a_basket_before_the_click_says_how_often_that_is_so():
    assert facts(basket_before_click, with_basket(record=LATE)) == {
        "basket_before_s": 60,
        "items": 2,
        "is_usual": True,
        "visits_known": 20,
        "visits_with_basket": 7,
    }


@pytest.mark.parametrize(
    ("rule", "session", "expected"),
    [
        ("SES-03 just before", {"page_before_s": 0}, Level.REVIEW),
        ("SES-03 half an hour", {"page_before_s": 1_800}, Level.REVIEW),
        ("SES-03 longer", {"page_before_s": 1_801}, None),
        ("SES-03 a basket is SES-02's", {"page_before_s": 60, "basket_before_s": 60}, None),
        ("SES-03 not here before", {}, None),
    ],
)
def test_an_open_session(rule, session, expected):
    assert level(session_open, credit(session=session)) == expected
    assert level(session_open, credit(session=None)) is UNKNOWN
    assert level(session_open, BY_CODE) is None


def arrived(seconds, channel="affiliate", affiliate_id=7, kind="content"):
    return Arrival(seconds=seconds, channel=channel, affiliate_id=affiliate_id, affiliate_kind=kind)


@pytest.mark.parametrize(
    ("rule", "arrival", "expected"),
    [
        ("SES-04 just before", arrived(-5), Level.HOLD),
        ("SES-04 just after", arrived(5), Level.HOLD),
        ("SES-04 six seconds", arrived(6), None),
        ("SES-04 six before", arrived(-6), None),
        ("SES-04 an advertisement", arrived(2, "paid", None), Level.HOLD),
        ("SES-04 a search result is free", arrived(2, "search", None), None),
        ("SES-04 our own link's visit", arrived(0, "affiliate", None), None),
    ],
)
def test_two_paid_ways_at_once(rule, arrival, expected):
    assert level(two_arrivals, credit(session={"arrivals": (arrival,)})) == expected


def test_two_paid_ways_name_the_nearest():
    arrivals = (arrived(-4), arrived(1, "paid", None))
    seen = facts(two_arrivals, credit(session={"arrivals": arrivals}))
    assert seen == {"channel": "paid", "seconds": 1}
    assert level(two_arrivals, credit(session=None)) is UNKNOWN
    assert level(two_arrivals, BY_CODE) is None


@pytest.mark.parametrize(
    ("rule", "kind", "arrival", "expected"),
    [
        ("SES-05 promo codes", "coupon", arrived(-1), Level.REFUSE),
        ("SES-05 cashback, an hour", "cashback", arrived(-3_600), Level.REFUSE),
        ("SES-05 longer", "cashback", arrived(-3_601), None),
        ("SES-05 afterwards", "coupon", arrived(1), None),
        ("SES-05 another such site", "coupon", arrived(-60, kind="cashback"), None),
        ("SES-05 an advertisement", "coupon", arrived(-60, "paid", None), None),
        ("SES-05 two blogs", "content", arrived(-60), None),
    ],
)
def test_a_reward_site_stands_down(rule, kind, arrival, expected):
    evidence = credit(affiliate_kind=kind, session={"arrivals": (arrival,)})
    assert level(stand_down, evidence) == expected


def test_without_a_session_nobody_knows_who_stood_down():
    assert level(stand_down, credit(affiliate_kind="coupon", session=None)) is UNKNOWN
    assert level(stand_down, credit(session=None)) is None
    assert level(stand_down, BY_CODE) is None


@pytest.mark.parametrize(
    ("is_new", "expected"), [(True, None), (False, Level.INFO), (None, UNKNOWN)]
)
def test_a_customer_who_had_ordered_before_is_noted(is_new, expected):
    assert level(existing_customer, credit(is_new_customer=is_new)) == expected


OPEN = {"page_before_s": 3_600}


@pytest.mark.parametrize(
    ("rule", "seconds", "session", "expected"),
    [
        ("ORD-02 in a session", 14, OPEN, Level.REFUSE),
        ("ORD-02 at the same moment", 0, OPEN, Level.REFUSE),
        ("ORD-02 a saved card", 14, {}, Level.HOLD),
        ("ORD-02 session unknown", 14, None, Level.HOLD),
        ("ORD-02 page long ago", 14, {"page_before_s": 3_601}, Level.HOLD),
        ("ORD-02 fifteen seconds", 15, OPEN, None),
        ("ORD-02 a second before the click: ORD-01's", -1, OPEN, None),
    ],
)
def test_an_order_at_once(rule, seconds, session, expected):
    evidence = credit(click={"at": NOW - timedelta(seconds=seconds)}, session=session)
    assert level(order_at_once, evidence) == expected


def test_an_order_by_code_has_no_delay():
    assert level(order_at_once, BY_CODE) is None
    assert level(order_at_once, CREDIT) is None
