"""Adjustments on the staff's pages: proposed, decided, brought in by a file."""

from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from core.models import AuditEntry
from payouts.models import Adjustment, AdjustmentProposal
from tests.builders import NOW, make_affiliate, make_user
from tests.payouts.stories import approved, assert_balances
from tests.people import make_fin, make_sam
from tests.portal_staff.world import make_proposal

pytestmark = pytest.mark.django_db
NEW, IMPORT, LIST = (
    "/manage/adjustments/new/",
    "/manage/adjustments/import/",
    "/manage/adjustments/",
)


@pytest.fixture(autouse=True)
def _english_day():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def sam(client):
    return signed_in(client, make_sam())


def signed_in(client, user):
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def typed(affiliate, **facts):
    return {
        "key": str(uuid4()),
        "affiliate": str(affiliate.public_id),
        "reason": "bonus",
        "amount": "12.50",
        "text": "Autumn looks",
        **facts,
    }


def test_an_affiliates_page_leads_to_the_form(sam):
    ada = make_affiliate()

    answer = page(sam.get(f"/manage/affiliates/{ada.public_id}/"))

    assert f"{NEW}?affiliate={ada.public_id}" in answer


# --- one by one -----------------------------------------------------------------------


def test_a_small_one_is_booked_at_once(sam):
    ada = make_affiliate()

    answer = sam.post(NEW, typed(ada), follow=True)

    assert "Booked. The affiliate sees it." in page(answer)
    assert "Autumn looks" in page(answer)
    assert_balances(ada.pk, payable=1_250)


def test_a_form_sent_twice_is_one_adjustment(sam):
    ada = make_affiliate()
    form = typed(ada)

    sam.post(NEW, form)
    sam.post(NEW, form)

    assert Adjustment.objects.count() == 1


def test_a_large_one_waits_for_somebody_else(client, sam):
    ada = make_affiliate()

    answer = sam.post(NEW, typed(ada, amount="100"), follow=True)

    assert "Another person approves it" in page(answer)
    assert "Approve and book" not in page(answer)
    proposal = AdjustmentProposal.objects.get()
    fin = signed_in(client, make_fin())
    assert "1 adjustment waits for a second person." in page(fin.get(LIST))
    assert "Approve and book" in page(fin.get(f"/manage/adjustments/{proposal.pk}/"))
    fin.post(f"/manage/adjustments/{proposal.pk}/approve/")
    assert_balances(ada.pk, payable=10_000)


def test_its_author_is_refused_and_may_withdraw(client):
    proposal = make_proposal()
    author = signed_in(client, proposal.author)

    answer = author.post(f"/manage/adjustments/{proposal.pk}/approve/", follow=True)
    assert "You proposed this adjustment: another person decides." in page(answer)
    author.post(f"/manage/adjustments/{proposal.pk}/withdraw/")

    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"


def test_who_declines_writes_why(sam):
    proposal = make_proposal()
    address = f"/manage/adjustments/{proposal.pk}/decline/"

    assert "Write the reason." in page(sam.post(address, {"reason": ""}, follow=True))
    answer = sam.post(address, {"reason": "Too much"}, follow=True)

    assert "Declined. Nothing is booked." in page(answer)
    assert "Too much" in page(answer)


def test_about_a_sale_it_names_the_order(sam):
    commission = approved()
    number = commission.credit.order.number

    answer = sam.post(
        NEW,
        typed(commission.affiliate, order=number, reason="clawback", amount="-4"),
        follow=True,
    )

    assert f"Order {number}" in page(answer)
    assert Adjustment.objects.get().commission == commission


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"order": "#404"}, "This affiliate has no sale of this order."),
        ({"amount": "-1"}, "This reason adds money"),
        ({"amount": "0"}, "other than zero"),
        ({"amount": "1.005"}, "no more than 2 decimal places"),
        ({"text": ""}, "This field is required."),
        ({"reason": "return"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(sam, facts, said):
    answer = sam.post(NEW, typed(make_affiliate(), **facts))

    assert answer.status_code == 422
    assert said in page(answer)
    assert not AdjustmentProposal.objects.exists()


def test_the_form_begins_with_what_the_link_names(sam):
    ada = make_affiliate(name="Ada's letters")

    answer = page(sam.get(f"{NEW}?affiliate={ada.public_id}&order=FR-1"))

    assert f'value="{ada.public_id}" selected' in answer
    assert 'value="FR-1"' in answer


def test_evidence_is_saved_and_never_shown_by_the_browser(sam):
    upload = SimpleUploadedFile("é<b>.html", b"<script>alert(1)</script>")
    sam.post(NEW, typed(make_affiliate(), evidence=upload))
    proposal = AdjustmentProposal.objects.get()

    answer = sam.get(f"/manage/adjustments/{proposal.pk}/evidence/")

    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="__b_.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(verb="adjustment.evidence_viewed").count() == 1


def test_too_large_a_file_is_refused(sam):
    upload = SimpleUploadedFile("x.pdf", b"x" * (2 * 1024 * 1024 + 1))

    answer = sam.post(NEW, typed(make_affiliate(), evidence=upload))

    assert "larger than 2 MB" in page(answer)


def test_what_is_not_there_is_not_found(sam):
    assert sam.get("/manage/adjustments/404/").status_code == 404
    assert sam.get("/manage/adjustments/404/evidence/").status_code == 404


# --- the list -------------------------------------------------------------------------


def test_the_list_is_narrowed_by_state_and_words(sam):
    make_proposal(make_affiliate(name="Ada"))
    sam.post(NEW, typed(make_affiliate(name="Ines")))

    def rows(query):
        answer = page(sam.get(LIST + query))
        return {name for name in ("Ada", "Ines") if f"{name}</a>" in answer}

    assert rows("") == {"Ada", "Ines"}
    assert rows("?state=proposed") == {"Ada"}
    assert rows("?state=booked") == {"Ines"}
    assert rows("?q=delay") == {"Ada"}
    assert "Nothing matches these filters." in page(sam.get(f"{LIST}?q=nobody"))


def test_the_list_costs_the_same_for_one_row_and_for_30(sam, django_assert_max_num_queries):
    for number in range(30):
        sam.post(NEW, typed(make_affiliate(), text=f"Line {number}"))

    with django_assert_max_num_queries(12):
        sam.get(LIST)


# --- a file ---------------------------------------------------------------------------

HEAD = "key;affiliate;amount;reason;text\n"


def brought(browser, text, **facts):
    return browser.post(IMPORT, {"lines": HEAD + text, **facts}, follow=True)


def test_a_file_is_shown_before_it_is_booked(sam):
    ada = make_affiliate(user=make_user(email="ada@example.com"))
    upload = SimpleUploadedFile(
        "june.csv", (HEAD + "j1;ada@example.com;12,50;bonus;June\n").encode()
    )

    answer = page(sam.post(IMPORT, {"file": upload}))

    assert "Book 1 line" in answer
    assert ada.name in answer
    assert "€12.50" in answer
    assert not AdjustmentProposal.objects.exists()
    done = brought(sam, "j1;ada@example.com;12,50;bonus;June\n", act="book", name="june.csv")
    assert "1 line is booked." in page(done)
    assert AdjustmentProposal.objects.get().import_name == "june.csv"


def test_a_file_with_a_refused_line_offers_nothing_to_book(sam):
    answer = brought(sam, "j1;nobody@example.com;1;bonus;June\n", act="book")

    assert "Nothing can be booked yet" in page(answer)
    assert "No affiliate is found" in page(answer)
    assert 'value="book"' not in page(answer)
    assert not AdjustmentProposal.objects.exists()


def test_a_file_above_the_limit_is_proposed(sam):
    make_affiliate(user=make_user(email="ada@example.com"))
    line = "j1;ada@example.com;100;bonus;June\n"

    assert "A second person is needed" in page(brought(sam, line))
    assert "1 line waits for a second person." in page(brought(sam, line, act="book"))
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("text", ["", "colour;size\nred;1\n"])
def test_a_file_that_is_none_is_refused(sam, text):
    answer = sam.post(IMPORT, {"lines": text})

    assert answer.status_code == 422
    assert not AdjustmentProposal.objects.exists()
