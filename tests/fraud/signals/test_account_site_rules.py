"""The signals about an affiliate's sites and redirectors against docs/rules/screening.md."""

from datetime import timedelta

import pytest

from fraud.domain.evidence import UNKNOWN, Chain, Level, ReferrerSeen
from fraud.domain.signals import (
    brand_bidding,
    hidden_redirectors,
    listed_site,
    lookalike_site,
    proven_chains,
    typed_name,
    undeclared_site,
)
from tests.builders import NOW
from tests.fraud.signals.facts import ACCOUNT, account, facts, level


def site(host="blog.example", clicks=100, *, declared=True, **changes):
    return ReferrerSeen(host=host, clicks=clicks, is_declared=declared, **changes)


@pytest.mark.parametrize(
    ("rule", "sites", "expected"),
    [
        ("DOM-02 near the name", (site(), site(level="L3", imitates="ccv-mode")), Level.HOLD),
        ("DOM-02 the name", (site(level="L1", imitates="ccv-mode"),), Level.HOLD),
        ("DOM-02 another name", (site(),), None),
        ("DOM-02 no site", (), None),
    ],
)
def test_a_declared_site_that_imitates_the_shop(rule, sites, expected):
    assert level(lookalike_site, account(declared_sites=sites)) == expected


def test_the_nearest_declared_site_is_named():
    sites = (site("far.example", level="L4"), site("near.example", level="L2"))
    seen = facts(lookalike_site, account(declared_sites=sites))
    assert (seen["host"], seen["nearness"], seen["sites"]) == ("near.example", "L2", 2)


def test_a_proven_chain_holds_the_account():
    chain = Chain(host="ccvmode.example", name="ccv-mode", level="L1", at=NOW, hops=1)
    older = Chain(host="a.example", name="ccv-mode", level="L1", at=NOW - timedelta(days=1), hops=3)
    evidence = account(chains=(older, chain))
    assert level(proven_chains, evidence) == Level.HOLD
    assert facts(proven_chains, evidence)["host"] == "ccvmode.example"
    assert facts(proven_chains, evidence)["hosts"] == 2
    assert level(proven_chains, ACCOUNT) is None


HOME = {"home_landings": 95, "returning": 0}
DEEP = {"home_landings": 50, "returning": 30}


def typed(hidden, known=100, **traffic):
    """Visits of which all are typed, 100 of them."""
    return {
        "clicks": 100,
        "typed_bare": 100,
        "redirect_known": known,
        "redirect_hidden": hidden,
        **traffic,
    }


@pytest.mark.parametrize(
    ("rule", "traffic", "changes", "expected"),
    [
        ("DOM-04 on the home page", typed(60, **HOME), {}, Level.HOLD),
        ("DOM-04 not surely half", typed(59, **HOME), {}, Level.REVIEW),
        ("DOM-04 known to the shop", typed(95, home_landings=0, returning=79), {}, Level.HOLD),
        ("DOM-04 known, not surely", typed(95, home_landings=0, returning=78), {}, Level.REVIEW),
        ("DOM-04 a printed address of a product", typed(95, **DEEP), {}, Level.REVIEW),
        ("DOM-04 most of the clicks", typed(95, clicks=166, **HOME), {}, Level.HOLD),
        ("DOM-04 among real readers", typed(95, clicks=175, **HOME), {}, Level.REVIEW),
        ("DOM-04 most on the home page", typed(95, home_landings=79, returning=0), {},
         Level.HOLD),
        ("DOM-04 not surely most", typed(95, home_landings=78, returning=0), {}, Level.REVIEW),
        ("DOM-04 a third: an app's shortener", typed(33, **HOME), {}, None),
        ("DOM-04 not surely a third", typed(44, **HOME), {}, None),
        ("DOM-04 surely more", typed(45, **HOME), {}, Level.REVIEW),
        ("DOM-04 verified", typed(95, **HOME), {"redirectors_verified": 1}, None),
        ("DOM-04 declared, not yet looked at", typed(95, **HOME), {"redirectors_declared": 1},
         Level.REVIEW),
        ("DOM-04 thirty", typed(30, 30, **HOME), {}, Level.HOLD),
        ("DOM-04 few known", typed(29, 29, **HOME), {}, UNKNOWN),
        ("DOM-04 the shop's share unknown", typed(95, home_landings=0, returning=100),
         {"usual": {"returning_bps": None}}, Level.REVIEW),
    ],
)  # fmt: skip
def test_redirectors_that_nobody_declared(rule, traffic, changes, expected):
    assert level(hidden_redirectors, account(traffic=traffic, **changes)) == expected


TYPING = {
    "typed_bare": 650,
    "home_landings": 950,
    "returning": 620,
    "desktop": 500,
    "busiest_day": 90,
    "redirect_known": 0,
    "redirect_hidden": 0,
}


@pytest.mark.parametrize(
    ("rule", "traffic", "changes", "expected"),
    [
        ("DOM-05 all of it", {}, {}, Level.HOLD),
        ("DOM-05 a printed address", {}, {"redirectors_verified": 1}, Level.REVIEW),
        ("DOM-05 most typed", {"typed_bare": 532}, {}, Level.HOLD),
        ("DOM-05 not surely half", {"typed_bare": 531}, {}, None),
        ("DOM-05 home page", {"home_landings": 825}, {}, Level.HOLD),
        ("DOM-05 product pages", {"home_landings": 824}, {}, None),
        ("DOM-05 nearly as known", {"returning": 520}, {}, Level.HOLD),
        ("DOM-05 new people", {"returning": 519}, {}, None),
        ("DOM-05 on phones", {"desktop": 460}, {}, None),
        ("DOM-05 campaigns", {"busiest_day": 91}, {}, None),
        ("DOM-05 two weeks", {"days": 14}, {}, Level.HOLD),
        ("DOM-05 too short", {"days": 13}, {}, None),
        ("DOM-05 they type the link", {"redirect_known": 30, "redirect_hidden": 9}, {}, None),
        ("DOM-05 hardly known what they type", {"redirect_known": 29, "redirect_hidden": 9}, {},
         Level.HOLD),
        ("DOM-05 a redirector", {"redirect_known": 30, "redirect_hidden": 10}, {}, Level.HOLD),
        ("DOM-05 few clicks", {"clicks": 99}, {}, UNKNOWN),
        ("DOM-05 the shop's visitors unknown", {}, {"usual": {"returning_bps": None}}, UNKNOWN),
        ("DOM-05 their devices unknown", {}, {"usual": {"desktop_bps": None}}, UNKNOWN),
    ],
)  # fmt: skip
def test_an_audience_that_types_the_name(rule, traffic, changes, expected):
    evidence = account(traffic={**TYPING, **traffic}, **changes)
    assert level(typed_name, evidence) == expected


STRANGE = {"host": "evil.example", "declared": False}


@pytest.mark.parametrize(
    ("rule", "hosts", "changes", "expected"),
    [
        ("DOM-06 most of it", (site(clicks=532, **STRANGE),), {}, Level.HOLD),
        ("DOM-06 not surely most", (site(clicks=531, **STRANGE),), {}, Level.REVIEW),
        ("DOM-06 a twentieth", (site(clicks=50, **STRANGE),), {}, Level.REVIEW),
        ("DOM-06 less", (site(clicks=49, **STRANGE),), {}, None),
        ("DOM-06 twenty", (site(clicks=20, **STRANGE),), {"traffic": {"clicks": 40}},
         Level.REVIEW),
        ("DOM-06 nineteen", (site(clicks=19, **STRANGE),), {"traffic": {"clicks": 40}}, None),
        ("DOM-06 an influencer's posts", (site(clicks=900, **STRANGE),), {"kind": "influencer"},
         Level.INFO),
        ("DOM-06 declared", (site(clicks=900),), {}, None),
        ("DOM-06 a link shim", (site(clicks=900, listed="shim", **STRANGE),), {}, None),
        ("DOM-06 allowed", (site(clicks=900, listed="allowed", **STRANGE),), {}, None),
        ("DOM-06 a search engine", (site("www.google.com", 900, declared=False),), {}, None),
        ("DOM-06 few clicks", (), {"traffic": {"clicks": 19}}, UNKNOWN),
    ],
)  # fmt: skip
def test_a_site_that_was_not_declared(rule, hosts, changes, expected):
    assert level(undeclared_site, account(referrers=hosts, **changes)) == expected


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("DOM-07 declared", {"declared_sites": (site(clicks=0, listed="cashback"),)}, Level.HOLD),
        ("DOM-07 sends", {"referrers": (site(clicks=119, listed="coupon"),)}, Level.HOLD),
        ("DOM-07 not surely a tenth", {"referrers": (site(clicks=118, listed="coupon"),)}, None),
        ("DOM-07 two of them",
         {"referrers": (site(clicks=60, listed="coupon"), site(clicks=59, listed="extension"))},
         Level.HOLD),
        ("DOM-07 a fan's post",
         {"referrers": (site(clicks=19, listed="coupon"),), "traffic": {"clicks": 40}}, None),
        ("DOM-07 twenty",
         {"referrers": (site(clicks=20, listed="coupon"),), "traffic": {"clicks": 40}},
         Level.HOLD),
        ("DOM-07 admitted as such",
         {"kind": "cashback", "declared_sites": (site(listed="cashback"),)}, None),
        ("DOM-07 a sub-network is another's",
         {"referrers": (site(clicks=900, listed="sub_network"),)}, None),
        ("DOM-07 other sites", {"declared_sites": (site(),), "referrers": (site(),)}, None),
    ],
)  # fmt: skip
def test_a_site_that_is_not_admitted(rule, changes, expected):
    assert level(listed_site, account(**changes)) == expected


@pytest.mark.parametrize(
    ("rule", "traffic", "expected"),
    [
        ("DOM-09 from search results", {"search": 225}, Level.HOLD),
        ("DOM-09 not surely a fifth", {"search": 224}, None),
        ("DOM-09 advertisements", {"paid_ids": 850, "home_landings": 532}, Level.HOLD),
        (
            "DOM-09 a site's own advertisements",
            {"paid_ids": 850, "home_landings": 531},
            Level.REVIEW,
        ),
        ("DOM-09 some ids", {"paid_ids": 100, "home_landings": 950}, None),
        ("DOM-09 few clicks", {"clicks": 19, "search": 19}, UNKNOWN),
        ("DOM-09 twenty", {"clicks": 20, "search": 20}, Level.HOLD),
    ],
)
def test_bidding_for_the_shops_name(rule, traffic, expected):
    assert level(brand_bidding, account(traffic=traffic)) == expected


def test_bidding_tells_how_many_came_from_declared_sites():
    evidence = account(traffic={"search": 900}, referrers=(site(clicks=7),))
    assert facts(brand_bidding, evidence)["from_declared_sites"] == 7
