"""The homes of partners: figures against a slow count, first steps, parts that fail alone."""

import logging
from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.http import QueryDict

from payouts.models import Adjustment, Commission
from portal import comparison, date_range, home_tiles
from portal.date_range import DateRange
from portal.formats import PARIS, in_paris
from portal.parts import part
from portal.queries import creator_home, home_figures
from portal.queries.home_figures import Carts
from portal.queries.sales import SaleState, with_state
from shop.models import LineKind
from tests.builders import make_click, make_credit, make_link, make_order
from tests.influencers.look_surface_world import make_look
from tests.payouts.paydays import PAYDAY
from tests.people import make_ada, person_of
from tests.portal.conftest import signed_in
from tests.portal.test_partner_pages import said
from tracking.models import Credit, JourneyEvent

pytestmark = pytest.mark.slow

#: Clocks go back on 25 October 2026 and forward on 29 March 2026.
AUTUMN = DateRange("custom", date(2026, 10, 19), date(2026, 10, 31))
SPRING = DateRange("custom", date(2026, 3, 23), date(2026, 4, 4))


def slowly(affiliate, period):
    """The same figures, counted one row after the other."""
    credits = [
        one
        for one in with_state(Credit.objects.filter(affiliate=affiliate))
        if period.first <= in_paris(one.order.placed_at).date() <= period.last
        and not one.order.is_test
    ]
    lines = [
        line for one in credits for line in one.order.lines.all() if line.kind == LineKind.PRODUCT
    ]
    earned = 0
    for one in credits:
        found = Commission.objects.filter(credit=one).first()
        changes = Adjustment.objects.filter(commission=found)
        if found is not None and found.status == "reversed":
            earned += sum(change.amount_minor for change in changes if change.is_payable)
        elif found is not None:
            earned += found.amount_minor + sum(change.amount_minor for change in changes)
    return {
        "orders": sum(not one.order.is_addition for one in credits),
        "earned": earned,
        "basket": sum(line.net_minor for line in lines),
        "paid": sum(one.state in {"paid", "clawed_back"} for one in credits),
    }


def said_of(figures):
    return {
        "orders": figures.orders,
        "earned": figures.earned_minor,
        "basket": figures.basket_minor,
        "paid": figures.paid,
    }


def test_figures_are_those_of_a_slow_count(world):
    last = in_paris(PAYDAY).date()
    for length in (1, 30, 60, 365):
        shown = DateRange("custom", last - timedelta(days=length - 1), last)
        earlier = shown.previous()
        now, before = home_figures.figures(world.ada.pk, shown, earlier, "EUR")
        assert said_of(now) == slowly(world.ada, shown)
        assert said_of(before) == slowly(world.ada, earlier)
        assert sum(now.orders_by_day.values()) == now.orders
        assert sum(now.earned_by_day.values()) == now.earned_minor == sum(now.by_state.values())


@pytest.mark.parametrize("period", [AUTUMN, SPRING])
def test_days_of_other_lengths_are_whole_days(db, period):
    """The first and the last moment of each day in Paris are in it, whatever the clocks did."""
    ada = make_ada()
    before = period.previous()
    assert (len(before.days), before.last) == (13, period.first - timedelta(days=1))
    assert length_of(period) != length_of(before)
    for day in (before.first, before.last, period.first, period.last):
        for hour, minute in ((0, 0), (23, 59)):
            at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)
            make_order_of(ada, at.astimezone(UTC))

    now, earlier = home_figures.figures(ada.pk, period, before, "EUR")

    assert (now.orders, earlier.orders) == (4, 4)
    assert now.orders_by_day == {period.first: 2, period.last: 2}


def length_of(period):
    return period.until.astimezone(UTC) - period.since.astimezone(UTC)


def make_order_of(affiliate, at):
    return make_credit(affiliate, make_order(placed_at=at))


def test_a_year_before_has_the_same_weekdays_and_nothing_has_none():
    shown = DateRange("custom", date(2026, 6, 1), date(2026, 6, 30))
    year = comparison.compared(QueryDict("versus=year"), shown)
    assert (year.first.weekday(), len(year.days)) == (shown.first.weekday(), 30)
    assert comparison.compared(QueryDict("versus=nothing"), shown) is None
    assert comparison.compared(QueryDict("versus=nonsense"), shown) == shown.previous()
    chosen = [chip.active for chip in comparison.chips(QueryDict("versus=nonsense"))]
    assert chosen == [True, False, False]


def test_orders_in_another_currency_and_of_others_are_left_out(world):
    shown = DateRange(
        "custom", in_paris(PAYDAY).date() - timedelta(days=99), in_paris(PAYDAY).date()
    )
    assert home_figures.figures(world.ada.pk, shown, None, "USD")[0].orders == 0
    assert home_figures.figures(world.mallory.pk, shown, None, "EUR")[0].orders == 0


def test_what_an_edit_added_is_money_and_no_order_more(db):
    ada, day = make_ada(), DateRange("custom", in_paris(PAYDAY).date(), in_paris(PAYDAY).date())
    link = make_look(affiliate=ada).link
    order = sold_by(link)
    sold_by(link, follows=order, is_addition=True)

    found, _nothing = home_figures.figures(ada.pk, day, None, "EUR")

    assert said_of(found) == slowly(ada, day)
    assert (found.orders, found.basket_minor, sum(found.orders_by_day.values())) == (1, 20_000, 1)
    assert creator_home.best(ada.pk, PAYDAY, "EUR").orders == 1


def test_test_orders_are_on_no_home(db):
    ada, day = make_ada(), DateRange("custom", in_paris(PAYDAY).date(), in_paris(PAYDAY).date())
    link = make_look(affiliate=ada).link
    sold_by(link, is_test=True)

    found, _nothing = home_figures.figures(ada.pk, day, None, "EUR")
    best = creator_home.best(ada.pk, PAYDAY, "EUR")

    assert said_of(found) == slowly(ada, day) == dict.fromkeys(said_of(found), 0)
    assert home_figures.best_products(ada.pk, day, "EUR") == []
    assert (best.look, best.product) == (None, None)
    assert creator_home._by_weekday(ada.pk, day) == ([0] * 7, [0] * 7)
    sold_by(link)
    assert sum(creator_home._by_weekday(ada.pk, day)[1]) == 1


def sold_by(link, **order):
    """An order of five minutes ago that came through ``link``."""
    placed = make_order(placed_at=PAYDAY - timedelta(minutes=5), **order)
    return make_credit(link.affiliate, placed, link=link).order


def test_carts_are_counted_of_visitors_who_agreed_once_each(db):
    ada = make_ada()
    link = make_link(ada)
    clicks = [make_click(link, clicked_at=PAYDAY) for _ in range(3)]
    shown = DateRange("custom", in_paris(PAYDAY).date(), in_paris(PAYDAY).date())
    assert home_figures.carts(ada.pk, shown) is None  # The shop tells of no cart.
    for visitor, minutes in (
        (clicks[0].visitor, 5), (clicks[0].visitor, 9), (clicks[1].visitor, -5),
    ):  # fmt: skip
        JourneyEvent.objects.create(
            at=PAYDAY + timedelta(minutes=minutes), visitor=visitor, shop_id=link.shop_id,
            kind="basket_changed",
        )  # fmt: skip

    assert home_figures.carts(ada.pk, shown) == Carts(visitors=3, with_cart=1)


def test_the_funnel_says_which_part_of_those_before_got_on(world):
    shown = date_range.parse(QueryDict("range=12m"), now=PAYDAY)
    now, _none = home_figures.figures(world.ada.pk, shown, None, "EUR")

    stages = home_tiles.funnel(now, None)

    assert [stage.label for stage in stages] == ["Clicks", "Orders", "Validated", "Paid"]
    assert [int(stage.count) for stage in stages] == [1, 7, now.approved, now.paid]
    assert home_tiles.funnel(home_figures.Figures("EUR"), None) == []


def test_home_shows_it_and_compares_as_asked(ada, world):
    page = said(ada.get("/portal/?range=12m&versus=nothing"))
    assert "From click to payment" in page
    assert "Best links" in page
    assert "Linen dress" in page
    assert " compared" not in page.lower().replace("compared with", "")
    assert "A year before, same weekdays" in page
    assert world.payout.reference in page  # Of the last payouts.


# --- first steps ---------------------------------------------------------------------


def test_first_steps_are_put_away_after_four_and_come_back(ada, world):
    user = world.people["ada"]
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    assert "Put this list away" in said(ada.get("/portal/"))
    response = ada.post("/portal/beginning/put-away/")
    assert response.status_code == 302
    assert "Add a passkey" not in said(ada.get("/portal/"))
    ada.post("/portal/beginning/put-away/", {"show": "1"})
    assert "Add a passkey" in said(ada.get("/portal/"))


def test_too_early_the_list_stays(client, world):
    browser = signed_in(client, world.people["mallory"])
    browser.cookies["beginning"] = "put-away"
    page = said(browser.get("/portal/"))
    assert "To begin with" in page
    assert "Put this list away" not in page


def test_a_click_is_seen_to_arrive(ada, world):
    page = said(ada.get("/portal/links/test/"))
    assert "Waiting for a click" in page
    assert f"/c/{world.link.code}" in page
    asked = "/portal/links/test/?before=1&asked=1"
    waiting = said(ada.get(asked, headers={"hx-request": "true"}))
    assert "hx-get" in waiting
    assert "<html" not in waiting
    make_click(world.link, clicked_at=PAYDAY)

    arrived = said(ada.get(asked, headers={"hx-request": "true"}))

    assert "Your click has arrived" in arrived
    assert "hx-get" not in arrived
    assert "Your click has arrived" in said(ada.get("/portal/links/test/?before=1"))


def test_nobody_waits_for_ever_and_nonsense_is_no_number(ada, world):
    asked = "/portal/links/test/?before=99&asked=120"
    assert "No click came" in said(ada.get(asked, headers={"hx-request": "true"}))
    assert (
        ada.get("/portal/links/test/?before=x&asked=-1&link=99999999999999999999").status_code
        == 200
    )


def test_a_link_of_somebody_else_is_not_tested(client, world):
    browser = signed_in(client, world.people["mallory"])
    page = said(browser.get(f"/portal/links/test/?link={world.link.pk}"))
    assert world.link.code not in page


# --- parts ---------------------------------------------------------------------------


def test_a_part_that_fails_is_logged_and_stays_alone(caplog):
    assert part("one", lambda: 5).value == 5
    with caplog.at_level(logging.ERROR):
        failed = part("clicks", lambda: 1 // 0)
    assert (failed.failed, failed.value) == (True, None)
    assert "clicks" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_home_of_which_a_part_fails_shows_the_others(payday, client, caplog, as_owner):
    """Clicks cannot be read: the figures say so; who is paid when stands there all the same."""
    ada = make_ada()
    make_link(ada)
    browser = signed_in(client, person_of(ada))
    with as_owner() as cursor:
        cursor.execute("ALTER TABLE tracking_credit RENAME COLUMN surface TO surface_gone")
    try:
        with caplog.at_level(logging.CRITICAL):
            page = said(browser.get("/portal/"))
    finally:
        with as_owner() as cursor:
            cursor.execute("ALTER TABLE tracking_credit RENAME COLUMN surface_gone TO surface")
    assert "This part could not be loaded" in page
    assert "Next payment" in page


# --- creators ------------------------------------------------------------------------


@pytest.fixture
def ines(client, world):
    return signed_in(client, world.people["ines"])


def test_a_creator_without_looks_reads_three_steps(ines, world):
    page = said(ines.get("/portal/"))
    assert "Three steps to your first look" in page
    assert "Create a look" in page
    assert "This week" in page
    assert "Nothing is due" in page


def test_the_week_begins_on_monday_in_paris(world):
    week = creator_home.week(world.ada.pk, PAYDAY, "EUR")
    assert week.period.first.weekday() == 0
    assert len(week.clicks) == len(week.earned) == 7
    assert week.now.clicks == sum(clicks for _day, clicks in week.clicks)
    before = DateRange(
        "w", week.period.first - timedelta(days=7), week.period.last - timedelta(days=7)
    )
    assert said_of(week.before) == slowly(world.ada, before)


def test_looks_with_changes_come_first(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    look = make_look()
    found = creator_home.looks(look.affiliate)
    assert (found.needing, found.has_any) == ([], True)


def test_figures_of_a_creator_are_on_their_own_page(ines, world):
    assert "From click to payment" in said(ines.get("/portal/figures/"))


CLICKS = [1_000] * 7


@pytest.mark.parametrize(
    ("clicks", "orders", "says"),
    [
        (CLICKS, [30, 30, 30, 30, 30, 30, 70], True),
        (CLICKS, [30] * 7, False),
        (CLICKS, [30, 30, 30, 30, 30, 30, 40], False),  # Might be chance.
        ([40] * 7, [2, 2, 2, 2, 2, 2, 20], False),  # Too few clicks.
        (CLICKS, [3, 3, 3, 3, 3, 3, 19], False),  # Too few orders.
        ([0] * 7, [0] * 7, False),
    ],
)
def test_a_tip_is_given_only_when_the_figures_bear_it_out(payday, clicks, orders, says):
    tip = creator_home.said_of(clicks, orders)
    assert (tip is not None) == says
    if tip is not None:
        assert "Sunday" in tip.text
        assert "2.3 times" in tip.text
        assert "two-proportion z test" in tip.how


def test_states_are_of_the_same_sales(world):
    shown = date_range.parse(QueryDict("range=12m"), now=PAYDAY)
    now, _none = home_figures.figures(world.ada.pk, shown, None, "EUR")
    assert now.of(SaleState) == now.earned
