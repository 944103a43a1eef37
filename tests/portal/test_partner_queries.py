"""Lists ask the database as often for thirty rows as for one."""

from datetime import timedelta

import pytest

from payouts.services import accruals
from tests.builders import make_click, make_code, make_credit, make_link, make_order, make_screening
from tests.payouts.paydays import PAYDAY

pytestmark = pytest.mark.slow

LISTS = (
    "/portal/",
    "/portal/figures/?range=12m",
    "/portal/links/?view=rows",
    "/portal/links/?view=rows&sort=-epc",
    "/portal/links/?format=csv",
    "/portal/codes/",
    "/portal/sales/?range=12m",
    "/portal/sales/?range=12m&format=csv",
    "/portal/reports/?by=link&range=12m",
    "/portal/reports/?by=product&range=12m",
    "/portal/payouts/",
)


@pytest.fixture
def count(ada, django_assert_max_num_queries):
    ada.get("/start/")  # The first request of a session writes down the session.

    def counted(address):
        with django_assert_max_num_queries(60) as queries:
            response = ada.get(address)
            if response.streaming:
                b"".join(response.streaming_content)
        return len(queries)

    return counted


def test_thirty_more_of_everything_cost_no_more_queries(world, count):
    before = {address: count(address) for address in LISTS}
    for number in range(30):
        link = make_link(world.ada)
        make_click(link, clicked_at=PAYDAY)
        make_code(world.ada)
        order = make_order(placed_at=PAYDAY - timedelta(days=number))
        make_screening(make_credit(world.ada, order, link=link))
    accruals.accrue_pending(now=PAYDAY)

    # The list of sales has a second page now: its number is known from the same count.
    after = {address: count(address) for address in LISTS}
    assert after == before


@pytest.mark.parametrize(
    ("address", "most"),
    [  # Session, person and roles are nine of each.
        ("/portal/", 42),
        ("/portal/links/", 19),
        ("/portal/links/?view=rows&sort=-epc", 23),
        ("/portal/codes/", 12),
        ("/portal/sales/?range=12m", 19),
        ("/portal/sales/?range=12m&format=csv", 18),
        ("/portal/reports/?by=link&range=12m", 26),
        ("/portal/payouts/", 36),
        ("/portal/payee/", 40),
    ],
)
def test_a_page_asks_no_more_than_this(count, world, address, most):
    assert count(address) <= most
