"""Lists and homes ask the database as often for thirty rows as for one."""

from datetime import timedelta

import pytest

from payouts.services import accruals
from tests.builders import make_click, make_code, make_credit, make_link, make_order, make_screening
from tests.influencers import campaign_world
from tests.influencers.contract_world import make_influencer, signed
from tests.influencers.look_surface_world import make_look
from tests.payouts.paydays import PAYDAY
from tests.people import person_of
from tests.portal.conftest import signed_in

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
def count_of(django_assert_max_num_queries):
    """``count_of(browser)(address)``: how many questions a page asks."""

    def of(browser):
        browser.get("/start/")  # The first request of a session writes down the session.

        def counted(address):
            with django_assert_max_num_queries(60) as queries:
                response = browser.get(address)
                if response.streaming:
                    b"".join(response.streaming_content)
            return len(queries)

        return counted

    return of


@pytest.fixture
def count(ada, count_of):
    return count_of(ada)


def test_thirty_more_of_everything_cost_no_more_queries(world, count):
    before = {address: count(address) for address in LISTS}
    for number in range(30):
        link = make_link(world.ada)
        make_click(link, clicked_at=PAYDAY)
        make_code(world.ada)
        order = make_order(placed_at=PAYDAY - timedelta(days=number))
        make_screening(make_credit(world.ada, order, link=link))
    accruals.accrue_pending(now=PAYDAY)

    # Nobody asks for payouts and holds of sales that are only pending: it may be a query less.
    after = {address: count(address) for address in LISTS}
    assert [one for one in LISTS if after[one] > before[one]] == []


@pytest.mark.parametrize(
    ("address", "most"),
    [  # Session, person and roles are nine of each.
        ("/portal/", 33),
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


# --- creators ------------------------------------------------------------------------


def sold(look, days):
    """An order that a look brought, accrued later."""
    order = make_order(placed_at=PAYDAY - timedelta(days=days))
    make_screening(make_credit(look.affiliate, order, link=look.link))


@pytest.fixture
def creator(db, payday, settings, tmp_path):
    """An influencer under contract: a look that sells, a draft, a campaign with pieces to come."""
    settings.MEDIA_ROOT = tmp_path
    ines = make_influencer()
    signed(ines)
    look = make_look(affiliate=ines)
    make_click(look.link, clicked_at=PAYDAY)
    sold(look, 1)
    campaign_world.make_look(ines)
    campaign_world.going(creator=ines)
    accruals.accrue_pending(now=PAYDAY)
    return look


def test_a_creators_home_asks_as_often_with_thirty_of_everything(client, creator, count_of):
    ines = creator.affiliate
    counted = count_of(signed_in(client, person_of(ines)))
    before = counted("/portal/")
    for number in range(30):
        campaign_world.make_look(ines, approved=number % 2 == 0)
        sold(creator, number)
    for _ in range(3):
        campaign_world.going(creator=ines)
    accruals.accrue_pending(now=PAYDAY)

    assert counted("/portal/") == before <= 34
