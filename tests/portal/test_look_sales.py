"""A sale that a look brought: its creator reads which look, and where it was."""

import pytest
import time_machine
from django.urls import reverse

from portal.look_language import look_with_place
from portal.sale_display import commission_line
from tests.builders import NOW, make_credit, make_link
from tests.people import make_ada, person_of
from tracking.models import Credit

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    with time_machine.travel(NOW):
        made = make_ada()
        client.force_login(person_of(made))
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        yield made


def sold_by_look(affiliate, surface, *, reason="on_site_alone"):
    """The credit of an order that a click on this surface won."""
    link = make_link(affiliate, label="Linen in June", surface="look:12")
    credit = make_credit(affiliate, link=link, surface=surface)
    credit.touchpoint.reason = reason
    credit.touchpoint.save(update_fields=["reason"])
    return credit


def page(client, name, *args):
    return client.get(reverse(f"portal:{name}", args=args)).content.decode()


def test_a_tap_in_a_look_says_so_wherever_its_sale_is_read(client, ada):
    credit = sold_by_look(ada, "look:12:pdp")

    shown = page(client, "sale-detail", credit.pk)

    assert "tapped in your look “Linen in June” on a product page, 1 hour before" in shown
    assert "Tap in your look" in shown
    assert "Click on your link" not in shown
    assert "Look “Linen in June” on a product page" in page(client, "sale-list")


def test_what_was_shared_elsewhere_is_a_click_like_any_other(client, ada):
    credit = sold_by_look(ada, "look:12:offsite", reason="last_eligible")

    shown = page(client, "sale-detail", credit.pk)

    assert "Your link “Linen in June” was the last one" in shown
    assert "Click on your link" in shown
    assert "Look “Linen in June” shared elsewhere" in shown


@pytest.mark.parametrize(
    ("surface", "said"),
    [
        ("look:12:pdp", "look “L” on a product page"),
        ("look:12:lookbook", "look “L” in the lookbook"),
        ("look:12", "look “L” shared elsewhere"),
        ("look:12:unheard-of", "look “L” shared elsewhere"),
        ("newsletter", ""),
        ("", ""),
    ],
)
def test_places_of_looks_in_words(surface, said):
    assert look_with_place("L", surface) == said


def test_a_line_of_a_payout_names_the_look(ada):
    sold = sold_by_look(ada, "look:12:pdp")
    plain = make_credit(ada)

    lines = [commission_line(Credit.objects.get(pk=one.pk)) for one in (sold, plain)]

    assert lines == ["Commission: look “Linen in June” on a product page", "Commission"]
