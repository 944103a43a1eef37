"""Saved views: kept, opened, shared with the team, removed and taken back; nobody else's."""

import html
import re

import pytest

from core import saved_views
from core.models import SavedView
from core.saved_views import MOST_VIEWS, TooManyViews, ViewNameTaken, ViewUnnamed
from tests.builders import NOW, make_credit, make_link, make_user
from tests.people import make_ada, make_mallory, make_sam, person_of

pytestmark = pytest.mark.django_db

QUERY = "by=link&range=90d&m=orders"


def saved(person, **overrides):
    scope = f"affiliate:{person.memberships.get().affiliate.public_id}"
    fields = {"owner_id": person.pk, "scope": scope, "page": "report", "name": "My links",
              "query": QUERY, "is_shared": False, "now": NOW, **overrides}  # fmt: skip
    return saved_views.save(**fields)


def test_from_the_page_to_the_view_and_back(browse):
    browser = browse(person_of(make_ada()))

    posted = {"page": "report", "name": " My  links ", "query": f"{QUERY}&page=3&format=csv"}
    answer = browser.post("/portal/views/save/", posted)
    assert answer["Location"] == f"/portal/reports/?{QUERY}"
    view = SavedView.objects.get()
    assert (view.name, view.query, view.is_shared) == ("My links", QUERY, False)
    page = browser.get(f"/portal/reports/?{QUERY}").content.decode()
    assert f"/portal/reports/?{QUERY.replace('&', '&amp;')}" in page
    assert 'aria-current="true"' in page

    assert browser.post(f"/portal/views/{view.pk}/", {"name": "Links"}).status_code == 302
    removed = browser.post(f"/portal/views/{view.pk}/remove/")
    assert removed["Location"] == f"/portal/reports/?removed={view.pk}"
    page = browser.get(removed["Location"]).content.decode()
    assert "Undo the removal" in page
    assert browser.get(f"/portal/views/{view.pk}/").status_code == 404
    browser.post(f"/portal/views/{view.pk}/restore/")
    view.refresh_from_db()
    assert (view.name, view.removed_at) == ("Links", None)


def test_the_lists_of_sales_and_of_affiliates_take_views_too(browse):
    browser = browse(person_of(make_ada()))
    browser.post("/portal/views/save/", {"page": "sales", "name": "Paid", "query": "state=paid"})
    assert "/portal/sales/?state=paid" in browser.get("/portal/sales/").content.decode()

    browser = browse(make_sam())
    posted = {"page": "affiliates", "name": "Coupons", "query": "kind=coupon", "is_shared": "on"}
    browser.post("/manage/views/save/", posted)
    assert "/manage/affiliates/?kind=coupon" in browser.get("/manage/affiliates/").content.decode()
    colleague = make_user(roles=["manager"])
    assert "Coupons" in browse(colleague).get("/manage/affiliates/").content.decode()
    browser.post("/manage/views/save/", {"page": "sales", "name": "x"})
    assert not SavedView.objects.filter(name="x").exists()


def test_the_lists_of_links_and_of_orders_take_views_too(browse):
    ada = make_ada()
    make_link(ada)
    browser = browse(person_of(ada))
    posted = {"page": "links", "name": "Letters", "query": "tag=letter&page=2"}
    browser.post("/portal/views/save/", posted)
    page = browser.get("/portal/links/").content.decode()
    assert 'href="/portal/links/?tag=letter"' in page
    assert "Letters" in page

    browser = browse(make_sam())
    posted = {"page": "orders", "name": "Held", "query": "has=blocks&cursor=x", "is_shared": "on"}
    browser.post("/manage/views/save/", posted)
    colleague = browse(make_user(roles=["manager"]))
    assert 'href="/manage/orders/?has=blocks"' in colleague.get("/manage/orders/").content.decode()


def test_who_may_not_see_the_work_keeps_no_view_of_links(browse):
    accountant = make_user()
    accountant.memberships.create(affiliate=make_ada(), role="accountant")

    browse(accountant).post("/portal/views/save/", {"page": "links", "name": "x", "query": ""})

    assert not SavedView.objects.exists()


def test_a_view_keeps_the_columns_that_are_shown(browse):
    ada = make_ada()
    make_credit(ada)
    browser = browse(person_of(ada))
    browser.cookies["columns-sales"] = "basket"
    query = parts_of_form(browser.get("/portal/sales/?range=12m").content.decode())
    assert query == "range=12m&hide=basket"
    posted = {"page": "sales", "name": "Bare", "query": query}
    browser.post("/portal/views/save/", posted)

    # Columns chosen afterwards are those of the list, not of the view.
    browser.cookies["columns-sales"] = "source"
    shown = browser.get(f"/portal/sales/?{query}").content.decode()
    assert 'data-label="Brought by"' in shown
    assert 'data-label="Basket"' not in shown
    assert 'aria-current="true"' in shown
    assert 'data-label="Basket"' in browser.get("/portal/sales/?range=12m").content.decode()
    # Choosing others on the page of a view shows them at once.
    answer = browser.post(
        "/preferences/columns/",
        {"table": "sales", "known": ["basket", "source"], "shown": ["basket", "source"],
         "next": f"/portal/sales/?{query}"},
    )  # fmt: skip
    assert answer["Location"] == "/portal/sales/?range=12m"


def test_a_view_of_every_column_shows_them_whatever_was_left_out_since(browse):
    browser = browse(person_of(ada := make_ada()))
    make_credit(ada)
    query = parts_of_form(browser.get("/portal/sales/?range=12m").content.decode())
    assert query == "range=12m&hide="

    browser.cookies["columns-sales"] = "basket"

    assert 'data-label="Basket"' in browser.get(f"/portal/sales/?{query}").content.decode()


def parts_of_form(page):
    """What the page would keep as a view."""
    form = page[page.index('id="save-view"') :]
    return html.unescape(re.search(r'name="query" value="([^"]*)"', form)[1])


def test_what_is_shared_is_read_by_the_team_and_changed_by_its_owner(browse):
    ada = make_ada()
    view = saved(person_of(ada), is_shared=True)
    private = saved(person_of(ada), name="Mine alone")
    friend = make_user()
    friend.memberships.create(affiliate=ada)

    browser = browse(friend)
    page = browser.get("/portal/reports/").content.decode()
    assert "My links" in page
    assert "Mine alone" not in page
    for act in ("", "remove/", "restore/", "send/", "stop/"):
        for one in (view, private):
            assert browser.post(f"/portal/views/{one.pk}/{act}", {"name": "x"}).status_code == 404


def test_another_affiliates_view_is_not_found(browse):
    view = saved(person_of(make_ada()), is_shared=True)

    for person, start in ((person_of(make_mallory()), "/portal"), (make_sam(), "/manage")):
        browser = browse(person)
        assert "My links" not in browser.get(f"{start}/reports/").content.decode()
        assert browser.get(f"{start}/views/{view.pk}/").status_code == 404
        for act in ("remove", "restore", "send", "stop"):
            assert browser.post(f"{start}/views/{view.pk}/{act}/").status_code == 404
    view.refresh_from_db()
    assert view.removed_at is None


def test_a_name_is_given_once_and_saving_again_changes_the_view():
    person = person_of(make_ada())
    one, other = saved(person), saved(person, name="Other")

    again = saved(person, query="by=day")
    assert (again.pk, SavedView.objects.count()) == (one.pk, 2)
    with pytest.raises(ViewNameTaken):
        saved_views.rename(view_id=other.pk, name="My links", is_shared=False, now=NOW)
    saved_views.remove(view_id=one.pk, now=NOW)
    saved_views.remove(view_id=one.pk, now=NOW)
    saved_views.rename(view_id=other.pk, name="My links", is_shared=False, now=NOW)
    with pytest.raises(ViewNameTaken):
        saved_views.restore(view_id=one.pk)
    other.refresh_from_db()
    assert other.name == "My links"


def test_names_have_a_length_and_views_a_number(browse):
    person = person_of(make_ada())
    for name in ("", "  ", "x" * 81):
        with pytest.raises(ViewUnnamed):
            saved(person, name=name)
    for number in range(MOST_VIEWS):
        saved(person, name=str(number))
    with pytest.raises(TooManyViews):
        saved(person, name="one more")
    browser = browse(person)
    view = SavedView.objects.first()
    answer = browser.post(f"/portal/views/{view.pk}/", {"name": ""})
    assert answer.status_code == 422
    refused = browser.post("/portal/views/save/", {"page": "report", "name": "", "query": QUERY})
    assert refused["Location"].endswith(QUERY)
