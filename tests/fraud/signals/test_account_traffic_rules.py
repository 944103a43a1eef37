"""The signals about an affiliate's traffic as a whole against docs/rules/screening.md."""

import pytest

from fraud.domain.evidence import UNKNOWN, Level, ReferrerSeen, SubIdSeen
from fraud.domain.signals import (
    click_flood,
    embedded_calls,
    hidden_forwards,
    open_sessions,
    prefetches_unfollowed,
    strict_contradictions,
    sub_network,
    unseen_landings,
)
from tests.fraud.signals.facts import ACCOUNT, HOURS, account, facts, level

FLAT = (42,) * 24


@pytest.mark.parametrize(
    ("rule", "traffic", "expected"),
    [
        ("NAV-01 many", {"embedded": 60, "visits": 140}, Level.HOLD),
        ("NAV-01 not surely a fifth", {"embedded": 51, "visits": 149}, None),
        ("NAV-01 twenty", {"embedded": 20, "visits": 20}, Level.HOLD),
        ("NAV-01 nineteen", {"embedded": 19, "visits": 0}, None),
        ("NAV-01 by clicks", {"embedded": 600, "visits": None}, Level.HOLD),
        ("NAV-01 some of a widget", {"embedded": 60, "visits": 1_500}, None),
        ("NAV-01 no traffic", {"clicks": 0, "visits": None}, UNKNOWN),
    ],
)
def test_links_called_as_images(rule, traffic, expected):
    assert level(embedded_calls, account(traffic=traffic)) == expected


@pytest.mark.parametrize(
    ("rule", "prefetches", "visits", "expected"),
    [
        ("NAV-03 hardly followed", 200, 3, Level.REVIEW),
        ("NAV-03 two in a hundred", 200, 4, None),
        ("NAV-03 few", 199, 0, None),
        ("NAV-03 never", 1_000, 1, Level.HOLD),
        ("NAV-03 never, of fewer", 999, 0, Level.REVIEW),
        ("NAV-03 two in a thousand", 1_000, 2, Level.REVIEW),
        ("NAV-03 a plug-in, followed", 5_000, 150, None),
        ("NAV-03 visits not counted", 200, None, UNKNOWN),
    ],
)
def test_links_fetched_ahead(rule, prefetches, visits, expected):
    evidence = account(traffic={"prefetches": prefetches, "visits": visits})
    assert level(prefetches_unfollowed, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "traffic", "expected"),
    [
        ("NAV-05 many", {"strict_contradictions": 70}, Level.HOLD),
        ("NAV-05 not surely a twentieth", {"strict_contradictions": 63}, None),
        ("NAV-05 five", {"strict_contradictions": 5, "clicks": 20}, Level.HOLD),
        ("NAV-05 four", {"strict_contradictions": 4, "clicks": 4}, None),
        ("NAV-05 readers of feeds", {"strict_contradictions": 20}, None),
        ("NAV-05 no clicks", {"clicks": 0}, UNKNOWN),
    ],
)
def test_clicks_in_disguise(rule, traffic, expected):
    assert level(strict_contradictions, account(traffic=traffic)) == expected


@pytest.mark.parametrize(
    ("rule", "known", "hits", "expected"),
    [
        ("NAV-10 many", 50, 16, Level.HOLD),
        ("NAV-10 not surely a fifth", 50, 15, None),
        ("NAV-10 few known", 49, 49, UNKNOWN),
        ("NAV-10 some shims", 700, 100, None),
    ],
)
def test_forwards_that_hide_where_they_stand(rule, known, hits, expected):
    evidence = account(traffic={"gesture_known": known, "forwarded_bare": hits})
    assert level(hidden_forwards, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "told", "unseen", "expected"),
    [
        ("NAV-11 most", 20, 13, Level.HOLD),
        ("NAV-11 not surely two of five", 20, 12, Level.REVIEW),
        ("NAV-11 a quarter", 50, 20, Level.REVIEW),
        ("NAV-11 not surely a quarter", 50, 18, None),
        ("NAV-11 few told", 19, 19, UNKNOWN),
        ("NAV-11 readers who open tabs", 900, 90, None),
    ],
)
def test_landings_that_nobody_looked_at(rule, told, unseen, expected):
    assert level(unseen_landings, account(traffic={"told": told, "unseen": unseen})) == expected


@pytest.mark.parametrize(
    ("rule", "kind", "known", "opened", "usual", "expected"),
    [
        ("SES-06 twenty", "content", 20, 9, 600, Level.HOLD),
        ("SES-06 not surely a quarter", "content", 20, 8, 600, None),
        ("SES-06 few known", "content", 19, 19, 600, UNKNOWN),
        ("SES-06 a comparison site", "comparison", 800, 110, 1_200, None),
        ("SES-06 twice the median", "content", 800, 350, 2_000, Level.HOLD),
        ("SES-06 not surely twice the median", "content", 800, 340, 2_000, None),
        ("SES-06 a kind full of them", "content", 800, 500, 9_000, Level.HOLD),
        ("SES-06 not surely half", "content", 800, 420, 9_000, None),
        ("SES-06 no median", "content", 20, 9, None, Level.HOLD),
        ("SES-06 promo codes", "coupon", 100, 55, None, Level.HOLD),
        ("SES-06 promo codes, not surely", "coupon", 100, 49, None, None),
        ("SES-06 cashback", "cashback", 100, 55, None, Level.HOLD),
    ],
)
def test_visitors_who_were_here_already(rule, kind, known, opened, usual, expected):
    evidence = account(
        kind=kind,
        traffic={"session_known": known, "session_open": opened},
        usual={"session_open_bps": usual},
    )
    assert level(open_sessions, evidence) == expected


def test_visitors_who_were_here_already_are_told_with_what_is_usual():
    seen = facts(open_sessions, account(traffic={"session_known": 20, "session_open": 10}))
    assert (seen["known"], seen["open"], seen["share_bps"]) == (20, 10, 5_000)
    assert (seen["usual_bps"], seen["allowed_bps"]) == (600, 2_500)


UNREAD = {"told": 900, "read_on": 20}


@pytest.mark.parametrize(
    ("rule", "traffic", "usual", "expected"),
    [
        ("BOT-02 again and again", {**UNREAD, "visitors": 199}, {}, Level.HOLD),
        ("BOT-02 five each", {**UNREAD, "visitors": 200}, {}, None),
        ("BOT-02 duplicates count", {**UNREAD, "visitors": 200, "duplicates": 1}, {}, Level.HOLD),
        ("BOT-02 one network", {**UNREAD, "largest_network": 230}, {}, Level.HOLD),
        ("BOT-02 not surely a fifth", {**UNREAD, "largest_network": 220}, {}, None),
        ("BOT-02 round the clock", {**UNREAD, "hours": FLAT}, {}, Level.HOLD),
        ("BOT-02 the shop's hours unknown", {**UNREAD, "hours": FLAT}, {"hours": ()}, None),
        ("BOT-02 people come round the clock here", {**UNREAD, "hours": FLAT},
         {"hours": FLAT}, None),
        ("BOT-02 a post goes viral: read", {"visitors": 100, "hours": FLAT}, {}, None),
        ("BOT-02 read by one in twenty", {"visitors": 100, "read_on": 40}, {}, None),
        ("BOT-02 no scripts run", {"visitors": 100, "told": 190, "read_on": 95}, {}, Level.HOLD),
        ("BOT-02 scripts run seldom", {"visitors": 100, "told": 200, "read_on": 100}, {}, None),
        ("BOT-02 nobody's pages tell", {**UNREAD, "visitors": 100},
         {"read_on_bps": None, "told_bps": 900}, UNKNOWN),
        ("BOT-02 few clicks", {"clicks": 199, "visitors": 1}, {}, UNKNOWN),
        ("BOT-02 unread, but as people come", UNREAD, {}, None),
    ],
)  # fmt: skip
def test_a_flood_of_clicks(rule, traffic, usual, expected):
    assert level(click_flood, account(traffic=traffic, usual=usual)) == expected


def test_hours_of_people_are_not_flat():
    waves = tuple(hour * 20 for hour in reversed(HOURS))
    evidence = account(traffic={**UNREAD, "hours": waves})
    assert level(click_flood, evidence) is None


def sent(clicks, *, named, **sub_id):
    sub_ids = (SubIdSeen(sub_id="p7", clicks=clicks, **sub_id),) if sub_id else ()
    host = ReferrerSeen(host="net.example", clicks=clicks, is_declared=False, listed="sub_network")
    return account(referrers=(host,), sub_id_clicks=named, sub_ids=sub_ids)


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("SUB-01 no publisher named", sent(20, named=0), Level.HOLD),
        ("SUB-01 few", sent(19, named=0), None),
        ("SUB-01 most named", sent(100, named=65), None),
        ("SUB-01 not enough named", sent(100, named=60), Level.HOLD),
        ("SUB-01 one brings people already here",
         sent(100, named=100, session_known=20, session_open=11), Level.HOLD),
        ("SUB-01 not surely",
         sent(100, named=100, session_known=20, session_open=10), None),
        ("SUB-01 a small publisher",
         sent(100, named=100, session_known=19, session_open=19), None),
        ("SUB-01 sub ids not counted", sent(100, named=None), UNKNOWN),
        ("SUB-01 no sub-network", ACCOUNT, None),
    ],
)  # fmt: skip
def test_a_sub_network(rule, evidence, expected):
    assert level(sub_network, evidence) == expected
