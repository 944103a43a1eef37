"""Columns that a person leaves out, and cells that narrow a list to rows like theirs."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

SALES = "/portal/sales/?range=12m"


def choose(browser, *, table="sales", known=("source", "basket", "validation"), shown=(), **more):
    form = {"table": table, "known": list(known), "shown": list(shown), "next": SALES, **more}
    return browser.post(reverse("portal:columns"), form)


def test_every_column_is_there_until_one_is_left_out(ada):
    assert 'data-label="Basket"' in ada.get(SALES).content.decode()

    answer = choose(ada, shown=["source", "validation"])

    assert answer["Location"] == SALES
    page = ada.get(SALES).content.decode()
    assert 'data-label="Basket"' not in page
    assert 'data-label="Brought by"' in page
    assert 'value="basket">' in page  # Offered, and not ticked.


def test_choosing_all_or_none_shows_all(ada):
    choose(ada, shown=["source"])
    choose(ada, shown=["source", "basket", "validation"])
    assert 'data-label="Basket"' in ada.get(SALES).content.decode()
    choose(ada, shown=[])
    assert 'data-label="Basket"' in ada.get(SALES).content.decode()


def test_a_column_without_a_key_cannot_be_left_out(ada):
    ada.cookies["columns-sales"] = "order.commission.basket"
    page = ada.get(SALES).content.decode()
    assert 'data-label="Commission"' in page
    assert 'data-label="Basket"' not in page


@pytest.mark.parametrize("cookie", ["", ".", "<b>", "a" * 5_000, "..basket..", "%00"])
def test_odd_cookies_break_nothing(ada, cookie):
    ada.cookies["columns-sales"] = cookie
    assert ada.get(SALES).status_code == 200


@pytest.mark.parametrize("table", ["", "Sales", "sales;x", "a" * 40])
def test_a_name_that_is_none_is_not_kept(ada, table):
    answer = choose(ada, table=table, shown=["source"])
    assert answer.status_code == 302
    assert not answer.cookies


def test_keys_that_are_none_are_not_kept(ada):
    answer = choose(ada, known=["basket", "x;y", "<b>"], shown=["source"])
    assert answer.cookies["columns-sales"].value == "basket"


def test_choosing_never_leads_away(ada):
    answer = choose(ada, shown=["source"], next="https://elsewhere.example/")
    assert answer["Location"] == "/"


def test_a_cell_narrows_the_list_to_rows_like_it(ada, world):
    page = ada.get(SALES).content.decode()
    assert "?range=12m&amp;state=paid" in page

    narrowed = ada.get(f"{SALES}&state=paid").content.decode()

    assert "Only State" not in narrowed  # It is narrowed already.
    assert "range=12m&amp;state=paid&amp;source=link-" in narrowed


def test_managers_narrow_by_group_and_state(sign_in, world):
    sam = sign_in(world.people["sam"])
    page = sam.get("/manage/affiliates/").content.decode()
    assert f'href="?group={world.ada.group.slug}"' in page
    assert 'href="?status=active"' in page
