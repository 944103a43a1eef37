import pytest

from portal.short_links import short_url, shown_url
from tests.builders import make_link, make_shop

pytestmark = pytest.mark.django_db


def test_a_link_is_on_the_origin_of_the_shop_that_sends_us_its_clicks(settings):
    settings.PUBLIC_URL = "https://apport.example"
    here = make_link(code="here")
    there = make_link(
        code="there", shop=make_shop(code="proxied", link_origin="https://shop.example")
    )

    assert short_url(here) == "https://apport.example/c/here"
    assert short_url(there) == "https://shop.example/c/there"
    assert shown_url(there) == "shop.example/c/there"
