"""Orders that are edited at the shop: facts beside their lines, in any order of arrival."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.domain.canonical import (
    CanonicalCost,
    CanonicalLine,
    CanonicalOrder,
    CanonicalReturn,
    CanonicalReturnLine,
)
from shop.domain.remarks import PRICE_RAISED, RETURN_WITHDRAWN, UNCLEAR_RETURN
from shop.domain.states import OrderState
from shop.models import CostCorrection, Order, OrderLine, Return, ReturnLine
from shop.services import cost_corrections, orders, returns
from tests.builders import make_shop

NOW = datetime(2026, 6, 30, tzinfo=UTC)
PLACED = datetime(2026, 6, 1, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


def line(line_id, quantity=1, net=10_000, **more):
    return CanonicalLine(external_id=line_id, kind="product", sku=f"SKU-{line_id}",
                         title=line_id, quantity=quantity, net_minor=net, **more)  # fmt: skip


def state(*lines, hour=0, removed=None, came=(), knows_all=False, **more):
    return OrderState(
        order=CanonicalOrder(
            external_id="1001", number="1001", placed_at=PLACED, currency="EUR",
            updated_at=PLACED + timedelta(hours=hour), lines=lines, **more,
        ),
        removed=removed or {},
        returns=tuple(came),
        knows_all_returns=knows_all,
    )  # fmt: skip


def refund(refund_id, line_id, quantity=1, net=10_000, hour=3):
    return CanonicalReturn(
        external_id=refund_id, order_external_id="1001", reason="return",
        returned_at=PLACED + timedelta(hours=hour),
        lines=(CanonicalReturnLine(external_id=f"{refund_id}-1", line_external_id=line_id,
                                   sku="", quantity=quantity, net_minor=net),),
    )  # fmt: skip


def record(shop, *states):
    reports = [orders.record_states(shop_id=shop.pk, states=[one], now=NOW) for one in states]
    return {key: why for report in reports for key, why in report.conflicts.items()}


def left(shop):
    """What is left of each line, whatever order it is stored under: pieces, minor units."""
    found = {}
    for row in OrderLine.objects.filter(order__shop=shop):
        gone = ReturnLine.objects.filter(line=row)
        pieces = row.quantity - sum(one.quantity for one in gone)
        cut = sum(one.net_minor for one in gone if not one.quantity)
        before = found.get(row.external_id, (0, 0))
        worth = row.net_minor * pieces // row.quantity - cut if pieces else 0
        found[row.external_id] = (before[0] + pieces, before[1] + worth)
    return {key: value for key, value in found.items() if value[0]}


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        ((line("a", 2, 20_000),), {"a": (2, 20_000)}),
        ((line("a", 2, 20_000), line("b")), {"a": (2, 20_000), "b": (1, 10_000)}),
        ((line("a", 3, 30_000),), {"a": (3, 30_000)}),
        ((line("a", 1, 10_000),), {"a": (1, 10_000)}),
        ((line("b"),), {"b": (1, 10_000)}),
        ((line("a", 2, 16_000),), {"a": (2, 16_000)}),
        ((line("a", 1, 8_000),), {"a": (1, 8_000)}),
        ((line("a", 3, 36_000),), {"a": (3, 32_000)}),
    ],
    ids=["the same", "a line more", "a piece more", "a piece less", "another line", "cheaper",
         "a piece less and cheaper", "a piece more and dearer"],
)  # fmt: skip
def test_a_newer_state_becomes_facts(shop, newer, expected):
    record(shop, state(line("a", 2, 20_000)))
    before = OrderLine.objects.get()

    assert record(shop, state(*newer, hour=2)) == {}
    assert left(shop) == expected
    before.refresh_from_db()
    assert (before.quantity, before.net_minor) == (2, 20_000)

    record(shop, state(*newer, hour=2), state(*newer, hour=5), state(line("a", 2, 20_000)))
    assert left(shop) == expected


def test_what_is_added_follows_the_order_from_the_moment_it_was_added(shop):
    record(shop, state(line("a"), codes=("ANNA10",)), state(line("a"), line("b"), hour=2))

    added = Order.objects.get(is_addition=True)
    assert added.external_id == "1001+1"
    assert (added.follows.external_id, added.number) == ("1001", "1001")
    assert added.placed_at == PLACED + timedelta(hours=2)
    assert (added.codes, added.click_tokens) == ([], [])


def test_a_price_that_rose_is_for_a_person_to_decide(shop):
    record(shop, state(line("a")), state(line("a", net=12_000), hour=2))

    assert Order.objects.get().remarks == [PRICE_RAISED]
    assert left(shop) == {"a": (1, 10_000)}


def test_other_lines_at_the_same_moment_are_refused_and_in_an_older_state_passed_over(shop):
    record(shop, state(line("a"), hour=2))

    assert "other lines" in record(shop, state(line("b"), hour=2))["1001"]
    assert record(shop, state(line("b"), hour=1)) == {}
    assert left(shop) == {"a": (1, 10_000)}


def test_units_taken_out_before_the_order_was_first_told_are_gone(shop):
    record(shop, state(line("a", 3, 30_000), removed={"a": 2}))

    assert left(shop) == {"a": (1, 10_000)}
    assert Return.objects.get().reason == "cancellation"


def test_a_refund_of_what_was_added_is_placed_there_whichever_came_first(shop):
    record(shop, state(line("a")))
    returns.record(shop_id=shop.pk, returns=[refund("R1", "b")], now=NOW)
    assert ReturnLine.objects.get().line is None

    record(shop, state(line("a"), line("b"), hour=2))

    placed = ReturnLine.objects.get()
    assert placed.line.external_id == "b"
    assert placed.shop_return.order == Order.objects.get(is_addition=True)
    assert left(shop) == {"a": (1, 10_000)}


def test_a_refund_over_a_line_and_what_was_added_to_it_takes_both(shop):
    record(shop, state(line("a")), state(line("a", 2, 20_000), hour=2))
    returns.record(shop_id=shop.pk, returns=[refund("R1", "a", 2, 20_000)], now=NOW)
    again = returns.record(shop_id=shop.pk, returns=[refund("R1", "a", 2, 20_000)], now=NOW)

    assert left(shop) == {}
    assert again.unchanged == 1
    assert not ReturnLine.objects.filter(line__isnull=True).exists()


def test_a_refund_that_the_shop_deleted_gives_back_what_it_took(shop):
    record(shop, state(line("a", 2, 20_000), came=[refund("R1", "a")], hour=3, knows_all=True))
    assert left(shop) == {"a": (1, 10_000)}

    newer = state(line("a", 2, 20_000), hour=5, knows_all=True)
    record(shop, newer, newer, replace(newer, order=replace(newer.order, updated_at=NOW)))

    assert left(shop) == {"a": (2, 20_000)}
    assert Return.objects.get().withdrawn_at == PLACED + timedelta(hours=5)
    assert Order.objects.get(is_addition=False).remarks == [RETURN_WITHDRAWN]


def test_a_refund_that_comes_back_after_it_was_deleted_counts_again(shop):
    def told(hour, *came):
        return state(line("a", 2, 20_000), came=came, hour=hour, knows_all=True)

    record(shop, told(3, refund("R1", "a")), told(5), told(7, refund("R1", "a")))
    assert left(shop) == {"a": (1, 10_000)}

    record(shop, told(8, refund("R1", "a")), told(4, refund("R1", "a")))
    assert left(shop) == {"a": (1, 10_000)}

    record(shop, told(9), told(10, refund("R2", "a", 2, 20_000, hour=10)))
    assert left(shop) == {}


def test_prices_and_pieces_are_edited_one_after_the_other(shop):
    for hour, (pieces, net) in enumerate([(2, 20_000), (2, 16_000), (1, 8_000), (1, 7_000),
                                          (3, 21_000), (1, 7_000)]):  # fmt: skip
        record(shop, state(line("a", pieces, net), hour=hour))

        [(count, _worth)] = left(shop).values()
        assert count == pieces
    assert Order.objects.get(is_addition=False).remarks == []


def test_what_was_added_may_go_and_come_again(shop):
    both, one = (line("a"), line("b")), (line("a"),)
    for hour, lines in enumerate([one, both, one, both, one, both]):
        record(shop, state(*lines, hour=hour))
        assert set(left(shop)) == {each.external_id for each in lines}


def test_an_edit_that_is_taken_back_leaves_what_was_first(shop):
    for hour, pieces in enumerate((2, 1, 2, 2, 1)):
        record(shop, state(line("a", pieces, pieces * 10_000), hour=hour))
        assert left(shop) == {"a": (pieces, pieces * 10_000)}


def test_what_an_edit_added_is_paid_and_delivered_with_its_order(shop):
    both = (line("a"), line("b"))
    record(shop, state(line("a")), state(*both, hour=2, awaits_payment=True))
    added = Order.objects.get(is_addition=True)
    assert (added.awaits_payment, added.follows.awaits_payment) == (True, False)

    delivered = PLACED + timedelta(hours=5)
    record(shop, state(*both, hour=3, delivered_at=delivered))

    added.refresh_from_db()
    assert (added.awaits_payment, added.delivered_at) == (False, delivered)


def test_a_refund_told_otherwise_is_remarked_and_holds_up_nothing(shop):
    def money(cents):
        return replace(
            refund("R1", ""),
            lines=(CanonicalReturnLine(external_id="R1-1", line_external_id="", sku="",
                                       quantity=0, net_minor=cents),),
        )  # fmt: skip

    record(shop, state(line("a"), came=[money(1_000)], hour=3))
    cancelled = state(line("a"), came=[money(999)], hour=5,
                      cancelled_at=PLACED + timedelta(hours=5))  # fmt: skip

    assert record(shop, cancelled) == {}
    assert left(shop) == {}
    assert Order.objects.get().remarks == [UNCLEAR_RETURN]
    assert ReturnLine.objects.get(shop_return__external_id="R1").net_minor == 1_000


def test_what_is_sold_again_has_the_price_of_now_and_the_date_of_the_order(shop):
    record(
        shop,
        state(line("a")),
        state(line("a", net=8_000), hour=2),
        state(line("a", net=8_000), came=[refund("R1", "a", net=8_000)], hour=3, knows_all=True),
        state(line("a", net=8_000), hour=24 * 20, knows_all=True),
    )

    assert left(shop) == {"a": (1, 8_000)}
    again = Order.objects.get(is_addition=True)
    assert again.placed_at - PLACED < timedelta(seconds=1)


def test_costs_that_come_late_reach_what_an_edit_added(shop):
    both = (line("a"), line("b"))
    record(shop, state(line("a")), state(*both, hour=2))
    record(shop, state(line("a"), replace(both[1], unit_cost_minor=3_000), hour=3))
    assert OrderLine.objects.get(external_id="b").unit_cost_minor == 3_000

    better = CanonicalCost(external_id="K1", order_external_id="1001", corrected_at=NOW,
                           unit_costs=(("b", 2_500),))  # fmt: skip
    for _time in range(2):
        report = cost_corrections.record(shop_id=shop.pk, costs=[better], now=NOW)
        assert report.conflicts == {}
    record(shop, state(line("a"), line("b", 2, 20_000), hour=4))
    cost_corrections.record(shop_id=shop.pk, costs=[better], now=NOW)

    assert CostCorrection.objects.count() == 2


def test_a_deletion_is_seen_in_a_list_of_the_same_moment(shop):
    record(shop, state(line("a"), came=[refund("R1", "a")], hour=3, knows_all=True))
    record(shop, state(line("a"), hour=5), state(line("a"), hour=5, knows_all=True))

    assert left(shop) == {"a": (1, 10_000)}


def test_a_refund_that_a_list_is_too_old_to_know_stands(shop):
    record(shop, state(line("a"), hour=1))
    returns.record(shop_id=shop.pk, returns=[refund("R1", "a", hour=4)], now=NOW)

    record(shop, state(line("a"), hour=2, knows_all=True))

    assert left(shop) == {}


def test_a_cancellation_takes_what_was_added_along_and_later_refunds_change_nothing(shop):
    record(
        shop,
        state(line("a")),
        state(line("a"), line("b"), hour=2),
        state(line("a"), line("b"), hour=4, cancelled_at=PLACED + timedelta(hours=4)),
        state(line("a"), line("b"), hour=6, came=[refund("R1", "a", hour=6)],
              cancelled_at=PLACED + timedelta(hours=4)),
    )  # fmt: skip

    assert left(shop) == {}
    assert Order.objects.filter(cancelled_at__isnull=True).count() == 0


def test_an_order_that_is_gone_is_cancelled_even_if_it_is_told_of_later(shop):
    for _time in range(2):
        orders.cancel(shop_id=shop.pk, external_ids=["1001"], now=NOW)
    record(shop, state(line("a")))

    assert left(shop) == {}
    assert Order.objects.get().cancelled_at == NOW
    orders.cancel(shop_id=shop.pk, external_ids=["1001"], now=NOW + timedelta(days=1))
    assert Order.objects.get().cancelled_at == NOW


def test_a_payment_is_a_fact(shop):
    record(shop, state(line("a"), awaits_payment=True))
    assert Order.objects.get().awaits_payment

    record(shop, state(line("a"), hour=2), state(line("a"), hour=1, awaits_payment=True))
    assert not Order.objects.get().awaits_payment


HISTORY = (
    state(line("a", 2, 20_000)),
    state(line("a", 2, 20_000), line("b"), hour=1),
    state(line("a", 2, 20_000), line("b"), hour=3, came=[refund("R1", "b", hour=3)]),
    state(line("a", 1, 10_000), line("b"), hour=4, came=[refund("R1", "b", hour=3)]),
)


def test_every_order_of_arrival_ends_the_same(shop):
    for number, order in enumerate(permutations(HISTORY)):
        with transaction.atomic():
            record(shop, *order, *order[:2])
            assert left(shop) == {"a": (1, 10_000)}, number
            transaction.set_rollback(True)


QUANTITIES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=4
)


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(history=QUANTITIES, data=st.data())
def test_histories_of_edits_end_the_same_in_any_order(shop, history, data):
    told = []
    for hour, pieces in enumerate(history):
        lines = [line(name, count, 10_000 * count)
                 for name, count in zip("abc", pieces, strict=True) if count]  # fmt: skip
        told.append(state(*(lines or [line("d")]), hour=hour))
    shuffled = data.draw(st.permutations(told + told[:1]))
    expected = {one.external_id: (one.quantity, one.net_minor) for one in told[-1].order.lines}
    with transaction.atomic():
        record(shop, *shuffled)
        assert left(shop) == expected
        transaction.set_rollback(True)
