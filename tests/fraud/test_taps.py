"""Taps in looks on the shop's own pages: no visits, and nothing that session signals judge."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection

from fraud.models import Case, SalesDay, Screening, TrafficDay
from fraud.queries.sources import sources_of
from fraud.queries.sums import Period
from fraud.services import counting, observing
from fraud.services.screening import screen_pending
from fraud.services.taps import IS_TAP
from tests.builders import NOW, make_affiliate, make_click, make_link, make_order
from tests.fraud.visits_world import (
    CLICKED,
    SEEN,
    bought,
    evidence,
    make_event,
    own_origin,
    visitor_of,
)
from tracking.domain.navigation import Fact
from tracking.domain.surfaces import ON_SITE, is_tap
from tracking.models import Touchpoint
from tracking.services.attributions import attribute_pending

pytestmark = pytest.mark.django_db

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
TAP = {
    "navigation": "internal", "surface": "look:12:pdp", "referrer_host": "shop.example",
    "facts": int(Fact.TOP_LEVEL | Fact.REFERRER_SENT | Fact.LAX_SEEN),
}  # fmt: skip
#: What the class ``internal`` reproaches elsewhere.
PLANTED = {**TAP, "facts": int(Fact.TOP_LEVEL | Fact.OWN_SITE | Fact.REFERRER_OWN)}


@pytest.fixture
def look_link():
    """The link of a look by an employee."""
    return make_link(make_affiliate(kind="employee"), surface="look:12")


def shopping(visitor, at=CLICKED, *, referrer="shop.example"):
    """Somebody looked at pages and filled a basket, then tapped."""
    make_event(visitor, "page_view", at - 4 * MINUTE, path="/dresses")
    make_event(visitor, "basket_changed", at - 2 * MINUTE, items=2)
    make_event(visitor, "checkout_opened", at - MINUTE, path="/checkout")
    make_event(visitor, "landing", at + SECOND, **{**SEEN, "referrer": referrer})


def screened(credit):
    screen_pending(now=NOW)
    return Screening.objects.get(credit=credit)


def test_an_employee_whose_widget_sells_is_neither_held_nor_reviewed(look_link):
    credit = bought(look_link, **TAP)
    shopping(visitor_of(credit))

    found = screened(credit)

    assert credit.surface == "look:12:pdp"
    assert found.decision == "clear"
    assert not found.signals.exclude(severity="info").exists()
    assert {"session_open", "basket_before_click", "checkout_before_click"} <= set(found.unknown)
    assert not Case.objects.exists()


def test_the_same_by_any_other_link_is_judged():
    credit = bought(make_link(make_affiliate(kind="employee")))
    shopping(visitor_of(credit), referrer="")
    assert screened(credit).decision == "hold"


def test_many_such_sales_hold_nobody(look_link):
    own_origin()
    for number in range(30):
        at = CLICKED - number * 20 * MINUTE
        credit = bought(look_link, order={"placed_at": at + MINUTE}, **TAP, clicked_at=at)
        shopping(visitor_of(credit), at)
    counting.count_visits(now=NOW)
    counting.count_sales(now=NOW + SECOND)
    screen_pending(now=NOW)

    assert observing.observe(now=NOW) == 0
    assert set(Screening.objects.values_list("decision", flat=True)) == {"clear"}
    assert not Case.objects.exists()


def test_a_tap_is_counted_as_no_visit(look_link):
    visit = make_click(make_link(look_link.affiliate), clicked_at=CLICKED)
    for minutes in (-5, 5, 10):
        make_click(look_link, visitor=visit.visitor, clicked_at=CLICKED + minutes * MINUTE, **TAP)
    counting.count_visits(now=NOW)

    row = TrafficDay.objects.get()
    assert (row.clicks, row.duplicates, row.visitors, sum(row.hours)) == (1, 0, 1, 1)
    counting.recount_visits(CLICKED.date())
    assert TrafficDay.objects.get().clicks == 1


def test_what_only_looks_like_a_tap_is_counted(look_link):
    make_click(look_link, clicked_at=CLICKED, **PLANTED)
    make_click(look_link, clicked_at=CLICKED, **{**TAP, "surface": "look:12:offsite"})
    counting.count_visits(now=NOW)
    assert TrafficDay.objects.get().clicks == 2


def test_a_tap_before_a_visit_does_not_begin_it(look_link):
    """What was before the affiliate's link is judged, though its look was tapped before that."""
    credit = bought(make_link(look_link.affiliate))
    visitor = visitor_of(credit)
    make_click(look_link, visitor=visitor, clicked_at=CLICKED - 10 * MINUTE, **TAP)
    make_event(visitor, "page_view", CLICKED - 5 * MINUTE, path="/")
    counting.count_visits(now=NOW)

    assert evidence(credit).session.page_before_s == 300
    row = TrafficDay.objects.get()
    assert (row.session_known, row.session_open) == (1, 1)


def test_a_tap_is_nobody_s_arrival(look_link):
    credit = bought()
    visitor = visitor_of(credit)
    make_event(visitor, "landing", CLICKED + SECOND, **SEEN)
    make_click(look_link, visitor=visitor, clicked_at=CLICKED + 3 * SECOND, **TAP)

    assert evidence(credit).session.arrivals == ()
    assert screened(credit).decision == "clear"


def test_a_sale_by_taps_has_no_delay_and_one_by_a_visit_has_that_of_the_visit(look_link):
    alone = bought(look_link, **TAP)
    click = make_click(make_link(look_link.affiliate), clicked_at=CLICKED)
    make_click(look_link, visitor=click.visitor, clicked_at=NOW - 20 * SECOND, **TAP)
    make_order(click_tokens=[click.reference], placed_at=NOW - 2 * SECOND)
    attribute_pending(now=NOW)
    counting.count_sales(now=NOW + SECOND)

    assert Touchpoint.objects.filter(credit__isnull=False).count() == 2
    assert alone.click_at == CLICKED
    row = SalesDay.objects.get()
    assert (row.orders, row.by_click, row.by_code_only, row.within_60_s) == (2, 1, 0, 0)


def test_our_own_host_is_no_site_that_the_affiliate_works_with(look_link):
    make_click(look_link, **TAP)
    make_click(make_link(look_link.affiliate), referrer_host="blog.example")

    sources = sources_of(Period.to(NOW))

    assert sources[look_link.affiliate_id].hosts == {"blog.example": 1}


def test_statements_call_the_same_a_tap_as_the_rule_does():
    surfaces = [
        "",
        "look:12",
        "look:12:offsite",
        "look:12:embed",
        "look:x:pdp",
        "look::pdp",
        "look:12:pdp:x",
        "xlook:12:pdp",
        "look:12:pdpx",
        *(f"look:7:{one}" for one in ON_SITE),
    ]
    facts = [0, *map(int, (Fact.TOP_LEVEL, Fact.OWN_SITE, Fact.REFERRER_OWN, Fact.EXCHANGED))]
    cases = list(product(surfaces, ["internal", "followed", "unknown"], facts))
    columns = [list(column) for column in zip(*cases, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT surface, navigation, facts, {IS_TAP}"
            " FROM unnest(%s::text[], %s::text[], %s::int[]) AS t (surface, navigation, facts)",
            columns,
        )
        said = {(surface, way, fact): found for surface, way, fact, found in cursor.fetchall()}
    assert said == {case: is_tap(*case) for case in cases}
    assert 0 < sum(said.values()) < len(said)
