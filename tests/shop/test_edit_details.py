"""What is odd about edits: money over a line and its additions, units that had come back before."""

from dataclasses import replace

import pytest

from shop.domain.canonical import CanonicalReturnLine
from shop.domain.placing import share
from shop.models import Order, Return, ReturnLine
from shop.services import returns
from shop.services.comparing import compare
from tests.shop.test_edits import NOW, left, line, record, refund, shop, state

__all__ = ["shop"]  # The fixture.


def money(minor, line_id="a"):
    given = CanonicalReturnLine(
        external_id="R1-1", line_external_id=line_id, sku="", quantity=0, net_minor=minor
    )
    return replace(refund("R1", line_id), lines=(given,))


@pytest.mark.parametrize(
    ("minor", "worth", "expected"),
    [
        (100, [1, 1], [("a", 50), ("b", 50)]),
        (101, [2, 1], [("a", 67), ("b", 34)]),
        (1, [1, 1], [("a", 1)]),
        (100, [0, 5], [("b", 100)]),
        (100, [0, 0], [("a", 100)]),
    ],
)
def test_money_is_shared_by_worth_and_loses_nothing(minor, worth, expected):
    parts = share(minor, places=["a", "b"], worth=worth)

    assert [(part.place, part.net_minor) for part in parts] == expected
    assert sum(part.net_minor for part in parts) == minor
    assert not any(part.quantity for part in parts)


def test_money_without_a_place_has_none():
    [part] = share(100, places=[], worth=[])

    assert (part.place, part.net_minor) == (None, 100)


def given_back():
    """Money that came back of each order, by the order's id."""
    return {
        row.line.order.external_id: row.net_minor
        for row in ReturnLine.objects.filter(quantity=0).select_related("line__order")
    }


@pytest.mark.django_db
def test_money_for_a_line_is_of_what_was_added_to_it_too(shop):
    record(shop, state(line("a", 2, 20_000)), state(line("a", 3, 30_000), hour=2))

    for _time in range(2):
        returns.record(shop_id=shop.pk, returns=[money(1_000)], now=NOW)

    assert given_back() == {"1001": 667, "1001+1": 333}
    assert left(shop) == {"a": (3, 29_000)}
    assert {one.order.external_id for one in Return.objects.all()} == {"1001", "1001+1"}


@pytest.mark.django_db
def test_money_is_shared_by_what_is_left(shop):
    record(shop, state(line("a", 2, 20_000)), state(line("a", 3, 30_000), hour=2))
    returns.record(shop_id=shop.pk, returns=[refund("R0", "a", 2, 20_000)], now=NOW)

    returns.record(shop_id=shop.pk, returns=[money(1_000)], now=NOW)

    assert given_back() == {"1001+1": 1_000}


@pytest.mark.django_db
def test_money_for_the_whole_order_is_of_no_line(shop):
    record(shop, state(line("a")), state(line("a", 2, 20_000), hour=2))

    returns.record(shop_id=shop.pk, returns=[money(1_000, "")], now=NOW)

    assert ReturnLine.objects.get().line is None


@pytest.mark.django_db
def test_units_that_had_come_back_before_an_edit_took_them_are_told_once(shop):
    came = [refund("R1", "a", 2, 20_000, hour=1)]
    record(shop, state(line("a", 2, 20_000)), state(line("a", 2, 20_000), hour=1, came=came))

    for hour in (2, 3, 4):
        newer = state(line("a"), hour=hour, came=came)
        record(shop, newer)

        assert compare(shop.pk, [newer]).found == []
    parked = ReturnLine.objects.get(line__isnull=True)
    assert (parked.quantity, parked.shop_return.external_id) == (1, "edit:1001:1")

    record(
        shop, state(line("a", 2, 20_000), hour=5, came=came)
    )  # It is ordered again, and is back.
    assert left(shop) == {}
    assert not ReturnLine.objects.filter(line__isnull=True).exists()


@pytest.mark.django_db
def test_what_was_added_and_taken_out_counts_on_both_sides_of_a_comparison(shop):
    first, both = state(line("a", 2, 20_000)), state(line("a", 2, 20_000), line("b"), hour=2)
    record(shop, first, both)
    same = compare(shop.pk, [both])
    assert (same.found, same.theirs_minor, same.ours_minor) == ([], 30_000, 30_000)

    less = state(line("a", 2, 20_000), line("b"), hour=4, removed={"a": 1})
    before = compare(shop.pk, [less])
    assert (before.theirs_minor, before.ours_minor) == (20_000, 30_000)
    record(shop, less)
    after = compare(shop.pk, [less])
    assert (after.found, after.theirs_minor, after.ours_minor) == ([], 20_000, 20_000)
    assert Order.objects.count() == 2
