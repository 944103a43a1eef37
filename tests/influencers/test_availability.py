"""What a place of a look shows: every fallback, and stock that is too old to believe."""

from datetime import timedelta

import pytest

from influencers.domain.availability import Choice, Found, Stocked, can_be_bought, choose
from influencers.domain.availability import is_placeable as placeable
from tests.builders import NOW

RED_38 = Stocked(product_id=1, sku="A-38", is_active=True, model="A", color="red", stock=1,
                 stock_at=NOW)  # fmt: skip


def like(number, sku, **overrides):
    said = {"model": "A", "color": "red", "stock": 1, "stock_at": NOW, "is_active": True}
    return Stocked(product_id=number, sku=sku, **{**said, **overrides})


@pytest.mark.parametrize(
    ("case", "stocked", "expected"),
    [
        ("LK11 in stock", like(1, "A"), True),
        ("LK11 gone", like(1, "A", stock=0), False),
        ("LK11 gone 15 minutes ago", like(1, "A", stock=0, stock_at=NOW - timedelta(minutes=15)),
         False),
        ("LK11 gone longer ago: unknown", like(1, "A", stock=0,
                                               stock_at=NOW - timedelta(minutes=16)), True),
        ("LK11 never told", like(1, "A", stock=None, stock_at=None), True),
        ("LK10 not sold any more", like(1, "A", is_active=False), False),
    ],
)  # fmt: skip
def test_what_can_be_bought(case, stocked, expected):
    assert can_be_bought(stocked, NOW) is expected, case


GONE = like(1, "A-38", stock=0)
SMALL, LARGE = like(2, "A-36"), like(3, "A-40")
BLUE = like(4, "A-38-B", color="blue")
OTHER = like(5, "B-38", model="B")
OTHER_GONE = like(5, "B-38", model="B", stock=0)
OTHER_BLUE = like(6, "B-38-B", model="B", color="blue")
ALONE_GONE = like(7, "C", model="", stock=0)


@pytest.mark.parametrize(
    ("case", "ranked", "family", "expected"),
    [
        ("LK12 the very one", [RED_38, OTHER], [RED_38, SMALL], (1, Found.EXACT)),
        ("LK12 another size, first by SKU", [GONE], [GONE, LARGE, SMALL, BLUE], (2, Found.SIZE)),
        ("LK12 another colour", [GONE, OTHER], [GONE, BLUE], (4, Found.COLOR)),
        ("LK12 the next one", [GONE, OTHER], [GONE], (5, Found.ALTERNATE)),
        ("LK12 the next one in blue", [GONE, OTHER_GONE], [GONE, OTHER_GONE, OTHER_BLUE],
         (6, Found.ALTERNATE)),
        ("LK12 nothing is left", [GONE, OTHER_GONE], [GONE, OTHER_GONE], (1, Found.SOLD_OUT)),
        ("LK12 no model, no relatives", [ALONE_GONE], [like(8, "D", model="")],
         (7, Found.SOLD_OUT)),
    ],
)  # fmt: skip
def test_what_stands_in(case, ranked, family, expected):
    of_model = {}
    for one in family:
        of_model.setdefault(one.model, []).append(one)

    assert choose(ranked, of_model, now=NOW) == Choice(*expected), case


def test_a_place_without_products_shows_nothing():
    assert choose([], {}, now=NOW) is None


HERE, OUT = Choice(1, Found.EXACT), Choice(2, Found.SOLD_OUT)


@pytest.mark.parametrize(
    ("case", "places", "expected"),
    [
        ("LK15 all there", [(True, HERE), (True, HERE)], True),
        ("LK15 one that is needed is gone", [(True, HERE), (True, HERE), (True, OUT)], False),
        ("LK15 one that is not needed is gone", [(True, HERE), (True, HERE), (False, OUT)], True),
        ("LK15 one product is no look", [(True, HERE), (False, None)], False),
        ("LK15 nothing", [], False),
    ],
)
def test_what_may_be_placed_by_itself(case, places, expected):
    assert placeable(places) is expected, case


@pytest.mark.parametrize(
    ("case", "places", "expected"),
    [
        ("LK16 its only product is there", [(True, HERE)], True),
        ("LK16 its only product is gone", [(True, OUT)], False),
        ("LK16 one of two is there", [(True, HERE), (True, OUT)], True),
        ("LK16 nobody named a product yet", [(True, None)], False),
        ("LK16 nothing", [], False),
    ],
)
def test_when_a_customers_photo_is_placed(case, places, expected):
    assert placeable(places, is_customers=True) is expected, case
