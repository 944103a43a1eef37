"""GET /c/<code> with a page of the shop, or a look, in its address (rules L21, Y1)."""

import pytest

from tests.builders import NOW, make_link, make_shop
from tests.tracking.test_follow import CLICKED, clicks, kept
from tracking.spool import spool

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine, settings, tmp_path):
    time_machine.move_to(NOW, tick=False)
    settings.SPOOL_DIR = tmp_path / "spool"
    make_shop(link_origin="https://www.shop.example")
    yield
    spool().close()


def test_a_link_leads_to_the_page_that_its_address_names(client):
    link = make_link(utm={"utm_source": "ada"})
    client.cookies["ap_consent"] = "1"

    answer = client.get(f"/c/{link.code}?to=/sale%3Fsize=38", headers=CLICKED)

    assert answer["Location"].startswith("https://shop.example/sale?size=38&utm_source=ada&afsrc=1")
    elsewhere = client.get(f"/c/{link.code}?to=//evil.example/", headers=CLICKED)
    assert elsewhere["Location"].startswith(
        "https://shop.example/dresses?color=red&utm_source=ada&afsrc=1"
    )


def test_an_expired_link_leads_to_the_page_too_and_earns_nothing(client):
    link = make_link(expires_at=NOW)
    answer = client.get(f"/c/{link.code}?to=/sale", headers=CLICKED)
    assert (answer["Location"], kept()) == ("https://shop.example/sale", (0, 0))


def test_a_tap_in_a_look_is_kept_with_its_surface(client):
    link = make_link(surface="look:12")
    client.cookies["ap_consent"] = "1"
    tapped = {**CLICKED, "Sec-Fetch-Site": "same-origin", "Referer": "https://shop.example/a"}
    client.get(f"/c/{link.code}?surface=look:12:pdp&to=/b", headers=tapped)
    assert [(one.navigation, one.surface) for one in clicks()] == [("internal", "look:12:pdp")]
