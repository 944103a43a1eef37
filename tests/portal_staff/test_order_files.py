"""The list of orders as a file: what the page shows, costs for few, and memory that stays flat."""

import csv
import io
import re
from datetime import timedelta
from weakref import WeakSet
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import Permission
from django.http import QueryDict

from core.csv_export import csv_chunks
from core.models import AuditEntry, Export, User
from portal import order_files
from portal.exports import writing
from portal.order_files import orders_file
from portal.queries import order_parts
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_order,
    make_product,
    make_return,
)
from tests.payouts.stories import accrued
from tests.people import make_ada, make_fin, person_of

pytestmark = pytest.mark.django_db
LIST = "/manage/orders/"


@pytest.fixture
def seeing(sam):
    """Sam's browser, of a manager who may see costs."""
    person = make_sam_of(sam)
    person.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    return sam


def make_sam_of(browser):
    return User.objects.get(pk=browser.session["_auth_user_id"])


def rows_of(answer, *, separator=";"):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=separator))


def file(browser, **query):
    return browser.get(LIST, {"range": "all", "format": "csv", **query})


def test_every_order_is_a_row_with_who_brought_it(sam):
    ada = make_affiliate(name="=Ada()")
    brought = accrued(ada, number="FR-1", is_new_customer=True, country="FR").credit
    make_return(brought.order)
    make_order(number="FR-2", placed_at=NOW - timedelta(days=9))
    make_order(number="FR-3", placed_at=NOW - timedelta(days=10), is_test=True)

    answer = file(sam)
    one, nobody, test = rows_of(answer)

    assert answer["Content-Type"].startswith("text/csv")
    assert 'filename="orders.csv"' in answer["Content-Disposition"]
    assert (one["Order"], one["Affiliate"], one["Country"]) == ("FR-1", "'=Ada()", "France")
    assert (one["Customer"], one["Part of the order (%)"]) == ("New", "100,00")
    assert (one["Basket without VAT"], one["Currency"]) == ("100,00", "EUR")
    assert (one["Commission at first"], one["Items"], one["Items returned"]) == ("10,00", "1", "1")
    assert one["Sale reference"] == f"S-{brought.pk}"
    assert one["State"] == "Pending"
    assert (nobody["Order"], nobody["Affiliate"], nobody["Commission"]) == ("FR-2", "", "")
    assert nobody["Attribution"]
    assert (test["Order"], test["Test order"]) == ("FR-3", "Yes")
    assert "Cost of goods" not in one


def test_the_forms_are_french_international_and_a_workbook(sam):
    accrued()

    [row] = rows_of(file(sam, format="international"), separator=",")
    assert row["Basket without VAT"] == "100.00"
    book = b"".join(file(sam, format="xlsx").streaming_content)
    sheet = ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r"<v>100(\.0+)?</v>", sheet)


def test_a_shared_order_has_a_row_for_each_and_the_parts_add_up(sam):
    order = make_order(lines=[{"net_minor": 10_001}])
    ada, other = make_affiliate(name="Ada"), make_affiliate(name="Other")
    first = make_credit(ada, order, share_bps=7_000)
    second = make_credit(other, make_order(), share_bps=3_000)
    second.order = order
    second.save(update_fields=["order"])
    assert first.order == second.order

    rows = [row for row in rows_of(file(sam)) if row["Affiliate"]]

    assert [(row["Affiliate"], row["Part of the order (%)"]) for row in rows] == [
        ("Ada", "70,00"),
        ("Other", "30,00"),
    ]
    assert [row["Basket without VAT"] for row in rows] == ["70,01", "30,00"]


def test_it_holds_what_the_list_shows_and_no_more(sam):
    accrued(number="FR-1")
    make_order(number="FR-2", is_test=True)
    make_order(number="FR-3", placed_at=NOW - timedelta(days=60))

    assert [row["Order"] for row in rows_of(file(sam, has="test"))] == ["FR-2"]
    assert [row["Order"] for row in rows_of(file(sam, outcome="attributed"))] == ["FR-1"]
    assert [row["Order"] for row in rows_of(file(sam, q="FR-3"))] == ["FR-3"]
    assert len(rows_of(file(sam, range="30d"))) == 2
    assert rows_of(file(sam, q="nothing like it")) == []


def test_costs_are_for_who_may_see_them_and_each_look_is_kept(seeing):
    accrued(lines=[{"product": make_product(cost_minor=4_000), "quantity": 2}])

    [plain] = rows_of(file(seeing))
    assert "Cost of goods" not in plain
    assert not AuditEntry.objects.filter(verb="programme.costs_viewed").exists()
    [row] = rows_of(file(seeing, costs="1"))

    assert row["Cost of goods"] == "80,00"
    assert row["Actual margin"]
    assert AuditEntry.objects.filter(verb="programme.costs_viewed").count() == 1
    assert AuditEntry.objects.filter(verb="programme.orders_downloaded").count() == 2


def test_a_line_without_a_cost_leaves_both_columns_empty(seeing):
    make_order(lines=[{}, {"unit_cost_minor": None, "cost_source": "missing"}])

    [row] = rows_of(file(seeing, costs="1"))

    assert (row["Cost of goods"], row["Actual margin"]) == ("", "")


def test_who_may_not_see_costs_gets_none_however_they_ask(sam):
    accrued()

    page = sam.get(LIST, {"range": "all"}).content.decode()
    [row] = rows_of(file(sam, costs="1"))

    assert "XLSX with costs" not in page
    assert not {"Cost of goods", "Actual margin"} & set(row)
    assert not AuditEntry.objects.filter(verb="programme.costs_viewed").exists()


def test_a_prepared_file_with_costs_asks_again_when_it_is_taken(seeing, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    accrued()
    posted = {"page": "orders", "query": "range=all&costs=1", "form": "csv"}
    seeing.post("/manage/exports/new/", posted)
    assert writing.write_next(clock=lambda: NOW)
    export = Export.objects.get()
    assert (export.status, export.rows, export.reads_costs) == ("done", 1, True)
    where = f"/manage/exports/{export.public_id}/file/"

    assert b"Cost of goods" in b"".join(seeing.get(where).streaming_content)
    assert AuditEntry.objects.filter(verb="export.costs_viewed").count() == 1
    make_sam_of(seeing).user_permissions.clear()
    assert seeing.get(where).status_code == 403


def test_finance_may_take_it_and_a_partner_gets_none(client, browse):
    accrued()
    finance = browse(make_fin())
    assert len(rows_of(file(finance))) == 1

    partner = browse(person_of(make_ada()))
    assert partner.get(LIST, {"format": "csv"}).status_code == 403
    partner.post("/portal/exports/new/", {"page": "orders", "form": "csv"})
    assert not Export.objects.exists()


def test_what_is_too_long_to_wait_for_is_prepared(sam, monkeypatch):
    monkeypatch.setattr("portal.views.manager_orders.MOST_AT_ONCE", 0)
    accrued()

    answer = sam.get(LIST, {"range": "all", "format": "csv"}, follow=True)

    page = answer.content.decode()
    assert "too long to wait for" in page
    assert "Prepare CSV, mail me" in page
    assert "CSV, French" not in page


def test_queries_do_not_grow_with_the_orders_of_a_part(sam, django_assert_max_num_queries):
    for _ in range(12):
        accrued()
    found = orders_file(QueryDict("range=all&costs=1"), NOW, sees_costs=True)

    with django_assert_max_num_queries(16):
        assert len(list(found.rows())) == found.total == 12


def test_memory_does_not_grow_with_the_orders(sam, monkeypatch):
    """However many orders there are, only the rows of two parts of them are ever held."""
    order = accrued().credit.order
    [part] = order_parts.parts_of([order], with_costs=False)
    monkeypatch.setattr(order_files, "parts_of", lambda some, **_said: [part for _one in some])
    cells, held = order_files._cells, WeakSet()

    def watched(*said, **how):
        row = Row(cells(*said, **how))
        held.add(row)
        return row

    monkeypatch.setattr(order_files, "_cells", watched)
    number = 5 * order_files.AT_ONCE
    rows = order_files._rows(Many(order, number), with_costs=False)
    most = [len(held) for _line in csv_chunks(order_files.header(with_costs=False), rows)]

    assert len(most) == number + 1
    assert max(most) <= 2 * order_files.AT_ONCE


class Row(list):
    """A row that can be watched from afar, each for itself."""

    __hash__ = object.__hash__


class Many:
    """A queryset of so many orders, as far as its cursor goes."""

    def __init__(self, order, number):
        self._order, self._number = order, number

    def iterator(self, *, chunk_size):
        assert chunk_size == order_files.AT_ONCE
        return (self._order for _one in range(self._number))
