"""Sums per affiliate and day: each fact once, whatever happens to the counting."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from fraud.models import Progress, SalesDay, TrafficDay
from fraud.services import counting
from shop.models import Order
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_return,
    make_shop,
)
from tests.fraud.visits_world import SEEN, bought, evidence, make_event, own_origin, visitor_of
from tracking.domain.navigation import Fact
from tracking.models import Click, Credit, JourneyEvent, SpoolHost
from tracking.services.attributions import attribute_pending

pytestmark = pytest.mark.django_db

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=s) for s in (1, 60, 3_600, 86_400))
MORNING = datetime(2026, 6, 10, 8, 30, tzinfo=UTC)
ANN, BOB = UUID(int=1), UUID(int=2)
BARE = Fact.TOP_LEVEL | Fact.REFERRER_ABSENT


def row():
    return TrafficDay.objects.get()


def click(link, at=MORNING, visitor=ANN, facts=Fact.TOP_LEVEL, **more):
    return make_click(link, clicked_at=at, visitor=visitor, facts=int(facts), **more)


def counted(link=None, **more):
    """The row of one click that is counted."""
    click(link or make_link(), **more)
    counting.count_visits(now=NOW)
    return row()


def dump(model):
    rows = model.objects.order_by("affiliate_id", "day").values()
    return [{name: value for name, value in one.items() if name != "id"} for one in rows]


def test_a_click_is_counted_in_its_hour():
    found = counted(device=1)
    assert (found.day, found.clicks, found.visitors, found.desktop) == (MORNING.date(), 1, 1, 1)
    assert found.hours == [0] * 8 + [1] + [0] * 15


def test_nothing_is_counted_before_its_page_may_have_told():
    link = make_link()
    click(link, at=NOW - 30 * MINUTE)
    click(link, at=NOW - 50 * MINUTE, visitor=BOB)
    counting.count_visits(now=NOW)
    assert row().clicks == 1
    assert Progress.objects.get(name="traffic").until == NOW - counting.SETTLES
    counting.count_visits(now=NOW + 11 * MINUTE)
    assert row().clicks == 2


def test_counting_goes_as_far_as_the_slowest_machine():
    SpoolHost.objects.create(name="a", watermark=MORNING, beat_at=NOW)
    click(make_link(), at=MORNING - MINUTE)
    counting.count_visits(now=NOW)
    assert not TrafficDay.objects.exists()


def test_the_same_visitor_within_half_an_hour_is_one_click():
    link = make_link()
    for minutes in (0, 29, 58, 89):
        click(link, at=MORNING + minutes * MINUTE)
    click(make_link(link.affiliate))
    counting.count_visits(now=NOW)
    assert (row().clicks, row().duplicates, row().visitors) == (3, 2, 1)


def test_those_who_were_erased_are_nobody_s_duplicates():
    link = make_link()
    for _ in range(2):
        click(link, visitor=None)
    counting.count_visits(now=NOW)
    assert (row().clicks, row().duplicates, row().visitors) == (2, 0, 0)


@pytest.mark.parametrize(
    ("more", "columns"),
    [
        ({"navigation": "typed", "facts": BARE}, {"typed_bare"}),
        ({"navigation": "followed", "facts": BARE}, {"gesture_known"}),
        (
            {"navigation": "typed", "facts": BARE | Fact.STRICT_MISSING},
            {"typed_bare", "redirect_known", "redirect_hidden"},
        ),
        (
            {"navigation": "typed", "facts": BARE | Fact.STRICT_SEEN, "browser": 3},
            {"typed_bare", "redirect_known", "gesture_known"},
        ),
        (
            {"navigation": "typed", "facts": BARE | Fact.STRICT_SEEN, "browser": 1},
            {"typed_bare", "gesture_known"},
        ),
        (
            {"navigation": "forwarded", "facts": BARE | Fact.NO_GESTURE},
            {"forwarded_bare", "gesture_known", "no_gesture"},
        ),
        ({"facts": Fact.STRICT_CONTRADICTION | Fact.STRICT_SEEN}, {"strict_contradictions"}),
        ({"facts": Fact.SEARCH, "navigation": "forwarded"}, {"search"}),
        ({"facts": Fact.PAID_ID, "navigation": "forwarded"}, {"paid_ids"}),
        ({"facts": Fact.LAX_SEEN, "navigation": "forwarded"}, {"returning"}),
        ({"ip_hash": 7, "navigation": "forwarded"}, {"largest_network"}),
    ],
)
def test_facts_are_counted_beside_those_of_whom_they_are_known(more, columns):
    found = counted(**{"navigation": "forwarded", **more})
    others = {"id", "affiliate_id", "day", "hours", "clicks", "visitors"}
    sums = {field.name: getattr(found, field.name) for field in TrafficDay._meta.fields}
    assert {name for name, number in sums.items() if name not in others and number} == columns


@pytest.mark.parametrize(
    ("url", "leads_home"),
    [
        ("https://shop.example/", 1),
        ("https://shop.example", 1),
        ("https://shop.example/?a=b", 1),
        ("https://shop.example#top", 1),
        ("https://shop.example/dresses", 0),
    ],
)
def test_links_to_the_home_page_are_counted(url, leads_home):
    make_shop()
    assert counted(make_link(destination_url=url)).home_landings == leads_home


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({**SEEN, "redirects": 1}, (1, 0, 1, 0)),
        ({**SEEN, "redirects": 0}, (1, 0, 1, 1)),
        ({**SEEN, "redirects": 0, "entry": "reload"}, (1, 0, 0, 0)),
        ({"path": "/"}, (1, 0, 0, 0)),
        ({**SEEN, "visible": False, "focused": False}, (1, 1, 1, 0)),
        ({**SEEN, "visible": False}, (1, 0, 1, 0)),
    ],
)
def test_landings_are_counted_by_what_they_told(told, expected):
    own_origin()
    link = make_link()
    click(link, navigation="typed", facts=BARE)
    make_event(ANN, "landing", MORNING + SECOND, **told)
    counting.count_visits(now=NOW)
    found = row()
    sums = (found.told, found.unseen, found.redirect_known, found.redirect_hidden)
    assert sums == expected


def test_a_session_is_known_where_pages_tell_of_it():
    link = make_link()
    click(link)
    click(link, visitor=BOB)
    make_event(BOB, "page_view", MORNING, path="/")
    make_event(BOB, "landing", MORNING + SECOND, **SEEN)
    make_event(BOB, "page_view", MORNING + MINUTE, path="/a")
    counting.count_visits(now=NOW)
    found = row()
    assert (found.session_known, found.session_open, found.told, found.read_on) == (1, 0, 1, 1)


def test_what_was_under_way_before_the_click_is_counted():
    link = make_link()
    for number, (kind, minutes, data) in enumerate([
        ("page_view", 29, {"path": "/"}),
        ("page_view", 31, {"path": "/"}),
        ("checkout_opened", 10, {}),
        ("basket_changed", 59, {"items": 1}),
        ("basket_changed", 59, {"items": 0}),
        ("basket_changed", 61, {"items": 1}),
    ]):  # fmt: skip
        click(link, visitor=UUID(int=number + 1))
        make_event(UUID(int=number + 1), kind, MORNING - minutes * MINUTE, **data)
        make_event(UUID(int=number + 1), "landing", MORNING + SECOND, **SEEN)
    counting.count_visits(now=NOW)
    found = row()
    assert (found.session_known, found.session_open) == (6, 2)
    assert (found.basket_before, found.checkout_before) == (1, 1)


def test_what_consent_came_after_is_not_known_of():
    link = make_link()
    click(link, facts=Fact.EXCHANGED)
    make_event(ANN, "page_view", MORNING - MINUTE, path="/")
    counting.count_visits(now=NOW)
    assert row().session_known == 0


def world(seed=7, clicks=120):
    """Two days of clicks of few visitors by three affiliates, and what pages told of them."""
    own_origin()
    random, links = Random(seed), []
    for _ in range(3):
        affiliate = make_affiliate()
        links += [
            make_link(affiliate),
            make_link(affiliate, destination_url="https://shop.example"),
        ]
    bits = [int(fact) for fact in Fact if fact not in Fact.LANDED | Fact.UNSEEN]
    rows = [
        Click(
            clicked_at=MORNING + random.randrange(2 * 86_400) * SECOND,
            visitor=random.choice([None, *(UUID(int=n) for n in range(1, 13))]),
            link_id=link.pk,
            affiliate_id=link.affiliate_id,
            navigation=random.choice(["typed", "followed", "forwarded", "unknown"]),
            facts=random.choice(bits) | random.choice(bits),
            browser=random.randrange(8),
            device=random.randrange(4),
            ip_hash=random.choice([None, 1, 2, 3]),
        )
        for link in random.choices(links, k=clicks)
    ]
    Click.objects.bulk_create(rows)
    events = []
    for one in random.sample([one for one in rows if one.visitor], clicks // 2):
        for _ in range(random.randrange(1, 6)):
            kind = random.choice(["landing", "landing", "page_view", "basket_changed",
                                  "checkout_opened", "session_started"])  # fmt: skip
            data = {
                "landing": {
                    **SEEN,
                    "redirects": random.randrange(3),
                    "visible": random.random() < 0.5,
                    "focused": random.random() < 0.5,
                },
                "basket_changed": {"items": random.randrange(3)},
            }.get(kind, {"path": "/"})
            at = one.clicked_at + random.choice([1, 5, 60, 700, -60, -1_500, -3_000]) * SECOND
            events.append(JourneyEvent(visitor=one.visitor, shop_id=1, kind=kind, at=at, data=data))
    JourneyEvent.objects.bulk_create(events)


def test_in_whatever_stretches_it_is_counted_the_sums_are_those_of_whole_days():
    world()
    random, moment = Random(1), MORNING
    while moment < MORNING + 3 * DAY:
        counting.count_visits(now=moment)
        moment += random.randrange(1, 30_000) * SECOND
    counting.count_visits(now=MORNING + 4 * DAY)
    kept = dump(TrafficDay)
    for days in range(4):
        counting.recount_visits(MORNING.date() + days * DAY)
    assert dump(TrafficDay) == kept
    assert sum(one["clicks"] + one["duplicates"] for one in kept) == 120


def test_counting_again_changes_nothing():
    world(clicks=40)
    counting.count_visits(now=NOW)
    kept = dump(TrafficDay)
    assert counting.count_visits(now=NOW) == 0
    counting.count_visits(now=NOW - DAY)
    assert dump(TrafficDay) == kept


def test_a_run_that_ends_early_is_taken_up_where_it_stopped():
    world(clicks=40)
    counting.count_visits(now=NOW, stretches=1)
    assert sum(one["clicks"] for one in dump(TrafficDay)) < 40
    counting.count_visits(now=NOW)
    assert sum(one["clicks"] + one["duplicates"] for one in dump(TrafficDay)) == 40


def test_what_is_shipped_late_is_counted_at_night():
    link = make_link()
    click(link, at=NOW - DAY)
    counting.count_visits(now=NOW)
    click(link, at=NOW - DAY, visitor=BOB)
    counting.count_visits(now=NOW)
    assert row().clicks == 1
    counting.settle(now=NOW)
    assert row().clicks == 2


def test_the_sums_say_the_same_as_the_evidence_of_each_credit():
    """Two ways to the same facts: SQL over all clicks, and Python over those that won."""
    own_origin()
    random, credits = Random(3), []
    for _ in range(25):
        credit = bought(navigation="typed", facts=int(BARE))
        at = NOW - 2 * HOUR
        for _event in range(random.randrange(5)):
            kind, data = random.choice([
                ("landing", {**SEEN, "redirects": random.randrange(2)}),
                ("page_view", {"path": "/"}),
                ("basket_changed", {"items": random.randrange(2)}),
                ("checkout_opened", {}),
            ])  # fmt: skip
            offset = random.choice([1, 90, -90, -1_500, -2_500])
            make_event(visitor_of(credit), kind, at + offset * SECOND, **data)
        credits.append(credit)
    counting.count_visits(now=NOW)
    rows = {one.affiliate_id: one for one in TrafficDay.objects.all()}
    for credit in credits:
        one, found = rows[credit.affiliate_id], evidence(credit)
        facts, session = found.click.facts, found.session
        assert (one.told, one.unseen) == (Fact.LANDED in facts, Fact.UNSEEN in facts)
        assert one.redirect_hidden == (Fact.HIDDEN_REDIRECTOR in facts)
        assert one.session_known == (session is not None)
        if session is not None:
            assert one.session_open == ((session.page_before_s or 9_999) <= 1_800)
            assert one.basket_before == (session.basket_before_s is not None)
            assert one.checkout_before == ((session.checkout_before_s or 9_999) <= 1_800)


# --- orders ------------------------------------------------------------------------


def test_orders_are_counted_on_their_day_with_their_delay():
    affiliate = make_affiliate()
    for seconds, more in ((10, {}), (50, {"is_new_customer": True}), (90_000, {"is_test": True})):
        order = make_order(**more)
        make_credit(affiliate, order, click_at=order.placed_at - seconds * SECOND)
    make_credit(affiliate, order := make_order(), click_at=order.placed_at - 2 * DAY)
    counting.count_sales(now=NOW + SECOND)
    found = SalesDay.objects.get()
    assert (found.orders, found.by_click, found.within_15_s, found.within_60_s) == (3, 3, 1, 2)
    assert (found.customer_known, found.new_customers, found.by_code_only) == (1, 1, 0)
    assert [number for number in found.delays if number] == [1, 1, 1]


def test_an_order_by_code_alone_has_no_delay():
    code = make_code()
    make_order(codes=[code.code])
    attribute_pending(now=NOW)
    counting.count_sales(now=NOW + SECOND)
    found = SalesDay.objects.get()
    assert (found.orders, found.by_click, found.by_code_only) == (1, 0, 1)
    assert not any(found.delays)


def test_what_comes_back_later_is_counted_on_the_day_of_the_order():
    credit = make_credit()
    counting.count_sales(now=NOW + SECOND)
    make_return(credit.order, received_at=NOW + 5 * DAY, returned_at=NOW + 5 * DAY)
    Order.objects.filter(pk=make_credit(credit.affiliate).order_id).update(cancelled_at=NOW)
    counting.count_sales(now=NOW + 6 * DAY)
    found = SalesDay.objects.get()
    assert (found.orders, found.returned, found.cancelled) == (2, 1, 1)


def test_orders_counted_step_by_step_are_those_counted_at_once():
    affiliates = [make_affiliate() for _ in range(3)]
    for number in range(20):
        placed = NOW - (20 - number) * 5 * HOUR
        order = make_order(placed_at=placed)
        make_credit(affiliates[number % 3], order, created_at=placed + MINUTE)
        counting.count_sales(now=placed + (1 + number % 3) * HOUR)
    counting.count_sales(now=NOW + HOUR)
    kept = dump(SalesDay)
    counting.recount_sales(NOW.date() - 31 * DAY, NOW.date() + DAY)
    assert dump(SalesDay) == kept
    assert sum(one["orders"] for one in kept) == 20


def test_a_credit_that_went_to_somebody_else_leaves_the_sums_at_night():
    credit = make_credit()
    counting.count_sales(now=NOW + SECOND)
    Credit.objects.filter(pk=credit.pk).update(affiliate=make_affiliate())
    counting.settle(now=NOW + DAY)
    assert SalesDay.objects.get().affiliate_id != credit.affiliate_id
