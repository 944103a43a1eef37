"""Pages that links lead to are looked at once a day (docs/rules/links.md, L15 to L17)."""

from datetime import timedelta

import pytest

from core.fetching import Fetched, Hop
from tests.builders import NOW, make_affiliate, make_link, make_product
from tracking.models import Click, Destination, Link
from tracking.services import destinations

pytestmark = pytest.mark.django_db
COATS, HATS = "https://shop.example/coats", "https://shop.example/hats?color=red"
DAY = timedelta(days=1)


class Web:
    """What pages answer: a status, or an error. Who was asked is kept."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def __call__(self, url):
        self.asked.append(url)
        answer = self.answers.get(url.split("/")[-1].partition("?")[0], 200)
        error = "" if isinstance(answer, int) else answer
        return Fetched(hops=(Hop(url=url, status=0 if error else answer),), error=error)


def look(web, now=NOW, **options):
    return destinations.look_at_due(fetch=web, now=now, **options)


def test_each_page_of_a_link_in_use_is_asked_once_a_day():
    affiliate = make_affiliate()
    make_link(affiliate, destination_url=COATS)
    make_link(destination_url=COATS)
    make_link(affiliate, destination_url=HATS)
    make_link(affiliate, destination_url="https://shop.example/old", archived_at=NOW)
    make_link(affiliate, destination_url="https://shop.example/over", expires_at=NOW)
    web = Web()

    assert look(web) == 2
    assert look(web, now=NOW + timedelta(hours=19)) == 0
    assert sorted(web.asked) == [COATS, HATS]
    assert look(web, now=NOW + DAY) == 2
    assert not Click.objects.exists()


def test_no_more_than_the_limit_at_a_time():
    for number in range(3):
        make_link(destination_url=f"https://shop.example/{number}")

    assert [look(Web(), limit=2), look(Web(), limit=2), look(Web(), limit=2)] == [2, 1, 0]


@pytest.mark.parametrize(
    ("answers", "since"),
    [
        ([200], None), ([404], 0), ([410], 0), ([404, 404], 0), ([404, 200], None),
        ([404, 200, 404], 2), ([404, "no answer"], 0), ([404, 503], 0), ([503], None),
        (["no answer"], None), ([403], None),
    ],
)  # fmt: skip
def test_a_page_is_gone_until_it_answers_well_again(answers, since):
    make_link(destination_url=COATS)
    for place, answer in enumerate(answers):
        look(Web(coats=answer), now=NOW + place * DAY)

    page = Destination.objects.get()
    assert page.gone_since == (None if since is None else NOW + since * DAY)
    assert page.status == (answers[-1] if isinstance(answers[-1], int) else 0)


def test_a_new_list_price_is_kept_with_the_one_before():
    product = make_product(url=HATS.partition("?")[0], list_price_minor=8_990)
    make_link(destination_url=HATS)

    def price(minor, days):
        product.list_price_minor = minor
        product.save()
        look(Web(), now=NOW + days * DAY)
        page = Destination.objects.get()
        return page.price_before_minor, page.price_minor, page.price_changed_at

    assert price(8_990, 0) == (None, 8_990, None)
    assert price(8_990, 1) == (None, 8_990, None)
    assert price(7_990, 2) == (8_990, 7_990, NOW + 2 * DAY)
    assert price(7_990, 3) == (8_990, 7_990, NOW + 2 * DAY)
    assert price(9_990, 4) == (7_990, 9_990, NOW + 4 * DAY)


def test_a_product_that_came_later_changed_no_price():
    make_link(destination_url=HATS)
    look(Web())
    make_product(url=HATS.partition("?")[0])
    look(Web(), now=NOW + DAY)

    page = Destination.objects.get()
    assert (page.price_minor, page.price_changed_at) == (12_000, None)
    assert Link.objects.count() == 1
