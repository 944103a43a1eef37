"""The search over everything finds what one may see, and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from affiliates.domain.abilities import TeamRole
from affiliates.models import Membership
from portal import search
from portal.sale_references import sale_reference
from tests.builders import make_link, make_user
from tests.people import person_of

pytestmark = pytest.mark.django_db


def hits(user, words):
    """Return what was found, by group: the labels."""
    return {group.key: [str(hit.label) for hit in group.hits] for group in search.find(user, words)}


def test_a_partner_finds_pages_links_codes_sales_and_payouts(world):
    ada = person_of(world.ada)
    reference = sale_reference(world.paid.credit_id)

    assert hits(ada, "Spring")["links"] == ["Spring letter"]
    assert hits(ada, "ada1")["codes"] == ["ADA10"]
    assert hits(ada, reference.lower())["sales"] == [reference]
    assert hits(ada, world.payout.reference)["payouts"] == [world.payout.reference]
    assert hits(ada, f"ST-{world.payout.reference}")["payouts"] == [world.payout.reference]
    assert hits(ada, "sal")["places"] == ["Sales"]
    assert hits(ada, "det")["places"] == ["Payment details"]


def test_nobody_finds_what_is_anothers(world):
    mallory = person_of(world.mallory)

    for words in ("Spring", "ADA10", sale_reference(world.paid.credit_id), world.payout.reference):
        assert hits(mallory, words) == {}


def test_a_role_finds_what_it_may_see(world):
    accountant = make_user()
    Membership.objects.create(user=accountant, affiliate=world.ada, role=TeamRole.ACCOUNTANT)

    assert "links" not in hits(accountant, "Spring")
    assert "payouts" in hits(accountant, world.payout.reference)


def test_places_are_found_without_accents_and_from_the_beginning_of_a_word(world):
    with translation.override("fr"):
        assert hits(person_of(world.ada), "controles") == hits(person_of(world.ada), "contrôles")
    assert "places" not in hits(person_of(world.ada), "yments")


def test_managers_find_affiliates_and_orders_and_finance_finds_money(world):
    sam, fiona = world.people["sam"], world.people["fin"]

    assert hits(sam, world.ada.name)["affiliates"] == [world.ada.name]
    assert hits(sam, "FR-1005")["orders"] == ["FR-1005"]
    assert "payouts" not in hits(sam, world.payout.reference)
    assert hits(fiona, world.payout.reference)["payouts"] == [world.payout.reference]
    assert hits(fiona, world.payout.batch.reference)["batches"] == [world.payout.batch.reference]
    assert "affiliates" not in hits(fiona, world.ada.name)
    assert hits(fiona, world.ada.name)["payees"] == [world.ada.name]


def test_a_handful_is_shown_and_the_list_leads_to_the_rest(world):
    for number in range(7):
        make_link(world.ada, label=f"Autumn {number}", code=f"autumn{number}")

    [links] = [one for one in search.find(person_of(world.ada), "autumn") if one.key == "links"]

    assert len(links.hits) == 5
    assert links.more_href == f"{reverse('portal:link-list')}?q=autumn"


@pytest.mark.parametrize(
    "words", ["", "   ", "x" * 5_000, "%_\\", "S-0", "AP-", "AP99999999999999999999"]
)
def test_odd_words_find_nothing_and_break_nothing(world, words):
    assert hits(person_of(world.ada), words) == {}


@pytest.mark.parametrize("person", ["ada", "sam", "fin"])
@pytest.mark.parametrize("name", ["search", "search-found"])
def test_a_nul_among_the_words_is_left_out(client, world, person, name):
    client.force_login(person_of(world.ada) if person == "ada" else world.people[person])

    assert client.get(reverse(f"portal:{name}"), {"q": "Spr\0ing"}).status_code == 200


def test_two_letters_look_up_no_rows(world, django_assert_max_num_queries):
    person = person_of(world.ada)
    with django_assert_max_num_queries(4):  # Who it is.
        assert set(hits(person, "sp")) <= {"places"}


def test_the_page_shows_what_was_found_and_keeps_the_words(ada):
    page = ada.get(reverse("portal:search"), {"q": "Spring"}).content.decode()

    assert "Spring letter" in page
    assert 'value="Spring"' in page


def test_the_page_says_what_to_do_when_nothing_was_found(ada):
    page = ada.get(reverse("portal:search"), {"q": "<script>zz"}).content.decode()

    assert "Nothing was found" in page
    assert "<script>zz" not in page


def test_the_palette_gets_options_alone(ada):
    answer = ada.get(reverse("portal:search-found"), {"q": "Spring"}).content.decode()

    assert 'role="option"' in answer
    assert "<html" not in answer


def test_strangers_sign_in_first_and_who_is_nobody_is_refused(client, world):
    assert "/account/login/" in client.get(reverse("portal:search"))["Location"]
    nobody = Client()
    nobody.force_login(make_user())
    assert nobody.get(reverse("portal:search")).status_code == 403
    assert nobody.get(reverse("portal:search-found")).status_code == 403


def test_staff_without_a_second_factor_find_nothing(client, world, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    settings.ON_THIS_MACHINE = False
    client.force_login(world.people["sam"])

    assert client.get(reverse("portal:search"), {"q": world.ada.name}).status_code == 302
    found = client.get(reverse("portal:search-found"), {"q": world.ada.name})
    assert (found.status_code, found.content) == (204, b"")


def test_shortcuts_are_switched_off_and_on(ada):
    assert 'data-shortcuts="on"' in ada.get("/portal/").content.decode()
    ada.post(reverse("portal:preferences"), {"shortcuts": "off", "next": "/portal/"})
    assert 'data-shortcuts="off"' in ada.get("/portal/").content.decode()
    ada.post(reverse("portal:preferences"), {"shortcuts": "perhaps", "next": "/portal/"})
    assert 'data-shortcuts="off"' in ada.get("/portal/").content.decode()
