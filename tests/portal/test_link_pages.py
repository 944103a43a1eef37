"""The builder, the list with its filters and bulk acts, files, and what a link tells of itself."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from affiliates.models import Affiliate
from core.money import Money
from portal.calculator import Offer, commission_on
from portal.formats import format_money
from tests.builders import make_click, make_code, make_link, make_product
from tests.payouts.paydays import PAYDAY
from tests.portal.partner_world import PRODUCT_URL, text_of
from tests.portal.test_partner_pages import said
from tracking.models import ClickHour, Link
from tracking.services import link_edits


def make(ada, world, **fields):
    data = {"shop": world.link.shop_id, "destination_url": "https://shop.example/coats", **fields}
    return ada.post("/portal/links/new/", data)


# --- builder ------------------------------------------------------------------------------


def test_a_link_is_made_with_everything_there_is(ada, world):
    response = make(
        ada, world, slug="Coats-26", label="Coats", tags="mail, may", sub_id="s1",
        campaign="winter", utm_source="blog", coupon_code=world.code.pk, expires_on="2026-12-31",
        note="For the blog",
    )  # fmt: skip

    link = Link.objects.get(code="coats-26")
    assert response["Location"] == f"/portal/links/{link.pk}/?new=1"
    assert (link.tags, link.utm, link.coupon_code) == (
        ["mail", "may"], {"utm_source": "blog"}, world.code,
    )  # fmt: skip
    assert link.expires_at.isoformat() == "2026-12-31T23:00:00+00:00"
    page = said(ada.get(response["Location"]))
    assert "data-copy-now" in page
    assert "Paid partnership: I earn a commission." in page
    assert "31 December 2026" in page


def test_the_address_that_the_builder_proposes_is_the_links(ada, world):
    form = ada.get("/portal/links/new/").context["form"]
    fields = {name: form.initial[name] for name in ("slug", "proposal")}

    make(ada, world, **fields)
    assert Link.objects.get(destination_url="https://shop.example/coats").code == fields["slug"]
    # The same page again, by another proposal: it is the same request (rule L6).
    form = ada.get("/portal/links/new/").context["form"]
    make(ada, world, slug=form.initial["slug"], proposal=form.initial["proposal"])
    assert Link.objects.filter(destination_url="https://shop.example/coats").count() == 1


def test_a_proposal_that_nobody_signed_skips_no_check(ada, world):
    answer = make(ada, world, slug="api", proposal="api")
    assert answer.status_code == 422
    assert "kept for the programme" in said(answer)


def test_a_taken_slug_offers_three_and_keeps_what_was_typed(ada, world):
    make_link(world.mallory, code="summer")

    answer = make(ada, world, slug="summer", label="Kept")

    page = said(answer)
    assert answer.status_code == 422
    assert 'data-value="summer-2026"' in page
    assert 'value="Kept"' in page
    line = said(ada.get("/portal/links/new/slug/?slug=summer"))
    assert "is taken" in line
    assert "Free:" in said(ada.get("/portal/links/new/slug/?slug=summer-26"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"slug": "merde"}, "could offend"),
        ({"expires_on": "2020-01-01"}, "passed already"),
        ({"tags": "x" * 31}, "30 characters"),
        ({"sub_id": "a b"}, "sub id"),
        ({"utm_source": "x\ny"}, "80 characters"),
    ],
)
def test_each_refusal_stands_at_its_field(ada, world, fields, words):
    answer = make(ada, world, **fields)
    assert answer.status_code == 422
    assert words in said(answer)


@override_settings(LINKS_PER_DAY=0)
def test_the_days_limit_says_when_it_is_over(ada, world):
    answer = make(ada, world)
    assert answer.status_code == 422
    assert "which is the limit" in said(answer)


def test_another_link_begins_with_the_last_one_to_copy(ada, world):
    answer = make(ada, world, slug="coats-26", then="another")
    assert answer["Location"].startswith("/portal/links/new/?made=")
    assert "/c/coats-26" in said(ada.get(answer["Location"]))
    theirs = make_link(world.mallory, code="not-hers")
    assert "not-hers" not in said(ada.get(f"/portal/links/new/?made={theirs.pk}"))


def preview(ada, **fields):
    return said(ada.get(f"/portal/links/new/preview/?{urlencode(fields)}"))


def test_the_preview_computes_what_one_sale_earns_from_published_figures(ada, world):
    band = world.link.shop.products.get(name="Linen dress").bands.get()
    offer = Offer(rate_bps=2_000, order_cost_minor=0, order_cost_bps=0, currency="EUR")
    _margin, earned = commission_on(
        offer, list_price_minor=10_000, paid_minor=10_000, lower_bps=band.band.lower_bps
    )

    page = preview(ada, destination_url=f"{PRODUCT_URL}/?size=38", slug="linen")

    assert "Linen dress" in page
    assert format_money(earned) in page
    assert f"{PRODUCT_URL}/?size=38&amp;afsrc=1" in page
    assert "<svg" in page
    reduced = commission_on(
        offer, list_price_minor=10_000, paid_minor=9_000, lower_bps=band.band.lower_bps
    )[1]
    with_code = preview(ada, destination_url=PRODUCT_URL, coupon_code=world.code.pk)
    assert format_money(reduced) in with_code


def test_two_costs_of_one_band_look_the_same(ada, world):
    for cost in (3_600, 4_900):
        make_product(cost_minor=cost, name="Twin", url=f"https://shop.example/twin-{cost}")
    pages = [
        preview(ada, destination_url=f"https://shop.example/twin-{cost}").replace(str(cost), "")
        for cost in (3_600, 4_900)
    ]
    assert pages[0] == pages[1]
    options = said(ada.get("/portal/links/new/products/?q=twin"))
    first, second = (options.split("twin-")[at] for at in (1, 2))
    assert first.split("you earn")[1][:30] == second.split("you earn")[1][:30]


def test_on_the_actual_basis_the_preview_names_no_amount(ada, world):
    world.ada.group.terms.update(valid_to=PAYDAY - timedelta(days=1))
    page = preview(ada, destination_url=PRODUCT_URL)
    assert "Linen dress" in page
    assert "for each one sold" not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"destination_url": "https://evil.example/"},
        {"destination_url": "https://shop.example/\0"},
        {"destination_url": "https://shop.example/", "slug": "\0", "shop": "9" * 30},
        {"destination_url": "https://shop.example/", "coupon_code": "x", "proposal": "a:b:c"},
        {},
    ],
)
def test_nothing_typed_breaks_the_preview(ada, world, fields):
    for name in ("preview", "slug", "products"):
        answer = ada.get(f"/portal/links/new/{name}/?{urlencode({**fields, 'q': chr(0)})}")
        assert answer.status_code == 200


def test_without_scripts_a_search_shows_products_to_take(ada, world):
    page = said(ada.get("/portal/links/new/?q=LINEN+dress"))
    assert "Take this page" in page
    assert "?to=https%3A%2F%2Fshop.example%2Flinen-dress" in page


def test_pictures_come_from_the_shops_hosts_alone(ada, world):
    fields = {"name": "Pictured", "url": "https://shop.example/p"}
    make_product(image_url="https://shop.example/p.jpg", **fields)
    make_product(image_url="https://cdn.example/p.jpg", **fields)

    options = said(ada.get("/portal/links/new/products/?q=pictured"))
    policy = ada.get("/portal/links/new/")["Content-Security-Policy"]

    assert "https://shop.example/p.jpg" in options
    assert "cdn.example" not in options
    assert "img-src 'self' data: blob: https://shop.example;" in f"{policy};"


# --- list ---------------------------------------------------------------------------------


def test_a_first_link_is_one_click_away(sign_in, world):
    browser = sign_in(world.people["ines"])

    page = browser.get("/portal/links/")
    assert [one["label"] for one in page.context["suggestions"]][:2] == [
        "Home page of Atelier", "Linen dress",
    ]  # fmt: skip
    make_product(name="Newest", url="https://shop.example/newest")
    page = browser.get("/portal/links/")
    assert page.context["suggestions"][2]["label"] == "Newest"


def test_few_links_are_cards_and_many_are_rows(sign_in, world):
    ines = Affiliate.objects.get(memberships__user=world.people["ines"])
    browser = sign_in(world.people["ines"])
    make_link(ines)
    assert "link-card" in text_of(browser.get("/portal/links/"))
    for _number in range(5):
        make_link(ines)
    assert "<table" in text_of(browser.get("/portal/links/"))
    assert "link-card__head" in text_of(browser.get("/portal/links/?view=cards"))


def codes_on(ada, query):
    return [row.link.code for row in ada.get(f"/portal/links/?{query}").context["rows"]]


def test_filters_find_by_tag_code_state_and_words(ada, world):
    make_link(world.ada, code="tagged", tags=["mail"], note="Secret garden")
    make_link(world.ada, code="with-code", coupon_code=world.code)
    make_link(world.ada, code="gone", expires_at=PAYDAY)
    make_link(world.mallory, code="theirs", tags=["mail"])

    assert codes_on(ada, "tag=mail") == ["tagged"]
    assert codes_on(ada, "code=ada10") == ["with-code"]
    assert codes_on(ada, "q=garden") == ["tagged"]
    assert codes_on(ada, "state=expired") == ["gone"]
    assert "gone" not in codes_on(ada, "")


def test_rows_are_sorted_by_what_links_brought(ada, world):
    busy, quiet = make_link(world.ada, code="busy"), make_link(world.ada, code="quiet")
    for _number in range(4):
        make_click(busy, clicked_at=PAYDAY)

    assert codes_on(ada, "sort=-clicks")[0] == "busy"
    assert codes_on(ada, "sort=clicks")[-1] == "busy"
    assert codes_on(ada, "sort=nonsense") == codes_on(ada, "")
    assert quiet.code in codes_on(ada, "sort=-epc&page=99")


def test_what_is_remarkable_has_a_badge(ada, world):
    make_link(world.ada, expires_at=PAYDAY + timedelta(days=3))
    make_link(world.ada, destination_url="https://old.example/")

    page = said(ada.get("/portal/links/"))
    assert "Ends soon" in page
    assert "Page not allowed" in page


def bulk(ada, act, *links, **fields):
    data = {"act": act, "selected": [link.pk for link in links], **fields}
    return ada.post("/portal/links/bulk/", data)


def test_many_links_are_tagged_archived_and_sent_as_a_file(ada, world):
    other = make_link(world.ada)

    bulk(ada, "tag", world.link, other, tag="may", next="/portal/links/?view=rows")
    world.link.refresh_from_db()
    assert world.link.tags == ["may"]
    file = text_of(bulk(ada, "export", world.link))
    assert world.link.code in file
    assert other.code not in file
    assert bulk(ada, "qr", other)["Location"] == f"/portal/links/qr.zip?selected={other.pk}"
    bulk(ada, "archive", world.link, other)
    assert not Link.objects.filter(affiliate=world.ada, archived_at=None, tags=["may"]).exists()


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/portal/links/", ""])
def test_a_bulk_act_leads_back_to_the_list_and_nowhere_else(ada, world, where):
    assert bulk(ada, "nothing", world.link, next=where)["Location"] == "/portal/links/"
    assert bulk(ada, "archive", next="/portal/links/?q=a")["Location"] == "/portal/links/?q=a"


# --- one link -------------------------------------------------------------------------------


def test_a_link_is_changed_and_its_history_tells(ada, world):
    url = f"/portal/links/{world.link.pk}/edit/"
    data = {"destination_url": "https://shop.example/coats", "label": "Autumn letter"}

    assert ada.post(url, data)["Location"] == f"/portal/links/{world.link.pk}/"

    page = said(ada.get(f"/portal/links/{world.link.pk}/"))
    assert "Spring letter → Autumn letter" in page
    assert "You" in page
    refused = ada.post(url, {**data, "destination_url": "https://evil.example/"})
    assert refused.status_code == 422


def test_a_copy_opens_to_be_changed_and_an_archived_link_comes_back(ada, world):
    copied = ada.post(f"/portal/links/{world.link.pk}/duplicate/")
    copy = Link.objects.get(label="Spring letter (copy)")
    assert copied["Location"] == f"/portal/links/{copy.pk}/edit/"

    ada.post(f"/portal/links/{copy.pk}/archive/")
    assert "Use it again" in said(ada.get(f"/portal/links/{copy.pk}/"))
    ada.post(f"/portal/links/{copy.pk}/restore/")
    copy.refresh_from_db()
    assert copy.archived_at is None


def test_visits_are_told_in_words_without_who_it_was(ada, world):
    click = make_click(
        world.link, clicked_at=PAYDAY - timedelta(minutes=5), ip_hash=987654321987, browser=4,
        device=2, country="FR", navigation="typed", referrer_host="blog.example",
    )  # fmt: skip
    make_click(world.link, clicked_at=PAYDAY, browser=99, device=99, navigation="embedded")

    pages = {
        tab: said(ada.get(f"/portal/links/{world.link.pk}/?tab={tab}"))
        for tab in ("events", "countries", "devices", "hours", "sub_ids", "products", "x")
    }
    assert "Typed, bookmarked, scanned or from an app" in pages["events"]
    assert "Phone, Safari" in pages["events"]
    assert "France" in pages["countries"]
    assert "Phone" in pages["devices"]
    assert "Clicks by hour of the day" in pages["hours"]
    assert "letter-5" in pages["sub_ids"]
    for page in pages.values():
        assert click.reference not in page
        assert "987654321987" not in page


def test_hours_count_visits_without_consent_too(ada, world):
    moment = PAYDAY.replace(minute=0)
    key = {"affiliate_id": world.ada.pk, "link_id": world.link.pk, "hour": moment}
    ClickHour.objects.filter(**key).delete()
    ClickHour.objects.create(**key, visits=7, consented=1)
    hours = ada.get(f"/portal/links/{world.link.pk}/?tab=hours").context["hours"]
    assert sum(number for _hour, number in hours) == 7


def test_products_bought_are_those_of_the_links_orders(ada, world):
    link = world.paid.credit.touchpoint.link
    page = said(ada.get(f"/portal/links/{link.pk}/?tab=products&range=12m"))
    assert "Linen dress" in page
    assert format_money(Money(50_000, "EUR")) in page


@pytest.mark.parametrize("metric", ["clicks", "orders", "earned", "nonsense"])
def test_the_chart_has_three_measures(ada, world, metric):
    link = world.paid.credit.touchpoint.link
    assert ada.get(f"/portal/links/{link.pk}/?metric={metric}&range=12m").status_code == 200


# --- files ------------------------------------------------------------------------------------

FILE = (
    "url;name;slug;tags;last_day\n"
    "https://shop.example/coats;Coats;coats-26;mail|may;2026-12-31\n"
    "https://evil.example/;Evil;;;\n"
    ";;;;\n"
    "https://shop.example/hats;Hats;;;soon\n"
)


def test_a_file_is_rehearsed_then_made(ada, world):
    before = Link.objects.count()
    upload = SimpleUploadedFile("links.csv", FILE.encode())

    page = said(ada.post("/portal/links/import/", {"file": upload}))
    assert "1 line can become a link" in page
    assert "A day is written 2026-05-31." in page
    assert "Links may lead to pages of" in page
    assert Link.objects.count() == before

    ada.post("/portal/links/import/", {"lines": FILE, "act": "make"})
    made = Link.objects.get(code="coats-26")
    assert (made.tags, made.label) == (["mail", "may"], "Coats")
    assert Link.objects.count() == before + 1


@pytest.mark.parametrize("lines", ["", "name\nx", "url;colour\nx;y", "url\n" + "x\n" * 501, "\n\n"])
def test_a_file_that_cannot_be_read_says_why(ada, world, lines):
    assert ada.post("/portal/links/import/", {"lines": lines}).status_code == 422


def test_a_spreadsheets_old_encoding_is_read(ada, world):
    content = "url,name\nhttps://shop.example/ete,Été\n".encode("cp1252")
    page = said(ada.post("/portal/links/import/", {"file": SimpleUploadedFile("a.csv", content)}))
    assert "Été" in page


def test_the_export_has_a_line_for_each_link(ada, world):
    make_code(world.ada)
    link_edits.edit(
        link_id=world.link.pk, affiliate_id=world.ada.pk, actor_id=world.people["ada"].pk,
        destination_url=world.link.destination_url, label="=1+1", note="", tags=["a", "b"],
        utm_values={}, expires_at=None, coupon_code_id=world.code.pk, now=PAYDAY,
    )  # fmt: skip
    file = text_of(ada.get("/portal/links/?format=csv"))
    assert '"\'=1+1"' in file
    assert "ADA10" in file
