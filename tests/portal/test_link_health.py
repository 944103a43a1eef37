"""What an affiliate reads of the pages that its links lead to (docs/rules/links.md, L15 to L17)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import AuditEntry
from tests.builders import make_link, make_product, make_shop
from tests.portal.partner_world import text_of
from tracking.models import Destination, Link
from tracking.services import destinations

pytestmark = pytest.mark.django_db
URL = "https://shop.example/gone-coat"


@pytest.fixture
def link(world):
    """A link of Ada's, made a year ago, whose page was looked at yesterday."""
    made = make_link(world.link.affiliate, destination_url=URL, label="Coat")
    seen(200)
    return made


def seen(status, **changes):
    shop, now = make_shop(), timezone.now() - timedelta(days=1)
    page = destinations.note(shop_id=shop.pk, url=URL, status=status, now=now)
    Destination.objects.filter(pk=page.pk).update(**changes)


def listed(ada, language="en"):
    return text_of(ada.get("/portal/links/", headers={"Accept-Language": language}))


def test_a_page_that_answers_well_is_not_remarkable(ada, link):
    page = listed(ada)
    assert "Page gone" not in page
    assert "leads to a page that is gone" not in page


def test_a_link_to_a_page_that_is_gone_says_so_and_offers_another(ada, link):
    seen(404)
    response = ada.get("/portal/links/")
    (lost,) = response.context["gone"].links

    page = listed(ada)
    assert "Page gone" in page
    assert "1 link leads to a page that is gone" in page
    assert lost.instead == "Home page of Atelier"
    form = ada.get(lost.edit_url).context["form"]
    assert form["destination_url"].value() == "https://shop.example/"


def test_instead_of_a_product_that_is_gone_another_of_its_category_is_offered(ada, link):
    make_product(url=URL, category="coats", is_active=False)
    make_product(url="https://shop.example/hat", category="hats")
    make_product(url="https://shop.example/other-coat", name="Other coat", category="coats")
    seen(410)

    (lost,) = ada.get("/portal/links/").context["gone"].links
    assert lost.instead == "Other coat"
    assert "other-coat" in lost.edit_url


def test_a_product_that_is_not_on_sale(ada, link):
    make_product(url=URL, is_active=False)
    seen(200)
    assert "Not on sale" in listed(ada)


@pytest.mark.parametrize(("days", "is_told"), [(2, True), (29, True), (31, False)])
def test_a_new_price_is_told_for_thirty_days(ada, link, days, is_told):
    make_product(url=URL, list_price_minor=7_990)
    changed = timezone.now() - timedelta(days=days)
    seen(200, price_before_minor=8_990, price_changed_at=changed)

    page = listed(ada)
    assert ("New price" in page) is is_told
    assert ("€79.90 instead of €89.90" in page) is is_told


def test_a_link_that_was_made_after_the_price_changed_says_nothing(ada, link):
    make_product(url=URL, list_price_minor=7_990)
    seen(200, price_before_minor=8_990, price_changed_at=timezone.now() - timedelta(days=2))
    link.created_at = timezone.now() - timedelta(days=1)
    link.save()

    assert "New price" not in listed(ada)


def test_what_is_archived_or_another_affiliates_is_not_counted(ada, link, world):
    seen(404)
    make_link(destination_url=URL)
    link.archived_at = timezone.now()
    link.save()

    assert ada.get("/portal/links/").context["gone"].count == 0


def test_the_campaign_of_many_links_is_changed_at_once(ada, world, link):
    other = make_link(world.link.affiliate, utm={"utm_source": "blog", "utm_campaign": "old"})
    archived = make_link(world.link.affiliate, archived_at=timezone.now())
    stranger = make_link()
    chosen = [one.pk for one in (link, other, archived, stranger)]

    def change(campaign):
        data = {"selected": chosen, "act": "campaign", "campaign": campaign}
        ada.post("/portal/links/bulk/", data)
        return [Link.objects.get(pk=pk).utm for pk in chosen]

    assert change("winter") == [
        {"utm_campaign": "winter"}, {"utm_source": "blog", "utm_campaign": "winter"}, {}, {},
    ]  # fmt: skip
    assert len(ada.get("/portal/links/?q=WINTER").context["rows"]) == 2
    assert change(" ") == [{}, {"utm_source": "blog"}, {}, {}]
    assert AuditEntry.objects.filter(verb="link.edited").count() == 4


def test_the_picture_of_the_product_stands_beside_its_link(ada, link):
    make_product(url=URL, image_url="https://shop.example/coat.jpg")
    seen(200)
    assert 'src="https://shop.example/coat.jpg"' in ada.get("/portal/links/").content.decode()


def test_the_page_of_the_link_says_it_too(ada, link):
    seen(404)
    page = text_of(ada.get(f"/portal/links/{link.pk}/", headers={"Accept-Language": "en"}))
    assert "Page gone" in page
    assert "no longer there" in page
