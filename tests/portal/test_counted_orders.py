"""What an edit added to an order is no order more, and a test order none, wherever they count."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from fraud.models import SalesDay
from fraud.queries.sums import Period, sales_of
from fraud.services.counting import recount_sales
from influencers.queries import standing
from payouts.models import Commission
from payouts.services import accruals
from portal.date_range import DateRange
from portal.formats import in_paris
from portal.queries import (
    codes,
    creator_money,
    link_activity,
    my_looks,
    staff_affiliates,
    staff_experiments,
    staff_program,
)
from portal.queries.links import link_rows
from portal.queries.sales import EXPECTED, SaleFilters, state_totals, total_of
from shop.counting import counted, root
from shop.models import Order
from tests.builders import NOW, make_code, make_credit, make_order, make_product, make_screening
from tests.influencers.look_surface_world import make_look
from tests.people import make_ada
from tracking.models import Credit, Touchpoint
from tracking.queries import code_orders, link_stats

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
#: Who may ask whether an order is what an edit added: those who do not count orders by it.
KNOWING = {
    "payouts/pricing.py",  # The costs of an order are borne once.
    "payouts/queries/achievements.py",
    "payouts/services/simulation_lanes.py",
    "payouts/services/simulation_sides.py",
    "portal/queries/staff_trials.py",  # Which orders the platform told.
}
AT = NOW - timedelta(hours=5)
DAY = DateRange("custom", in_paris(AT).date(), in_paris(AT).date())
BEFORE = DAY.previous()


@pytest.fixture
def look():
    return make_look(affiliate=make_ada())


@pytest.fixture
def story(look):
    """One order through a look's link with two edits that added to it, and a test order."""
    dress = make_product(name="Dress")
    bag = make_product(name="Bag", cost_minor=5_500)
    order = sold(look.link, dress)
    for _ in range(2):
        sold(look.link, bag, follows=order, is_addition=True)
    sold(look.link, dress, is_test=True)
    return order


def sold(link, product, **order):
    placed = make_order(placed_at=AT, lines=[{"product": product}], country="FR", **order)
    credit = make_credit(link.affiliate, placed, link=link)
    make_screening(credit)
    accruals.accrue_pending(now=AT)
    return placed


def test_nobody_else_decides_what_counts():
    apps = ("affiliates", "experiments", "fraud", "influencers", "payouts", "portal", "tracking")
    found = {
        str(path.relative_to(ROOT))
        for app in apps
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and re.search(r"\bis_addition\b", path.read_text())
    }

    assert found == KNOWING


def test_orders_and_what_they_are_part_of(story):
    assert list(Order.objects.filter(counted())) == [story]
    roots = Order.objects.filter(is_test=False).values_list(root(), flat=True)
    assert set(roots) == {story.pk}


def test_links(look, story):
    assert link_stats(look.affiliate_id)[look.link.pk].orders == 1
    [row] = link_rows(look.affiliate_id, [look.link], is_active=True, now=NOW)
    assert row.orders == 1
    assert row.earned.minor == sum(Commission.objects.values_list("amount_minor", flat=True)) > 0
    days = link_activity.order_days(look.link, DAY.since, DAY.until)
    assert days == {DAY.first: 1}
    bought = link_activity.products(look.link, DAY.since, DAY.until)
    assert [(one.title, one.units, one.orders) for one in bought] == [
        ("Bag", 2, 1),
        ("Dress", 2, 2),
    ]


def test_looks(look, story):
    figures = my_looks.figures(look)
    assert figures.orders == sum(one.orders for one in figures.surfaces) == 1


def test_the_list_of_sales_says_how_many_orders_its_rows_are(look, story):
    totals = state_totals(look.affiliate_id, SaleFilters())

    assert sum(one.count for one in totals) == Credit.objects.count() == 4
    assert total_of(totals, EXPECTED, "EUR")[0] == 1


def test_codes(look, story):
    code = make_code(look.affiliate)
    Touchpoint.objects.update(kind="code", link=None, coupon_code=code)

    assert code_orders(look.affiliate_id) == {code.pk: 1}
    assert codes._brought([code.pk])[code.pk][0] == 1


def test_the_team_reads_one_order(look, story):
    [entry] = staff_affiliates.entries([look.affiliate], NOW)
    assert entry.orders == 1
    assert staff_experiments.traffic(look.affiliate_id, NOW).orders == 1
    assert staff_experiments.credited_a_day(look.affiliate_id, NOW) == 1 / 30
    assert staff_program._active(DAY, BEFORE).value == 1


def test_who_is_active_has_an_order(look):
    earlier = sold(look.link, make_product())
    Order.objects.filter(pk=earlier.pk).update(placed_at=AT - timedelta(days=60))
    sold(look.link, make_product(), follows=earlier, is_addition=True)

    assert staff_program._active(DAY, BEFORE).value == 0


def test_fraud_knows_one_order_of_one_buyer(look, story):
    Order.objects.update(email_key="buyer")

    recount_sales(AT.date(), AT.date() + timedelta(days=1))

    assert [row.orders for row in SalesDay.objects.all()] == [1]
    found = sales_of(Period.to(NOW))
    assert found[look.affiliate_id].largest_cluster == 1


def test_creators_are_judged_by_orders(look, story, monkeypatch):
    type(look.affiliate).objects.update(kind="influencer")
    since = AT - timedelta(days=1)
    assert (
        creator_money.brought_by([look.affiliate_id], since, NOW, "EUR")[look.affiliate_id].orders
        == 1
    )
    monkeypatch.setattr(standing, "LEAST_ORDERS", 2)
    assert standing._audience(since, NOW) == {}
