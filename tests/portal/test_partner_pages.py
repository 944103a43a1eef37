"""What a partner reads on each page, and what happens when a form is sent."""

import pytest
from django.utils import timezone

from affiliates.models import Payee
from affiliates.services import accounts
from payouts.services import returns
from tests.builders import (
    make_affiliate,
    make_group,
    make_link,
    make_product,
    make_return,
    make_user,
)
from tests.payouts.paydays import PAYDAY, item_of, make_due, prepared
from tests.payouts.stories import accrued
from tests.people import person_of
from tests.portal.partner_world import text_of
from tracking.models import Link


def said(response):
    """The answer with every run of blanks as one: what a person reads, more or less."""
    return " ".join(text_of(response).replace("\u202f", " ").replace("\xa0", " ").split())


# --- home ---------------------------------------------------------------------------


def test_home_says_terms_next_payment_figures_and_latest_sales(ada, world):
    page = said(ada.get("/portal/?range=12m"))

    assert "Hello Ada" in page
    assert "after 30 days" in page
    assert f"/c/{world.link.code}" in page
    assert "below the minimum payout of" in page  # EUR 10.00 of 20.00 are validated.
    assert "•••• 1001" in page
    assert "is pending; the next validation is due" in page


def test_home_of_a_new_partner_is_a_list_of_what_to_do(sign_in, world):
    page = said(sign_in(world.people["ines"]).get("/portal/"))

    assert "Make your first link" in page
    assert "Enter your payment details" in page
    assert "No sale yet" in page
    figures = sign_in(world.people["ines"]).get("/portal/figures/")
    assert "Nothing in this period" in said(figures)


def test_an_employee_is_not_asked_for_bank_details(sign_in, world):
    nadia = make_affiliate(kind="employee", store="Lyon Bellecour", staff_number="E777")
    browser = sign_in(person_of(nadia))

    assert "Enter your payment details" not in said(browser.get("/portal/"))
    page = said(browser.get("/portal/payee/"))
    assert "paid with your salary" in page
    assert "E777" in page
    assert "iban" not in page.lower()


def test_a_suspended_partner_reads_why_and_can_make_no_link(ada, world):
    accounts.suspend(
        affiliate_id=world.ada.pk,
        actor_id=make_user().pk,
        reason="Your site is down.",
        now=PAYDAY,
    )

    assert "Your site is down." in said(ada.get("/portal/"))
    response = ada.post(
        "/portal/links/new/",
        {"shop": world.link.shop_id, "destination_url": "https://shop.example/", "label": "Mine"},
    )
    assert response.status_code == 422
    assert "This account is not active" in said(response)
    assert not Link.objects.filter(label="Mine").exists()


@pytest.mark.parametrize(
    "query", ["range=nonsense", "from=yesterday", "from=2026-07-01&to=2026-01-01"]
)
def test_a_period_that_makes_no_sense_shows_the_usual_one_and_says_so(ada, world, query):
    response = ada.get(f"/portal/?{query}")

    assert response.status_code == 200
    assert "The usual" in said(response)


# --- links --------------------------------------------------------------------------


def test_a_link_is_made_and_shown_to_be_copied(ada, world):
    response = ada.post(
        "/portal/links/new/",
        {
            "shop": world.link.shop_id,
            "destination_url": "shop.example/coats?size=38",
            "label": "Coats",
            "sub_id": "autumn",
        },
    )

    link = Link.objects.get(label="Coats")
    assert link.affiliate == world.ada
    assert link.destination_url == "https://shop.example/coats?size=38"
    assert response["Location"] == f"/portal/links/{link.pk}/?new=1"
    page = said(ada.get(response["Location"]))
    assert f"/c/{link.code}" in page
    assert "autumn" in page


def test_a_page_outside_the_shop_is_refused_with_the_hosts_and_what_was_typed(ada, world):
    response = ada.post(
        "/portal/links/new/",
        {"shop": world.link.shop_id, "destination_url": "https://evil.example/", "label": "Kept"},
    )

    page = said(response)
    assert response.status_code == 422
    assert "shop.example" in page
    assert 'value="https://evil.example/"' in page
    assert 'value="Kept"' in page


def test_an_archived_link_leaves_the_list_and_is_found_among_the_archived(ada, world):
    ada.post(f"/portal/links/{world.link.pk}/archive/")

    world.link.refresh_from_db()
    assert world.link.archived_at == timezone.now()
    assert "letter-5" not in said(ada.get("/portal/links/"))
    assert "letter-5" in said(ada.get("/portal/links/?state=archived"))
    assert "Archive “" not in said(ada.get(f"/portal/links/{world.link.pk}/"))


def test_links_are_searched_and_an_empty_answer_says_what_to_do(ada, world):
    make_link(world.ada, label="Winter")

    assert "Winter" not in said(ada.get("/portal/links/?q=spring"))
    assert "No link like this" in said(ada.get("/portal/links/?q=nothing"))


def test_a_qr_code_is_a_picture_of_the_short_address(ada, world):
    svg = ada.get(f"/portal/links/{world.link.pk}/qr.svg")
    png = ada.get(f"/portal/links/{world.link.pk}/qr.png")

    assert svg["Content-Type"] == "image/svg+xml"
    assert svg.content.startswith(b"<svg ")
    assert png.content.startswith(b"\x89PNG")
    assert f'filename="{world.link.code}-1024.png"' in png["Content-Disposition"]


def test_a_link_shows_its_clicks_and_where_they_came_from(ada, world):
    page = said(ada.get(f"/portal/links/{world.link.pk}/"))

    assert "blog.example" in page
    assert "Nothing in this period" in said(
        ada.get(f"/portal/links/{world.link.pk}/?from=2026-01-01&to=2026-01-31")
    )


# --- codes --------------------------------------------------------------------------


def test_a_code_comes_with_a_text_that_names_the_partnership(ada, world):
    page = said(ada.get("/portal/codes/"))

    assert "ADA10" in page
    assert "10% off at Atelier with my code ADA10. Paid partnership" in page
    assert "without end" in page


def test_without_a_code_the_page_says_where_it_comes_from(sign_in, world):
    assert "No promo code yet" in said(sign_in(world.people["ines"]).get("/portal/codes/"))


# --- sales --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tracked", ["Tracked", "The commission is being computed."]),
        ("pending", ["Pending", "Validation expected on 15 July 2026", "Commission: €10.00."]),
        ("held", ["Being checked", "Quality check began"]),
        ("returned", ["Cancelled (return)", "1 of 1 came back.", "−€10.00"]),
        ("declined", ["Declined", "Invalid traffic"]),
        ("approved", ["Validated", "joins the payment of 27 July 2026"]),
        ("paid", ["Paid", "by bank transfer •••• 0189", "Paid by bank transfer"]),
    ],
)
def test_a_sale_says_its_state_why_and_what_comes_next(ada, world, name, words):
    sale = getattr(world, name)
    page = said(ada.get(f"/portal/sales/{getattr(sale, 'credit_id', sale.pk)}/"))

    for word in words:
        assert word in page, word


def test_a_sale_without_margin_says_why_it_earns_nothing(ada, world):
    little = {"product": make_product(cost_minor=9_900)}
    nothing, something = accrued(world.ada, lines=[little]), world.pending

    page = said(ada.get(f"/portal/sales/{nothing.credit_id}/"))

    assert nothing.amount_minor == 0
    assert "No margin is left on this line, so it earns nothing." in page
    assert "Why nothing: commission is a share of the margin." in page
    assert "Why nothing" not in said(ada.get(f"/portal/sales/{something.credit_id}/"))


def test_a_sale_says_which_click_won_it(ada, world):
    page = said(ada.get(f"/portal/sales/{world.pending.credit_id}/"))

    assert "was the last one to lead to this order: 1 hour before it" in page
    assert "Its share of the order" in page


@pytest.mark.parametrize(
    ("state", "count"),
    [("pending", 1), ("on_hold", 1), ("declined", 1), ("reversed", 1), ("paid", 1), ("", 7)],
)
def test_the_list_is_narrowed_by_state(ada, world, state, count):
    page = said(ada.get(f"/portal/sales/?range=12m&state={state}"))
    assert page.count('class="table__link"') == count


def test_the_list_is_narrowed_by_link_and_an_empty_one_can_be_cleared(ada, world):
    nothing = said(ada.get(f"/portal/sales/?range=12m&source=link-{world.link.pk}"))

    assert "No sale with these filters" in nothing
    assert "Clear" in nothing


@pytest.mark.parametrize("query", ["source=link-x", "source=link-", "source=9", "state=nothing"])
def test_a_filter_that_makes_no_sense_is_no_filter(ada, world, query):
    page = said(ada.get(f"/portal/sales/?range=12m&{query}"))
    assert page.count('class="table__link"') == 7


def test_the_export_is_what_the_screen_shows(ada, world):
    response = ada.get("/portal/sales/?range=12m&state=pending&format=csv")

    lines = text_of(response).splitlines()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0].startswith('\ufeff"Ordered at";"Order"')
    assert len(lines) == 2
    assert '"•••• 1001"' in lines[1]
    assert ";100,00;" in lines[1]
    assert ";10,00;" in lines[1]


RULES = [
    {"key": "w", "name": "Women", "priority": 1, "pays": "net", "rate_bps": 700,
     "when": {"category": ["women"]}},
    {"key": "b", "name": "Bags", "priority": 2, "pays": "flat", "flat_minor": 250,
     "when": {"category": ["bags"]}},
    {"key": "s", "name": "Socks", "priority": 3, "pays": "nothing", "reason": "No margin",
     "when": {"category": ["socks"]}},
]  # fmt: skip


def test_page_and_file_say_by_which_rule_a_sale_was_paid_in_the_same_words(sign_in, world):
    group = make_group(slug="ruled", terms={"rules": {"rules": RULES}})
    affiliate = make_affiliate(group=group)
    of_rules = [
        {"product": make_product(category=name)} for name in ("women", "bags", "socks", "women")
    ]
    ruled = accrued(affiliate, lines=[*of_rules, {}, {"kind": "shipping"}], number="R-2002")
    browser = sign_in(person_of(affiliate))

    header, line = text_of(browser.get("/portal/sales/?range=12m&format=csv")).splitlines()
    page = said(browser.get(f"/portal/sales/{ruled.credit_id}/"))

    assert '"Rule";"Paid"' in header
    assert '"Women; Bags; Socks; Base rate"' in line
    for words in (
        "7% of the price paid without VAT",
        "€2.50 per order",
        "nothing: No margin",
        "20% of the margin",
    ):
        assert words in line
        assert words in page


def test_money_taken_back_after_payment_shows_as_taken_back(ada, world):
    from_payment = world.paid.credit.order
    make_return(from_payment, quantities={from_payment.lines.get(): 2})
    returns.apply_pending(now=PAYDAY)

    page = said(ada.get(f"/portal/sales/{world.paid.credit_id}/"))
    assert "Taken back" in page
    assert "€20.00 deducted from your next payment" in page
    assert "More was taken back than is due to you" in said(ada.get("/portal/payouts/"))


# --- payouts ------------------------------------------------------------------------


def test_payouts_show_balances_reasons_days_and_statement(ada, world):
    page = said(ada.get("/portal/payouts/"))

    assert "Validated, and in no payment yet." in page
    assert "€10.00 of €20.00" in page
    assert "27 July 2026" in page
    assert world.payout.reference in page
    assert f"/portal/payouts/{world.payout.public_id}/statement.pdf" in page


def test_the_lines_of_a_payout_come_to_its_amount(ada, world):
    page = said(ada.get(f"/portal/payouts/{world.payout.public_id}/"))

    assert "•••• 1005" in page
    assert page.count("€50.00") >= 2
    assert "Statement issued" in page


def test_the_statement_is_sent_as_it_was_issued(ada, world):
    response = ada.get(f"/portal/payouts/{world.payout.public_id}/statement.pdf")

    assert response.content == bytes(world.payout.statement.body)
    assert response.content.startswith(b"%PDF")
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_a_payout_in_a_draft_is_nobodys_news(sign_in, world):
    ines = make_due()
    batch = prepared()
    item = item_of(batch, ines)
    browser = sign_in(person_of(ines))

    assert browser.get(f"/portal/payouts/{item.public_id}/").status_code == 404
    assert item.reference not in said(browser.get("/portal/payouts/"))


# --- payment details ----------------------------------------------------------------


def test_payment_details_are_saved_and_shown_by_their_last_four(sign_in, world):
    browser = sign_in(world.people["ines"])
    response = browser.post(
        "/portal/payee/",
        {
            "legal_name": "Ines Moreau",
            "iban": "de89 3704 0044 0532 0130 00",
            "country": "FR",
            "town": "",
        },
    )

    payee = Payee.objects.get(legal_name="Ines Moreau")
    assert response.status_code == 302
    assert payee.iban == "DE89370400440532013000"
    assert payee.changed_by == world.people["ines"]
    assert "•••• 3000" in said(browser.get("/portal/payee/"))


def test_a_wrong_iban_is_refused_beside_the_field(sign_in, world):
    response = sign_in(world.people["ines"]).post(
        "/portal/payee/", {"legal_name": "Ines", "iban": "FR76 1234", "country": "FR"}
    )

    assert response.status_code == 422
    assert "This IBAN is not valid" in said(response)
    assert not Payee.objects.exclude(affiliate=world.ada).exists()


def test_an_employees_details_are_not_taken(sign_in, world):
    nadia = make_affiliate(kind="employee")
    response = sign_in(person_of(nadia)).post(
        "/portal/payee/",
        {"legal_name": "N", "iban": "DE89370400440532013000", "country": "FR"},
    )

    assert response.status_code == 200
    assert not Payee.objects.filter(affiliate=nadia).exists()
