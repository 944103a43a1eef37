"""What changed more than expected, who moves, and the figures of the programme."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from payouts.models import Difference, PayoutHold
from portal.date_range import DateRange
from portal.formats import PARIS
from portal.queries import staff_finance_month, staff_movers
from portal.queries.staff_program import orders_by_day, tiles
from portal.unexpected import LEAST, WEEKS, unexpected
from shop.models import LineKind, Order, OrderLine, ReturnLine
from tests.builders import (
    NOW,
    make_affiliate,
    make_attribution,
    make_credit,
    make_order,
    make_return,
    make_user,
)
from tests.payouts.paydays import make_due, sent_batch, submitted
from tests.payouts.stories import accrued
from tests.people import make_ada, make_fin, make_mallory
from tests.portal.report_world import shared_order
from tracking.models import ClickDay
from tracking.queries import order_days

JUNE = DateRange("custom", date(2026, 6, 1), date(2026, 6, 30))
MAY = JUNE.previous()


@pytest.mark.parametrize(
    ("weeks", "value", "says"),
    [  # H7 of docs/rules/homes.md
        ([100] * 9, 140, None),
        ([100] * 9, 141, True),
        ([100] * 9, 59, False),
        ([100] * 8 + [900], 141, True),
        ([3] * 9, 9, None),
        ([100] * 8, 500, None),  # Too few weeks.
        ([0] * 9, 40, True),
    ],
)
def test_what_is_more_than_expected(weeks, value, says):
    change = unexpected(value, weeks)
    assert (change.is_up if change else None) == says


@given(st.lists(st.integers(0, 10_000), min_size=9, max_size=9), st.integers(0, 10_000))
def test_what_was_usual_is_never_unexpected(weeks, value):
    change = unexpected(value, weeks)
    assert unexpected(sorted(weeks)[4], weeks) is None
    if change is not None:
        assert not change.low <= value <= change.high
        assert change.n == value + sum(weeks) >= LEAST
        assert change.distance > 0


@pytest.mark.django_db
def test_a_week_without_clicks_is_told_with_its_affiliate():
    ada = make_ada()
    for days in range(8, 71):
        ClickDay.objects.create(
            day=NOW.date() - timedelta(days=days), affiliate_id=ada.pk, visits=20
        )

    found = staff_movers.changes(NOW)

    assert [(one.who, one.change.value) for one in found] == [
        ("The whole programme", 0), (ada.name, 0),
    ]  # fmt: skip
    assert (found[1].change.low, found[1].change.n) == (140 - 4 * 11, 9 * 140)
    assert found[1].href == reverse("portal:affiliate-detail", args=[ada.public_id])


@pytest.mark.django_db
def test_rising_and_falling_need_ten_orders_in_both_together():
    ada, mallory = make_ada(), make_mallory()
    for day in (*range(2, 9), 20, 21, 22):
        at = datetime(2026, 6 if day < 15 else 5, day, 12, tzinfo=PARIS)
        accrued(ada, placed_at=at)
        accrued(mallory, placed_at=datetime(2026, 5 if day < 15 else 6, day, 12, tzinfo=PARIS))
    accrued(placed_at=datetime(2026, 6, 3, 12, tzinfo=PARIS))

    found = staff_movers.movers(JUNE, MAY, "EUR")

    assert [(one.name, one.change.minor) for one in found.rising] == [(ada.name, 4_000)]
    assert [(one.name, one.change.minor) for one in found.falling] == [(mallory.name, -4_000)]
    assert [one.earned.minor for one in found.top] == [7_000, 3_000, 1_000]
    assert found.rising[0].change_bps == 13_333


@pytest.mark.django_db
def test_what_edits_added_makes_no_order_more():
    ada = make_ada()
    at = datetime(2026, 6, 3, 12, tzinfo=PARIS)
    order = accrued(ada, placed_at=at).credit.order
    for _ in range(staff_movers.LEAST_ORDERS - 1):
        accrued(ada, placed_at=at, follows=order, is_addition=True)

    found = staff_movers.movers(JUNE, MAY, "EUR")

    assert [(one.orders, one.earned.minor) for one in found.top] == [(1, 10_000)]
    assert found.rising == []


def weekly(make, *, usual, last):
    """Have ``make`` called at a moment of each of ten weeks before now, so many times."""
    for week in range(WEEKS + 1):
        for _ in range(usual if week else last):
            make(NOW - timedelta(days=7 * week + 3))


@pytest.mark.django_db
def test_orders_more_than_expected_are_no_additions():
    ada = make_ada()
    weekly(lambda at: make_credit(ada, make_order(placed_at=at)), usual=5, last=5)
    first = Order.objects.first()
    for _ in range(30):
        at = NOW - timedelta(days=2)
        make_credit(ada, make_order(placed_at=at, follows=first, is_addition=True))

    assert staff_movers.changes(NOW) == []


@pytest.mark.django_db
def test_an_order_of_several_affiliates_is_one_of_all():
    ada, *others = make_ada(), *(make_affiliate() for _ in range(6))
    weekly(lambda at: make_credit(ada, make_order(placed_at=at)), usual=5, last=0)
    for _ in range(5):
        make_return(shared_order(ada, *others, placed_at=NOW - timedelta(days=3)))

    assert staff_movers.changes(NOW) == []


@pytest.mark.django_db
def test_a_return_is_goods_that_came_back_once_with_what_was_added():
    ada = make_ada()
    order = make_credit(ada, make_order(lines=[{"quantity": 90}])).order
    added = make_credit(ada, make_order(follows=order, is_addition=True)).order
    weekly(lambda at: make_return(order, returned_at=at), usual=5, last=0)
    for minute in range(30):
        at = NOW - timedelta(days=3, minutes=minute)
        make_return(order, returned_at=at, reason="cancellation", external_id=f"cancel:{minute}")
        line = make_return(order, returned_at=at, external_id=f"money-{minute}").lines.get()
        ReturnLine.objects.filter(pk=line.pk).update(quantity=0)  # Money without goods.
        if minute < 5:
            make_return(order, returned_at=at)
            make_return(added, returned_at=at)

    assert staff_movers.changes(NOW) == []
    for minute in range(30):
        make_return(order, returned_at=NOW - timedelta(days=4, minutes=minute))
    assert [(one.what, one.who, one.change.value) for one in staff_movers.changes(NOW)] == [
        ("Returns", "The whole programme", 35), ("Returns", ada.name, 35),
    ]  # fmt: skip


def slowly(period):
    """The revenue and the orders of affiliates, counted row by row."""
    orders = [
        order
        for order in Order.objects.filter(is_test=False, attribution__outcome="attributed")
        if period.since <= order.placed_at < period.until
    ]
    lines = OrderLine.objects.filter(order__in=orders, kind=LineKind.PRODUCT)
    return len(orders), sum(line.net_minor for line in lines)


@pytest.mark.django_db
def test_tiles_are_those_of_a_slow_count():
    at = datetime(2026, 6, 30, 23, 59, tzinfo=PARIS)
    returned = accrued(placed_at=at, is_new_customer=True)
    make_return(returned.credit.order)
    accrued(placed_at=at, is_new_customer=False)
    accrued(placed_at=at + timedelta(minutes=2))  # July.
    accrued(placed_at=datetime(2026, 5, 31, 23, 59, tzinfo=PARIS))
    make_attribution(make_order(placed_at=at))  # Nobody's.
    make_credit(make_mallory(), make_order(placed_at=at, is_test=True))
    ClickDay.objects.create(day=at.date(), affiliate_id=returned.affiliate_id, visits=7)

    found = tiles(JUNE, "EUR")

    assert (found.attributed.value, found.revenue.value) == slowly(JUNE)
    assert (found.orders.value, found.attributed_bps.value) == (3, 6_667)
    assert found.active.value == 2
    assert (found.new_customers_bps.value, found.known_customers) == (5_000, 2)
    assert found.basket_money == Money(10_000, "EUR")
    assert found.cost.minor == 2_000
    assert (found.cost_bps.value, found.epc.value) == (1_000, 286)
    assert found.revenue.change_bps == 10_000
    days = orders_by_day(JUNE, MAY, order_days((MAY.first, JUNE.last)))
    assert (dict(days.attributed)[at.date()], days.before[-1]) == (2, 1)


@pytest.mark.django_db
def test_without_anything_nothing_is_divided():
    found = tiles(JUNE, "EUR")
    assert (found.basket.value, found.epc.value, found.returned_bps.value) == (None, None, None)


@pytest.mark.django_db
def test_the_dashboard_compares_as_asked(sam):
    url = reverse("portal:manage-home")
    for query in ("", "?versus=year", "?versus=nothing", "?range=nonsense&versus=x"):
        assert sam.get(url + query, headers={"accept-language": "en"}).status_code == 200
    page = sam.get(f"{url}?versus=nothing", headers={"accept-language": "en"}).text
    assert "Rising" not in page
    assert "More than expected" in page


@pytest.mark.django_db
def test_days_to_come_are_working_days_in_order():
    make_due()
    for day in staff_finance_month.calendar(NOW):
        assert day.cut_off < day.approve < day.pays
        assert max(one.weekday() for one in (day.cut_off, day.approve, day.pays)) < 5


@pytest.mark.django_db
def test_what_waits_for_finance_is_counted_with_what_it_comes_to(client):
    affiliate = make_due()
    submitted()
    PayoutHold.objects.create(affiliate=affiliate, reason="Odd", began_at=NOW, began_by=make_user())
    Difference.objects.create(
        key="x", kind="booked_unknown", amount_minor=-1_234, currency="EUR", first_seen_at=NOW,
        last_seen_at=NOW,
    )  # fmt: skip

    found = staff_finance_month.to_do(NOW + timedelta(days=1))

    assert (found.to_approve.count, found.to_approve.amounts) == (1, (Money(5_000, "EUR"),))
    assert (found.holds.count, found.differences.amounts) == (1, (Money(1_234, "EUR"),))
    assert found.stops == 1
    client.force_login(make_fin())
    page = client.get(reverse("portal:finance-home"), headers={"accept-language": "en"}).text
    assert "Do not pay before this is resolved" in page


@pytest.mark.django_db
def test_nothing_waits_after_a_payment():
    make_due()
    sent_batch()
    assert staff_finance_month.to_do(NOW).is_clear
