"""The demo shop's pages: what they show, what they refuse, what they remember."""

import re

import pytest
from werkzeug.test import Client

from demo import catalogue
from tests.demo.visits import BUYER, buy, choose, put_in_basket

PAGES = ["/", "/rayon/robes", "/produit/mv01-cam", "/panier", "/mes-commandes", "/cookies"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_with_a_policy_that_allows_our_own_files_only(browser_tab, path):
    answer = browser_tab.get(path)

    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script>|<style|\sstyle=|https?://", answer.text)
    assert re.findall(r'src="([^"]+)" defer', answer.text) == ["/ap.js", "/static/consent.js"]


def test_every_product_has_a_page_and_a_picture_and_no_cost_anywhere(browser_tab):
    for product in catalogue.products():
        page = browser_tab.get(product.path)
        picture = browser_tab.get(product.image_path)
        assert (page.status_code, picture.status_code) == (200, 200), product.sku
        assert picture.mimetype == "image/svg+xml"
        assert "unit_cost" not in page.text


def test_what_does_not_exist_is_not_found_in_the_shops_own_frame(browser_tab):
    for path in ("/rayon/rien", "/produit/xx99", "/merci/1", "/nulle-part", "/images/xx.svg"):
        answer = browser_tab.get(path)
        assert answer.status_code == 404
        assert "Retour à l’accueil" in answer.text


def test_what_visitors_type_is_shown_as_text(browser_tab):
    put_in_basket(browser_tab)

    basket = browser_tab.post("/panier/code", data={"code": "<script>alert(1)</script>"})
    checkout = browser_tab.post("/commande", data={**BUYER, "nom": '"><b>x', "email": "no"})

    assert basket.status_code == checkout.status_code == 422
    assert "<script>" not in basket.text
    assert "&lt;script&gt;" in basket.text
    assert '"><b>x' not in checkout.text


def test_a_form_from_another_site_is_refused(browser_tab):
    answer = browser_tab.post(
        "/panier/ajouter",
        data={"sku": "MV01-CAM", "taille": "38"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert "Votre panier est vide" in browser_tab.get("/panier").text


def test_the_banner_asks_until_it_is_answered(browser_tab):
    assert "Vous choisissez" in browser_tab.get("/").text

    choose(browser_tab, "0")

    assert "Vous choisissez" not in browser_tab.get("/").text
    assert "vous refusez" in browser_tab.get("/cookies").text


def test_accepting_and_refusing_are_two_buttons_of_one_kind(browser_tab):
    buttons = re.findall(r'<button class="([^"]+)" name="choix" value="([01])"',
                         browser_tab.get("/").text)  # fmt: skip

    assert sorted(value for _kind, value in buttons) == ["0", "1"]
    assert len({kind for kind, _value in buttons}) == 1


@pytest.mark.parametrize("choice", ["0", "1"])
def test_the_choice_is_kept_in_the_cookie_that_the_programme_reads(browser_tab, choice):
    answer = choose(browser_tab, choice)

    cookie = browser_tab.get_cookie("ap_consent")
    assert (cookie.value, cookie.path, cookie.same_site) == (choice, "/", "Lax")
    assert cookie.max_age == 180 * 86_400
    assert not cookie.http_only
    assert answer.headers["Location"] == "/panier?avis=choix"
    assert browser_tab.get_cookie("lutece_visitor") is None  # Choosing is not shopping.


def test_refusing_later_forgets_the_affiliate_link(browser_tab):
    choose(browser_tab, "1")
    browser_tab.set_cookie("ap_ref", "a-token")

    choose(browser_tab, "0")

    assert browser_tab.get_cookie("ap_ref") is None


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "evil"]
)
def test_the_choice_never_leads_to_another_site(browser_tab, target):
    answer = browser_tab.post("/cookies", data={"choix": "1", "retour": target})

    assert answer.headers["Location"] == "/?avis=choix"


def test_no_cookie_is_set_before_it_is_needed(browser_tab):
    for path in PAGES:
        assert "Set-Cookie" not in browser_tab.get(path).headers


def test_a_basket_counts_changes_and_empties(browser_tab):
    put_in_basket(browser_tab)
    put_in_basket(browser_tab)
    browser_tab.post("/panier/modifier", data={"sku": "MV01-CAM", "taille": "38", "quantite": "99"})
    assert "2\u202f241,00" in browser_tab.get("/panier").text  # Nine at most.

    browser_tab.post("/panier/modifier", data={"sku": "MV01-CAM", "taille": "38", "quantite": "0"})
    assert "Votre panier est vide" in browser_tab.get("/panier").text


@pytest.mark.parametrize(
    ("code", "total"),
    [("ADA10", "224,10"), (" ada10 ", "224,10"), ("soldes-vip", "186,75"), ("", "249,00")],
)
def test_codes_take_off_what_the_shop_gives_for_them(browser_tab, code, total):
    put_in_basket(browser_tab)

    browser_tab.post("/panier/code", data={"code": code})

    assert total in browser_tab.get("/panier").text


def test_a_code_that_the_shop_does_not_take_is_refused_and_changes_nothing(browser_tab):
    put_in_basket(browser_tab)

    answer = browser_tab.post("/panier/code", data={"code": "GRATUIT"})

    assert answer.status_code == 422
    assert "n’est pas valable" in answer.text
    assert "249,00" in browser_tab.get("/panier").text


def test_an_order_is_its_buyers_alone(open_shop):
    ours, other = open_shop(), open_shop()
    order_id = buy(ours)
    put_in_basket(other)

    assert ours.get(f"/merci/{order_id}").status_code == 200
    assert other.get(f"/merci/{order_id}").status_code == 404
    assert other.post(f"/mes-commandes/{order_id}/retour").status_code == 404
    assert f"ML-{order_id}" not in other.get("/mes-commandes").text


def test_baskets_and_orders_outlive_the_process(open_shop, settings_of_shop):
    tab = open_shop()
    order_id = buy(tab)
    visitor = tab.get_cookie("lutece_visitor").value

    later = open_shop()
    assert isinstance(later, Client)
    later.set_cookie("lutece_visitor", visitor)

    assert f"ML-{order_id}" in later.get("/mes-commandes").text
    assert settings_of_shop.database.stat().st_mode & 0o077 == 0
