"""Orders and returns: stored once, in any order of arrival, costs frozen (docs/rules/orders.md)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.domain.canonical import (
    CanonicalLine,
    CanonicalOrder,
    CanonicalReturn,
    CanonicalReturnLine,
)
from shop.models import CostSource, Order, OrderLine, ProductCost, Return, ReturnLine
from shop.services import orders, returns
from tests.builders import NOW, make_product, make_shop
from tests.undo import undone

PLACED = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def a_line(external_id="1", **overrides) -> CanonicalLine:
    fields = {"kind": "product", "sku": f"S{external_id}", "title": "Robe", "quantity": 2,
              "net_minor": 10_000}  # fmt: skip
    return CanonicalLine(external_id=external_id, **{**fields, **overrides})


def an_order(external_id="A", **overrides) -> CanonicalOrder:
    fields = {
        "number": f"#{external_id}",
        "placed_at": PLACED,
        "updated_at": PLACED,
        "currency": "EUR",
        "lines": (a_line("1"), a_line("2", quantity=5, net_minor=9_999)),
    }
    return CanonicalOrder(external_id=external_id, **{**fields, **overrides})


def a_return(external_id="R", order="A", lines=(("1", 1),), **overrides) -> CanonicalReturn:
    return CanonicalReturn(
        external_id=external_id,
        order_external_id=order,
        reason="return",
        returned_at=PLACED + timedelta(days=3),
        lines=tuple(
            CanonicalReturnLine(
                external_id=str(number),
                line_external_id=line,
                sku="",
                quantity=quantity,
                net_minor=quantity * 1_000,
            )
            for number, (line, quantity) in enumerate(lines, start=1)
        ),
        **overrides,
    )


def store(*facts):
    shop = make_shop()
    for fact in facts:
        if isinstance(fact, CanonicalOrder):
            orders.record(shop_id=shop.pk, orders=[fact], now=NOW)
        else:
            returns.record(shop_id=shop.pk, returns=[fact], now=NOW)


def cancelled(order: CanonicalOrder) -> CanonicalOrder:
    at = order.placed_at + timedelta(days=1)
    return replace(order, updated_at=at, cancelled_at=at)


def rows():
    """Everything that was stored, without what depends on who came first: ids and surplus."""
    return (
        list(
            Order.objects.order_by("external_id").values_list(
                "external_id", "cancelled_at", "source_updated_at", "content_hash"
            )
        ),
        list(
            OrderLine.objects.order_by("order__external_id", "external_id").values_list(
                "external_id", "quantity", "net_minor", "unit_cost_minor", "cost_source"
            )
        ),
        {
            (line.order.external_id, line.external_id): returned_of(line)
            for line in OrderLine.objects.select_related("order")
        },
    )


def returned_of(line: OrderLine) -> int:
    return line.returned.aggregate(Sum("quantity"))["quantity__sum"] or 0


@pytest.mark.django_db
def test_an_order_is_stored_once_however_often_it_comes():
    shop = make_shop()

    first = orders.record(shop_id=shop.pk, orders=[an_order(), an_order()], now=NOW)
    again = orders.record(shop_id=shop.pk, orders=[an_order()], now=NOW)

    assert (first.created, first.unchanged) == (1, 1)
    assert (again.created, again.unchanged) == (0, 1)
    assert Order.objects.count() == 1
    assert OrderLine.objects.count() == 2


@pytest.mark.django_db
def test_other_lines_under_a_known_id_are_refused_and_change_nothing():
    store(an_order())
    before = rows()

    report = orders.record(
        shop_id=make_shop().pk, orders=[an_order(lines=(a_line("1"),)), an_order("B")], now=NOW
    )

    assert list(report.conflicts) == ["A"]
    assert "already received with other lines" in report.conflicts["A"]
    assert report.created == 1
    assert rows()[0][:1] == before[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"currency": "USD"}, "sells in EUR"),
        ({"lines": ()}, "no lines"),
        ({"lines": (a_line("1"), a_line("1"))}, "Two lines of the order have the id 1"),
        ({"lines": (a_line(quantity=0),)}, "has the quantity 0"),
        ({"lines": (a_line(net_minor=-1),)}, "net below zero"),
        ({"lines": (a_line(kind="tip"),)}, "unknown kind tip"),
        ({"lines": (a_line(unit_cost_minor=-5),)}, "below zero"),
    ],
)
def test_an_impossible_order_is_refused_with_a_sentence(broken, sentence):
    report = orders.record(shop_id=make_shop().pk, orders=[an_order(**broken)], now=NOW)

    assert sentence in report.conflicts["A"]
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_the_cost_comes_from_the_payload_then_the_catalogue_then_nowhere():
    product = make_product(sku="S2", cost_minor=3_000)
    ProductCost.objects.filter(product=product).update(valid_to=PLACED - timedelta(days=1))
    ProductCost.objects.create(
        product=product, unit_cost_minor=3_500, valid_from=PLACED - timedelta(days=1)
    )

    store(an_order(lines=(a_line("1", unit_cost_minor=1_234), a_line("2"), a_line("3"))))

    assert list(
        OrderLine.objects.order_by("external_id").values_list("unit_cost_minor", "cost_source")
    ) == [
        (1_234, CostSource.PAYLOAD),
        (3_500, CostSource.CATALOGUE),
        (None, CostSource.MISSING),
    ]


@pytest.mark.django_db
def test_a_frozen_cost_does_not_move_and_a_missing_one_is_filled_by_a_later_delivery():
    store(an_order(lines=(a_line("1", unit_cost_minor=1_000), a_line("2"))))

    store(
        an_order(
            lines=(a_line("1", unit_cost_minor=9_999), a_line("2", unit_cost_minor=2_000)),
            updated_at=PLACED + timedelta(hours=1),
        )
    )

    assert list(OrderLine.objects.order_by("external_id").values_list("unit_cost_minor")) == [
        (1_000,),
        (2_000,),
    ]


@pytest.mark.django_db
def test_a_return_before_its_order_is_parked_and_adopted():
    store(a_return(lines=(("1", 1), ("9", 1))))
    parked = Return.objects.get()
    assert parked.order is None

    store(an_order())

    parked.refresh_from_db()
    assert parked.order == Order.objects.get()
    known, unknown = parked.lines.order_by("external_id")
    assert known.line == OrderLine.objects.get(external_id="1")
    assert unknown.line is None


@pytest.mark.django_db
def test_a_quantity_above_what_is_left_is_parked_never_dropped():
    store(an_order(), a_return("R1", lines=(("1", 1),)), a_return("R2", lines=(("1", 3),)))

    assert list(
        ReturnLine.objects.order_by("shop_return", "external_id").values_list(
            "external_id", "line__external_id", "quantity", "net_minor"
        )
    ) == [("1", "1", 1, 1_000), ("1", "1", 1, 1_000), ("1~1", None, 2, 2_000)]


@pytest.mark.django_db
def test_a_surplus_is_parked_also_when_the_order_comes_last():
    store(a_return("R1", lines=(("1", 3),)), an_order())

    assert list(
        ReturnLine.objects.order_by("external_id").values_list("line__external_id", "quantity")
    ) == [("1", 2), (None, 1)]
    assert ReturnLine.objects.aggregate(Sum("net_minor"))["net_minor__sum"] == 3_000


@pytest.mark.django_db
def test_a_return_without_line_ids_is_placed_by_its_sku():
    store(an_order(lines=(a_line("1", sku="X"), a_line("2", sku="X"))))
    line = CanonicalReturnLine(external_id="1", line_external_id="", sku="X", quantity=3,
                               net_minor=100)  # fmt: skip

    store(replace(a_return(), lines=(line,)))

    assert list(
        ReturnLine.objects.order_by("external_id").values_list(
            "line__external_id", "quantity", "net_minor"
        )
    ) == [("1", 2, 67), ("2", 1, 33)]


@pytest.mark.django_db
def test_the_same_return_twice_is_one_and_another_content_is_refused():
    store(an_order())
    shop = make_shop()

    report = returns.record(
        shop_id=shop.pk, returns=[a_return(), a_return(), a_return(lines=(("1", 2),))], now=NOW
    )

    assert (report.created, report.unchanged) == (1, 1)
    assert "other lines" in report.conflicts["R"]
    assert ReturnLine.objects.get().quantity == 1


@pytest.mark.django_db
def test_a_cancellation_returns_what_is_left_once():
    store(an_order(), a_return(lines=(("1", 1),)), cancelled(an_order()), cancelled(an_order()))

    rest = Return.objects.get(external_id="cancel:A")
    assert rest.reason == "cancellation"
    assert rest.returned_at == PLACED + timedelta(days=1)
    assert list(
        rest.lines.order_by("external_id").values_list("line_external_id", "quantity", "net_minor")
    ) == [("1", 1, 5_000), ("2", 5, 9_999)]


@pytest.mark.django_db
def test_an_older_state_does_not_undo_a_cancellation():
    store(cancelled(an_order()), an_order())

    order = Order.objects.get()
    assert order.cancelled_at is not None
    assert order.source_updated_at == order.cancelled_at


HISTORY = (
    an_order(),
    a_return("R1", lines=(("1", 1), ("2", 2))),
    a_return("R2", lines=(("2", 3),)),
    cancelled(an_order()),
    a_return("R3", lines=(("2", 1), ("7", 1))),
    an_order("B"),
)


@pytest.mark.slow
@pytest.mark.django_db(transaction=False)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    history=st.permutations(HISTORY),
    repeats=st.lists(st.integers(0, len(HISTORY) - 1), max_size=4),
)
def test_any_order_of_arrival_and_any_repeats_end_in_the_same_rows(history, repeats):
    with undone():
        store(*HISTORY)
        expected = rows()
    with undone():
        store(*history, *(history[number] for number in repeats))
        assert rows() == expected
        said = sum(line.quantity for one in HISTORY[1:3] for line in one.lines) + 2
        stored = ReturnLine.objects.exclude(shop_return__external_id__startswith="cancel:")
        assert stored.aggregate(Sum("quantity"))["quantity__sum"] == said


@pytest.mark.django_db
def test_a_long_order_and_many_orders_take_few_queries(django_assert_max_num_queries):
    shop = make_shop()
    make_product(sku="S1")
    long = an_order("L", lines=tuple(a_line(str(number)) for number in range(300)))
    many = [an_order(str(number)) for number in range(100)]

    with django_assert_max_num_queries(12):
        report = orders.record(shop_id=shop.pk, orders=[long, *many], now=NOW)

    assert report.created == 101
    assert OrderLine.objects.filter(order__external_id="L").count() == 300
