"""Which buyer a request is about, what a shop brings back, what bonuses count then (PV7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import DataRequest
from core.privacy import journal
from payouts.line_facts import customers_of
from shop.connectors.people import customer_ref
from shop.models import Order
from shop.services import erasures, orders, people
from shop.services.erasures import Buyer, BuyerUnclear
from tests.builders import NOW, email_key_of, make_order, make_shop
from tests.people import make_sam
from tests.shop.test_edits import NOW as JUNE
from tests.shop.test_edits import PLACED, line, state

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BEA, CLEO = "bea@example.com", "cleo@example.com"


def bought(number, customer="", email="", **more):
    ref = customer_ref("atelier", customer)
    key = email_key_of(email) if email else ""
    return make_order(number=number, customer_ref=ref, email_key=key, **more)


def found(**given):
    who = erasures.buyer(shop=make_shop(), **given)
    return {order.number for order in erasures.orders_of(who)}


# --- who it is ------------------------------------------------------------------------


@pytest.fixture
def two_people():
    """Three orders of Bea, the first without its address; two of Cleo, one without account."""
    bought("B-0", "bea")
    bought("B-1", "bea", BEA)
    bought("B-2", "bea", "bea@work.example")
    bought("C-1", "cleo", CLEO)
    bought("C-2", "", CLEO)


@pytest.mark.usefixtures("two_people")
@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        ({"number": "B-1", "email": BEA}, {"B-0", "B-1", "B-2"}),
        ({"number": "B-1", "customer_id": "bea"}, {"B-0", "B-1", "B-2"}),
        ({"email": BEA, "customer_id": "bea"}, {"B-0", "B-1", "B-2"}),
        ({"number": "B-1", "email": BEA, "customer_id": "bea"}, {"B-0", "B-1", "B-2"}),
        ({"number": "C-2", "email": CLEO}, {"C-2"}),
        ({"number": "C-1", "email": CLEO}, {"C-1"}),
        ({"email": CLEO}, {"C-1", "C-2"}),
        ({"email": BEA}, {"B-1"}),
        ({"customer_id": "bea"}, {"B-0", "B-1", "B-2"}),
        ({"number": "B-2"}, {"B-0", "B-1", "B-2"}),
    ],
)
def test_all_that_is_given_leads_to_one_customer(given, numbers):
    assert found(**given) == numbers


@pytest.mark.usefixtures("two_people")
@pytest.mark.parametrize(
    "given",
    [
        {"number": "B-1", "email": CLEO},
        {"number": "B-0", "email": BEA},
        {"number": "B-1", "customer_id": "cleo"},
        {"email": CLEO, "customer_id": "bea"},
        {"number": "B-1", "email": BEA, "customer_id": "cleo"},
        {"number": "B-9", "email": BEA},
    ],
)
def test_what_does_not_fit_together_is_refused_and_never_added_up(given):
    with pytest.raises(BuyerUnclear, match="No order fits everything"):
        found(**given)


def test_a_number_is_what_customers_call_an_order_and_only_else_the_shops_own():
    bought("1001", "bea", BEA)
    bought("1002", "cleo", CLEO, external_id="1001")
    bought("1003", "dora", external_id="9")
    assert found(number="1001") == {"1001"}
    assert found(number="9") == {"1003"}
    with pytest.raises(BuyerUnclear, match="No order fits everything"):
        found(number="1001", email=CLEO)


def test_orders_of_several_customers_are_refused():
    bought("D-1", "bea", BEA)
    bought("D-1", "cleo", CLEO)
    bought("D-2", "cleo", BEA)
    bought("D-3", external_id="x")
    bought("D-3", external_id="y")
    for given in ({"number": "D-1"}, {"email": BEA}, {"number": "D-3"}):
        with pytest.raises(BuyerUnclear, match="several customers"):
            found(**given)
    assert found(number="D-1", email=BEA) == {"D-1"}
    assert found(email=BEA, customer_id="cleo") == {"D-1", "D-2"}


def test_a_request_that_was_written_down_before_takes_what_both_lead_to():
    one = bought("B-1", "bea", BEA)
    bought("B-2", "bea", CLEO)
    bought("C-1", "cleo", BEA)
    who = Buyer(shop=one.shop_id, customer_ref=one.customer_ref, email_key=email_key_of(BEA))
    assert [order.number for order in erasures.orders_of(who)] == ["B-1"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"number": "B-1"}, "Give the number and the e-mail address of that order."),
        ({"email": BEA}, "Give the number and the e-mail address of that order."),
        ({"number": "B-1", "email": CLEO}, "No order fits everything that was given."),
    ],
)
def test_the_form_refuses_who_is_not_shown_to_be_them(client, given, sentence):
    bought("B-1", "bea", BEA)
    asked = {
        "wish": "export", "shop": make_shop().pk, "identified": "order",
        "asked_on": timezone.localdate().isoformat(), **given,
    }  # fmt: skip
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(make_sam())
    answer = client.post("/manage/privacy/requests/new/", asked)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not DataRequest.objects.exists()


# --- what the shop tells next -----------------------------------------------------------


def tell(shop, *lines, now=JUNE, **more):
    told = state(*(lines or (line("a"),)), click_tokens=("t" * 22,), customer_ref="c" * 64,
                 email_key="e" * 64, **more)  # fmt: skip
    orders.record_states(shop_id=shop.pk, states=[told], now=now)
    return Order.objects.get(external_id="1001")


def test_clicks_of_an_erased_order_do_not_come_back_with_the_next_webhook():
    shop = make_shop()
    told = tell(shop)
    assert told.click_tokens == ["t" * 22]
    erasures.erase_buyer(Buyer(shop=shop.pk, orders=("1001",)), now=JUNE)

    again = tell(shop, hour=1, delivered_at=PLACED + DAY, codes=("ADA10",))

    assert (again.click_tokens, again.customer_ref, again.email_key) == ([], "", "")
    assert (again.delivered_at, again.codes) == (PLACED + DAY, ["ADA10"])


def test_clicks_that_an_order_had_none_of_still_come():
    shop = make_shop()
    tell(shop)
    Order.objects.update(click_tokens=[])
    assert tell(shop, hour=1).click_tokens == ["t" * 22]


@pytest.mark.parametrize(("months", "tokens"), [(12, 1), (14, 0)])
def test_clicks_that_went_by_time_do_not_come_back(months, tokens):
    shop, later = make_shop(), PLACED + months * 31 * DAY
    tell(shop)
    Order.objects.update(click_tokens=[])
    assert len(tell(shop, hour=1, now=later).click_tokens) == tokens


def test_what_an_edit_adds_to_an_erased_order_is_nobodys_either():
    shop = make_shop()
    tell(shop)
    erasures.erase_buyer(Buyer(shop=shop.pk, orders=("1001",)), now=JUNE)

    tell(shop, line("a"), line("b"), hour=1)

    added = Order.objects.get(is_addition=True)
    assert (added.customer_ref, added.email_key, added.click_tokens) == ("", "", [])


# --- what bonuses count -----------------------------------------------------------------


def history(ref="c" * 64):
    """Two orders of one buyer, one of whom the shop told, and one of nobody."""
    shared = {"customer_ref": ref}
    return [
        make_order(placed_at=NOW - 9 * DAY, **shared),
        make_order(placed_at=NOW - 8 * DAY, **shared),
        make_order(placed_at=NOW - 7 * DAY, is_new_customer=True, **shared),
        make_order(placed_at=NOW - 6 * DAY, customer_ref=""),
    ]


def counted(rows):
    again = {order.pk: order for order in Order.objects.filter(pk__in=[one.pk for one in rows])}
    return list(customers_of([again[one.pk] for one in rows]).values())


def test_who_was_new_stays_so_when_the_buyer_is_erased():
    rows = history()
    before = counted(rows)
    assert before == ["new", "returning", "new", "unknown"]
    who = Buyer(shop=rows[0].shop_id, customer_ref="c" * 64)
    for _twice in range(2):
        erasures.erase_buyer(who, now=NOW)
        assert counted(rows) == before
    assert not Order.objects.exclude(customer_ref="").exists()
    assert journal.keys(journal.ORDER)


def test_who_was_new_stays_so_when_a_part_of_the_orders_is_erased():
    rows = history()
    before = counted(rows)
    erasures.erase_buyer(Buyer(shop=rows[0].shop_id, orders=(rows[0].external_id,)), now=NOW)
    assert counted(rows) == before
    rows[1].refresh_from_db()
    assert rows[1].customer_ref == "c" * 64


def test_who_was_new_stays_so_when_customers_are_forgotten_by_time(monkeypatch):
    monkeypatch.setattr(people, "CHUNK", 1)
    rows = history()
    before = counted(rows)
    assert people.forget_customers(now=NOW + 4 * 366 * DAY) == 3
    assert counted(rows) == before
    assert people.forget_customers(now=NOW + 4 * 366 * DAY) == 0


def test_who_orders_again_after_being_erased_counts_as_new():
    rows = history()
    erasures.erase_buyer(Buyer(shop=rows[0].shop_id, customer_ref="c" * 64), now=NOW)
    assert counted([make_order(customer_ref="c" * 64, placed_at=NOW)]) == ["new"]
