"""The signals about an affiliate's sales and people against docs/rules/screening.md."""

from bisect import bisect_right

import pytest

from fraud.domain.delays import CLASSES, EDGES_S
from fraud.domain.evidence import UNKNOWN, Level, SharedIdentity
from fraud.domain.signals import (
    conversion_outlier,
    customer_cluster,
    few_new_customers,
    flat_delays,
    leaked_code,
    many_returns,
    often_doubted,
    often_refused,
    orders_at_once,
    shared_identity,
)
from tests.fraud.signals.facts import ACCOUNT, account, facts, level


def shared(*kinds):
    return account(shared=tuple(SharedIdentity(kind=kind, affiliate_ids=(7,)) for kind in kinds))


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("ID-03 bank account", shared("iban"), Level.HOLD),
        ("ID-03 tax number", shared("address", "tax_number"), Level.HOLD),
        ("ID-03 phone", shared("phone"), Level.REVIEW),
        ("ID-03 e-mail", shared("email", "address"), Level.REVIEW),
        ("ID-03 site", shared("site"), Level.REVIEW),
        ("ID-03 an office", shared("address"), Level.INFO),
        ("ID-03 nobody", account(shared=(SharedIdentity(kind="iban", affiliate_ids=()),)), None),
        ("ID-03 nothing", ACCOUNT, None),
    ],
)
def test_people_of_several_accounts(rule, evidence, expected):
    assert level(shared_identity, evidence) == expected


def test_people_of_several_accounts_are_named_by_account():
    evidence = account(
        shared=(
            SharedIdentity(kind="iban", affiliate_ids=(9, 7)),
            SharedIdentity(kind="email", affiliate_ids=(7,)),
        )
    )
    assert facts(shared_identity, evidence) == {"kinds": ["email", "iban"], "affiliate_ids": [7, 9]}


@pytest.mark.parametrize(
    ("rule", "cluster", "orders", "expected"),
    [
        ("ID-04 five of fifty", 5, 50, Level.HOLD),
        ("ID-04 an office", 5, 51, Level.INFO),
        ("ID-04 four", 4, 4, None),
        ("ID-04 no orders", 0, 0, UNKNOWN),
    ],
)
def test_customers_who_are_linked(rule, cluster, orders, expected):
    evidence = account(sales={"largest_cluster": cluster, "orders": orders})
    assert level(customer_cluster, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "sales", "soon", "expected"),
    [
        ("ORD-02 half", 8, 4, Level.HOLD),
        ("ORD-02 three of eight: not surely", 8, 3, None),
        ("ORD-02 a quarter", 100, 25, None),
        ("ORD-02 more", 100, 26, Level.HOLD),
        ("ORD-02 few sales", 7, 7, UNKNOWN),
    ],
)
def test_sales_within_a_minute(rule, sales, soon, expected):
    evidence = account(sales={"by_click": sales, "within_60_s": soon})
    assert level(orders_at_once, evidence) == expected


def delays(*days):
    counts = [0] * CLASSES
    for day in days:
        counts[bisect_right(EDGES_S, int(day * 86_400))] += 1
    return tuple(counts)


SOON = (0.01, 0.02, 0.01, 0.03, 0.2, 0.01, 0.05, 0.02, 0.01, 0.4, 0.02, 0.01)
SPREAD = (1.5, 4, 6, 9, 12, 15, 17, 20, 23, 25, 28, 29)
WEDDING = (0.01, 0.02, 0.01, 0.03, 2, 5, 9, 15, 20, 25, 1.2, 0.4)


@pytest.mark.parametrize(
    ("rule", "ours", "changes", "expected"),
    [
        ("ORD-03 spread", SPREAD, {}, Level.HOLD),
        ("ORD-03 soon", SOON, {}, None),
        ("ORD-03 some plan long", WEDDING, {}, None),
        ("ORD-03 seven of them", SPREAD[:7], {}, UNKNOWN),
        ("ORD-03 eight", SPREAD[:8], {}, Level.HOLD),
        ("ORD-03 eight, one of them soon", (0.2, *SPREAD[:7]), {}, None),
        ("ORD-03 others unknown", SPREAD, {"usual": {"delays": ()}}, UNKNOWN),
        ("ORD-03 few others", SPREAD, {"usual": {"delays": delays(*SOON * 8)}}, UNKNOWN),
        ("ORD-03 all are so late here", SPREAD, {"usual": {"delays": delays(*SPREAD * 9)}}, None),
    ],
)
def test_delays_without_a_cause(rule, ours, changes, expected):
    evidence = account(sales={"delays": delays(*ours)}, **changes)
    assert level(flat_delays, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "traffic", "sold", "expected"),
    [
        ("ORD-04 as others", {}, 18, None),
        ("ORD-04 high", {"clicks": 200}, 20, Level.HOLD),
        ("ORD-04 not surely thrice", {"clicks": 200}, 19, None),
        ("ORD-04 more sales than clicks", {"clicks": 200}, 300, Level.HOLD),
        ("ORD-04 few clicks", {"clicks": 199}, 199, UNKNOWN),
        ("ORD-04 low, of few", {"clicks": 1_999}, 0, None),
        ("ORD-04 low: a post goes viral", {"clicks": 4_000}, 1, Level.REVIEW),
        ("ORD-04 not surely a fifth", {"clicks": 4_000}, 8, None),
        ("ORD-04 low, and nobody reads", {"clicks": 4_000, "told": 3_000, "read_on": 100}, 1,
         Level.HOLD),
    ],
)  # fmt: skip
def test_a_share_of_buyers_far_from_others(rule, traffic, sold, expected):
    evidence = account(traffic={"told": 3_600, "read_on": 1_800, **traffic},
                       sales={"by_click": sold})  # fmt: skip
    assert level(conversion_outlier, evidence) == expected


def test_without_a_median_nobody_is_far_from_it():
    assert level(conversion_outlier, account(usual={"conversion_bps": None})) is UNKNOWN


@pytest.mark.parametrize(
    ("rule", "orders", "returned", "usual", "expected"),
    [
        ("ORD-05 twice", 20, 15, 2_500, Level.REVIEW),
        ("ORD-05 not surely twice", 20, 14, 2_500, None),
        ("ORD-05 thrice", 100, 85, 2_500, Level.HOLD),
        ("ORD-05 not surely thrice", 100, 82, 2_500, Level.REVIEW),
        ("ORD-05 few orders", 19, 19, 2_500, UNKNOWN),
        ("ORD-05 hardly any in the programme", 100, 35, 0, None),
        ("ORD-05 the floor", 100, 41, 0, Level.REVIEW),
        ("ORD-05 programme unknown", 100, 90, None, UNKNOWN),
    ],
)
def test_orders_sent_back(rule, orders, returned, usual, expected):
    evidence = account(
        sales={"orders": orders, "returned": returned}, usual={"returned_bps": usual}
    )
    assert level(many_returns, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "kind", "alone", "orders", "expected"),
    [
        ("ORD-06 eleven", "content", 11, 15, Level.REVIEW),
        ("ORD-06 the first ten", "content", 10, 10, None),
        ("ORD-06 not surely two of five", "content", 12, 20, None),
        ("ORD-06 said aloud", "influencer", 40, 40, Level.INFO),
        ("ORD-06 in the store", "employee", 40, 40, Level.INFO),
        ("ORD-06 no orders", "content", 0, 0, UNKNOWN),
    ],
)
def test_a_code_without_its_owner(rule, kind, alone, orders, expected):
    evidence = account(kind=kind, sales={"by_code_only": alone, "orders": orders})
    assert level(leaked_code, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "known", "new", "usual", "expected"),
    [
        ("ORD-07 few", 20, 1, 6_000, Level.INFO),
        ("ORD-07 not surely half", 20, 3, 6_000, None),
        ("ORD-07 few known", 19, 0, 6_000, UNKNOWN),
        ("ORD-07 no median", 20, 0, None, UNKNOWN),
    ],
)
def test_buyers_who_are_new(rule, known, new, usual, expected):
    evidence = account(
        sales={"customer_known": known, "new_customers": new}, usual={"new_customer_bps": usual}
    )
    assert level(few_new_customers, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "refused", "screened", "days", "expected"),
    [
        ("ORD-08 three of six", 3, 6, 2, Level.HOLD),
        ("ORD-08 three of eight: not surely", 3, 8, 2, None),
        ("ORD-08 two", 2, 2, 2, None),
        ("ORD-08 on one day", 3, 6, 1, None),
        ("ORD-08 none", 0, 20, 0, None),
        ("ORD-08 nothing screened", 0, 0, 0, UNKNOWN),
    ],
)
def test_sales_refused_again_and_again(rule, refused, screened, days, expected):
    evidence = account(refused=refused, screened=screened, refused_days=days)
    assert level(often_refused, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "doubted", "screened", "expected"),
    [
        ("ORD-09 five of eight", 5, 8, Level.HOLD),
        ("ORD-09 five of nine: not surely", 5, 9, None),
        ("ORD-09 four", 4, 4, None),
        ("ORD-09 one in eight of a comparison site", 25, 200, None),
        ("ORD-09 nothing screened", 0, 0, UNKNOWN),
    ],
)
def test_sales_in_doubt_again_and_again(rule, doubted, screened, expected):
    assert level(often_doubted, account(doubted=doubted, screened=screened)) == expected
