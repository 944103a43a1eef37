"""The page of reports: what it answers, what it refuses and keeps, its files and its picture."""

import csv
import io
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.http import QueryDict
from PIL import Image

from core.models import AuditEntry
from portal.report_area import scope_for
from portal.reports import asking, pictures
from portal.reports.catalogue import DIMENSIONS, PRESETS
from portal.reports.engine import Row
from shop.models import Shop
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_link,
    make_order,
    make_product,
    make_user,
)
from tests.people import make_ada, make_fin, make_mallory, make_sam, person_of
from tests.portal.partner_world import text_of
from tests.portal.report_world import make_world, sold

JUNE = "from=2026-05-20&to=2026-06-15"


pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(db):
    """Ada with sales of all sorts, and somebody else with one; the clock stands still."""
    with time_machine.travel(NOW, tick=False):
        other = make_affiliate(name="Somebody else")
        sold(other, make_link(other), [], NOW)
        yield make_world(make_ada())


@pytest.fixture
def ada(browse, reported):
    return browse(person_of(reported))


def test_every_dimension_and_preset_has_its_page_with_definitions_and_a_total(ada):
    for by, dimension in DIMENSIONS.items():
        answer = ada.get(f"/portal/reports/?by={by}&{JUNE}")
        assert answer.status_code == (422 if dimension.for_staff else 200), by
    for preset in PRESETS:
        if preset.for_staff:
            continue
        page = ada.get(f"/portal/reports/?by={preset.by}&m={','.join(preset.metrics)}&{JUNE}")
        text = page.content.decode().replace("&#x27;", "'")
        assert "Total" in text
        assert "Clicks are counted until" in text
        for metric in page.context["question"].metrics:
            assert str(metric.definition)[:60] in text, metric.key


REFUSED = [
    ("by=visitor", "broken down by “visitor”"),
    ("by=affiliate", "broken down by “affiliate”"),
    ("m=profit", "no metric “profit”"),
    ("m=margin", "no metric “margin”"),
    ("m=cost_share", "no metric “cost_share”"),
    ("by=product&m=clicks", "“Clicks” cannot be told apart by product"),
    ("m=clicks,orders,net,aov,units,commission", "at most 5 metrics"),
    ("m=clicks&customer=new", "Clicks cannot be narrowed like this"),
    ("customer=rich", "nothing is called “rich”"),
    ("affiliate=1", "cannot be narrowed by"),
    ("category=bags", "Only products and categories can be narrowed by category"),
    ("link=abc", "nothing is called “abc”"),
    ("from=2026-13-01", "A day is written"),
]


def test_what_cannot_be_answered_is_said_and_the_address_is_kept(ada):
    for query, said in REFUSED:
        answer = ada.get(f"/portal/reports/?{query}&sub=letter-5")
        assert answer.status_code == 422, query
        text = answer.content.decode()
        assert said in text
        assert "sub=letter-5" in text
        assert "Actual margin" not in text
        file = ada.get(f"/portal/reports/file/?{query}&sub=letter-5&form=csv")
        kept = parse_qs(urlsplit(file["Location"]).query)
        assert all(kept[name] == values for name, values in parse_qs(query).items()), query


def test_no_address_breaks_it(ada):
    for query in (
        "by=link'%3BDROP TABLE x", "sub=%00", "sort=commission);--", "currency=E'R", "page=9999999",
        "page=-1", "m=" + "x," * 500, "link=" + "9" * 30, "range=ever", "versus=x", "chart=nothing",
        "product=%25", "by=product&product=p1&sort=-key",
    ):  # fmt: skip
        assert ada.get(f"/portal/reports/?{query}").status_code in (200, 422), query


def test_another_affiliates_link_narrows_to_nothing_and_has_no_name(ada):
    link = make_link(make_mallory(), label="Hers alone")

    page = ada.get(f"/portal/reports/?link={link.pk}&{JUNE}")

    assert page.context["report"].is_empty
    assert b"Hers alone" not in page.content


@pytest.mark.parametrize(
    "query",
    [
        "by=link", "by=code", "by=look", "by=surface", "by=sub", "m=clicks", "m=orders,conversion",
        "m=epc", "link=1", "code=1", "look=1", "surface=pdp", "sub=letter-5",
    ],
)  # fmt: skip
def test_who_does_not_see_the_work_asks_for_none_of_it(browse, reported, query):
    books = make_user(name="Carl Clerk")
    reported.memberships.create(user=books, role="accountant")
    browser = browse(books)
    refused = browser.get(f"/portal/reports/?{query}&{JUNE}")
    assert refused.status_code == 422
    assert browser.get(f"/portal/reports/file/?{query}&{JUNE}").status_code == 302
    by_mail = asking.read(
        QueryDict(query), scope_for(books, f"affiliate:{reported.public_id}"), now=NOW
    )
    for question in (refused.context["question"], by_mail):
        assert not question.by.of_work
        assert not question.filters
        assert not any(one.of_work for one in question.metrics)


def test_who_does_not_see_the_work_has_the_other_reports(browse, reported):
    books = make_user(name="Carl Clerk")
    reported.memberships.create(user=books, role="accountant")
    page = browse(books).get(f"/portal/reports/?{JUNE}")
    assert page.status_code == 200
    assert [one.key for one in page.context["question"].metrics] == ["orders", "commission"]
    assert not any(one.of_work for one in page.context["dimensions"])
    for chip in page.context["presets"]:
        assert browse(books).get(f"/portal/reports/{chip.href}").status_code == 200, chip.label


def test_a_product_that_is_not_on_sale_has_no_name_but_for_who_sold_it(ada, reported):
    hidden = make_product(name="Next winter's coat", is_active=False)
    hers = make_product(name="Of another", is_active=False)
    shown = make_product(name="On sale", url="https://shop.example/on-sale")
    mallory = make_mallory()
    order = make_order(lines=[{"product": hers}])
    make_credit(mallory, order, link=make_link(mallory))

    def said(product):
        return ada.get(f"/portal/reports/?by=product&product=p{product.pk}&{JUNE}").content.decode()

    for unknown in (hidden, hers):
        assert unknown.name.replace("'", "&#x27;") not in said(unknown)
        assert "No longer known" in said(unknown)
    assert "On sale" in said(shown)
    make_credit(reported, make_order(lines=[{"product": hidden}]), link=make_link(reported))
    assert "Next winter" in said(hidden)


def test_nothing_at_all_says_what_to_do_and_its_file_has_a_header_and_a_total(browse):
    browser = browse(person_of(make_affiliate()))

    assert "Nothing in this period" in browser.get("/portal/reports/").content.decode()
    narrowed = browser.get("/portal/reports/?sub=x").content.decode()
    assert "Nothing with these filters" in narrowed
    assert "Clear filters" in narrowed
    text = text_of(browser.get("/portal/reports/file/?by=link&m=orders,aov&form=international"))
    assert text.splitlines()[1:] == ['"Total",0,']


def test_files_hold_numbers_in_each_form_and_a_total(ada):
    query = f"by=product&m=units,net,unit_returns&{JUNE}"
    french = text_of(ada.get(f"/portal/reports/file/?{query}"))
    other = text_of(ada.get(f"/portal/reports/file/?{query}&form=international"))
    book = ada.get(f"/portal/reports/file/?{query}&form=xlsx")

    assert french.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(french[1:]), delimiter=";"))
    assert rows[0] == ["Product", "Pieces", "Net basket (EUR)", "Pieces returned (%)"]
    assert rows[-1][0] == "Total"
    assert int(rows[-1][1]) == sum(int(row[1]) for row in rows[1:-1])
    assert "," in rows[-1][2]
    again = list(csv.reader(io.StringIO(other[1:])))
    assert [[cell.replace(",", ".") for cell in row] for row in rows[1:]] == again[1:]
    assert "attachment" in book["Content-Disposition"]
    body = b"".join(book.streaming_content)
    sheet = ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row") == len(rows)


def test_sales_are_a_workbook_too(ada):
    book = ada.get("/portal/sales/?range=12m&format=xlsx")

    body = b"".join(book.streaming_content)
    sheet = ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml").decode()
    lines = text_of(ada.get("/portal/sales/?range=12m&format=csv")).splitlines()
    assert sheet.count("<row") == len(lines)


def test_the_picture_tells_amounts_only_when_it_may(ada):
    shown = ada.get(f"/portal/reports/picture.png?{JUNE}")
    hidden = ada.get(f"/portal/reports/picture.png?{JUNE}&amounts=hidden")

    for answer in (shown, hidden):
        assert answer["Content-Type"] == "image/png"
        assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert shown.content != hidden.content
    page = ada.get(f"/portal/reports/?{JUNE}")
    keys = [row.key for row in page.context["report"].course]
    seven_times = [
        pictures.earnings_picture(
            page.context["question"],
            [Row(key, {"commission": times * place}) for place, key in enumerate(keys)],
            Row("", {"commission": times * 100}),
            hides_amounts=True,
        )
        for times in (1, 7)
    ]
    assert seven_times[0] == seven_times[1]


def test_the_team_sees_everybody_and_no_costs_without_the_permission(browse, reported):
    browser = browse(make_sam())
    text = browser.get(f"/manage/reports/?by=affiliate&{JUNE}").content.decode()
    refused = browser.get(f"/manage/reports/?m=margin&{JUNE}")

    assert "Somebody else" in text
    assert "Actual margin" not in text
    assert refused.status_code == 422
    assert "shown to those who may see costs" in refused.content.decode()
    assert not AuditEntry.objects.filter(verb="programme.costs_viewed").exists()


def test_each_look_at_costs_and_each_download_of_the_team_is_kept(browse, reported):
    fin = make_fin()
    fin.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    browser = browse(fin)

    page = browser.get(f"/manage/reports/?by=category&m=net,margin,left&{JUNE}")
    assert "Actual margin" in page.content.decode()
    look = AuditEntry.objects.get(verb="programme.costs_viewed")
    assert look.actor == fin
    assert look.data["report"]["metrics"] == ["net", "margin", "left"]
    b"".join(browser.get(f"/manage/reports/file/?m=margin&{JUNE}").streaming_content)
    assert AuditEntry.objects.filter(verb="programme.costs_viewed").count() == 2
    taken = AuditEntry.objects.get(verb="programme.report_downloaded")
    assert taken.actor == fin
    assert "m=margin" in taken.data["query"]


def test_another_currency_is_offered_and_not_mixed_in(ada, reported):
    swiss = Shop.objects.create(
        code="ch", name="Atelier CH", home_url="https://ch.example/", currency="CHF"
    )
    order = make_order(shop=swiss, currency="CHF", lines=[])
    make_credit(reported, order, link=make_link(reported, shop=swiss))

    euros = ada.get("/portal/reports/?range=12m&by=link&m=orders")
    francs = ada.get("/portal/reports/?range=12m&by=link&m=orders&currency=CHF")

    assert "currency=CHF" in euros.content.decode()
    assert francs.context["report"].total.sums == {"orders": 1}
    assert euros.context["report"].total.sums["orders"] > 1
