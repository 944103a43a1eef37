"""Reconciliation, months and the journal, as finance uses them."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from core import signatures
from core.models import AuditEntry
from payouts.models import BankEntry, ClosedMonth, Difference, Item, Reconciliation
from payouts.services.closing import PURPOSE
from payouts.services.reconciliation import reconcile
from tests.builders import NOW
from tests.payouts.bank_messages import LATER as BANK_LATER
from tests.payouts.bank_messages import Sent, receive
from tests.payouts.closing_months import IN_JUNE, SIXTH_OF_JULY, earn
from tests.payouts.paydays import NEXT_PAYDAY, make_due, sent_batch
from tests.payouts.stories import accrued
from tests.people import make_fin
from tests.portal_staff.world import make_affiliate, make_difference

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


@pytest.fixture
def fin(client):
    client.force_login(make_fin())
    return client


def journal_of(client, **asked):
    answer = client.get(reverse("portal:journal-export"), asked, headers=EN)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows_of(body, *, separator=";"):
    text = body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=separator))


def total(rows, side):
    return sum(Decimal(row[side].replace(",", ".")) for row in rows if row[side])


def test_the_journal_has_a_debit_and_a_credit_for_each_transfer_and_they_are_equal(fin):
    make_due()
    sent_batch()

    body = journal_of(fin, since="2026-06", until="2026-07")

    assert body.startswith(b"\xef\xbb\xbf")
    rows = rows_of(body)
    assert total(rows, "Debit") == total(rows, "Credit") == Decimal("200.00")
    assert [(row["Account"], row["Debit"], row["Credit"]) for row in rows[:2]] == [
        ("6222", "50,00", ""), ("40811", "", "50,00"),
    ]  # fmt: skip
    assert {row["Account"] for row in rows} == {"6222", "40811", "40812", "40813", "5811"}
    assert all(bool(row["Debit"]) != bool(row["Credit"]) for row in rows)


def test_the_journal_is_of_the_asked_months_alone(fin):
    accrued(make_affiliate())

    assert rows_of(journal_of(fin, since="2026-05", until="2026-05")) == []
    assert len(rows_of(journal_of(fin, since="2026-06", until="2026-06"))) == 2


def test_a_name_that_is_a_formula_is_none_in_the_journal(fin):
    affiliate = make_affiliate(name='=HYPERLINK("https://evil.example";"Pay")')
    earn(affiliate, 1_000, key="commission:1:accrued", effective_at=IN_JUNE)

    label = rows_of(journal_of(fin, since="2026-06", until="2026-06"))[1]["Label"]

    assert label.startswith("'=HYPERLINK")


def test_numbers_of_the_settings_win_and_what_has_none_is_in_suspense(fin, settings):
    settings.JOURNAL_ACCOUNTS = {"expense:commission": "622200"}
    earn(make_affiliate(), 1_000, key="a", effective_at=IN_JUNE)

    rows = rows_of(journal_of(fin, since="2026-06", until="2026-06"))

    assert [row["Account"] for row in rows] == ["622200", "40811"]


def test_it_is_kept_who_took_which_months_along(fin):
    journal_of(fin, since="2026-05", until="2026-06", form="international")

    entry = AuditEntry.objects.get(verb="journal.exported")
    assert entry.data == {"since": "2026-05", "until": "2026-06"}
    page = fin.get(reverse("portal:journal"), headers=EN).content.decode()
    assert "2026-05 – 2026-06" in page


@pytest.mark.parametrize("asked", [{}, {"since": "x", "until": "y"},
                                   {"since": "2026-06", "until": "2026-05"}])  # fmt: skip
def test_months_that_are_none_are_refused(fin, asked):
    assert fin.get(reverse("portal:journal-export"), asked).status_code == 422


def test_finance_reads_that_the_signing_key_was_retired(fin, settings):
    first = settings.SIGNING_KEY
    signatures.sign(PURPOSE, b"May", now=NOW)
    settings.SIGNING_KEY = "another"
    signatures.retire_outdated(now=NOW)
    settings.SIGNING_KEY = first

    with time_machine.travel(SIXTH_OF_JULY, tick=False):
        fin.post(reverse("portal:reconciliation-run"))
        url = reverse("portal:month-detail", args=["2026-06"])
        page = fin.get(url, headers=EN).content.decode()
        told = fin.post(reverse("portal:month-close", args=["2026-06"]), headers=EN, follow=True)

    assert "The signing key of the server is one that was retired" in page
    assert "set SIGNING_KEY" in told.content.decode()
    assert not ClosedMonth.objects.exists()


def test_finance_closes_a_month_and_takes_the_same_report_along_twice(fin):
    accrued(make_affiliate())
    month = reverse("portal:month-detail", args=["2026-06"])
    report = reverse("portal:month-report", args=["2026-06"])

    with time_machine.travel(SIXTH_OF_JULY, tick=False):
        before = fin.get(month, headers=EN).content.decode()
        fin.post(reverse("portal:reconciliation-run"))
        fin.post(reverse("portal:month-close", args=["2026-06"]))
        after = fin.get(month, headers=EN).content.decode()
        first, second = fin.get(report), fin.get(report)
        months = fin.get(reverse("portal:month-list"), headers=EN).content.decode()

    assert "Compare ledger, payments, Stripe and bank first" in before
    assert "Closed, and as it was" in after
    assert first.content == second.content == bytes(ClosedMonth.objects.get().report)
    assert first["Content-Type"] == "application/pdf"
    assert "Over, not closed" not in months


def test_a_month_that_cannot_be_closed_says_why(fin):
    with time_machine.travel(IN_JUNE, tick=False):
        fin.post(reverse("portal:month-close", args=["2026-06"]))
        page = fin.get(reverse("portal:month-detail", args=["2026-06"]), headers=EN)

    assert "The month is not over yet." in page.content.decode()
    assert not ClosedMonth.objects.exists()


@pytest.mark.parametrize("month", ["2026-13", "1899-01", "x"])
def test_what_is_no_month_is_not_found(fin, month):
    assert fin.get(reverse("portal:month-detail", args=[month])).status_code == 404


def test_the_three_sides_run_from_opening_to_closing(fin):
    make_due()
    sent_batch()

    with time_machine.travel(NEXT_PAYDAY, tick=False):
        page = fin.get(reverse("portal:reconciliation"), {"month": "2026-07"}, headers=EN)

    part = page.context["ledger"][0]
    assert (part.opening.minor, part.closing.minor) == (5_000, 0)
    assert [(label, amount.minor) for label, amount in part.changes] == [("Paid", -5_000)]


def test_a_difference_is_minded_explained_and_off_the_list(fin):
    found = make_difference()
    detail = reverse("portal:difference-detail", args=[found.pk])
    page = fin.get(reverse("portal:reconciliation"), headers=EN).content.decode()
    assert "Made by hand at Stripe" in page

    fin.post(reverse("portal:difference-mind", args=[found.pk]), {"owner": "", "note": "Asked."})
    assert "Asked." in fin.get(detail, headers=EN).content.decode()
    fin.post(reverse("portal:difference-explain", args=[found.pk]), {"reason": ""})
    found.refresh_from_db()
    assert found.state == "open"
    fin.post(reverse("portal:difference-explain", args=[found.pk]), {"reason": "A test."})

    found.refresh_from_db()
    assert (found.state, found.note) == ("explained", "A test.")
    assert (
        "Made by hand at Stripe"
        not in fin.get(reverse("portal:reconciliation"), headers=EN).content.decode()
    )
    assert "A test." in fin.get(detail, headers=EN).content.decode()


def test_a_run_is_in_the_history(fin):
    with time_machine.travel(NOW, tick=False):
        fin.post(reverse("portal:reconciliation-run"))

    page = fin.get(reverse("portal:reconciliation"), headers=EN).content.decode()
    assert Reconciliation.objects.get().by is not None
    assert "All agrees" in page


def test_differences_are_exported_whole(fin):
    make_difference()

    answer = fin.get(reverse("portal:reconciliation-export"), headers=EN)

    row = rows_of(b"".join(answer.streaming_content))[0]
    assert (row["Key"], row["Amount"], row["State"]) == ("stripe:tr_hand", "42,00", "Open")


def test_without_stripe_no_transfer_is_offered_a_match_and_asking_is_refused(fin, settings):
    settings.STRIPE_SECRET_KEY = ""
    detail = reverse("portal:difference-detail", args=[make_difference().pk])
    assert not fin.get(detail, headers=EN).context["may_match"]

    answer = fin.post(
        f"{detail}match/", {"payout": "AP0000000000", "reason": "Read."}, headers=EN, follow=True
    )

    assert "Stripe is not set up." in answer.content.decode()
    assert Difference.objects.get().state == "open"


def test_a_line_of_the_bank_is_matched_on_the_page_of_its_difference(fin):
    sent = Sent()
    receive(sent.fill("camt053_02_batch.xml", TOTAL="99.00", CLOSING="139.00"))
    line, item = BankEntry.objects.exclude(kind="other").get(), Item.objects.first()
    BankEntry.objects.update(amount_minor=-item.amount_minor, end_to_end_id="")
    reconcile(now=BANK_LATER + timedelta(days=1))
    detail = reverse(
        "portal:difference-detail", args=[Difference.objects.get(kind="booked_unknown").pk]
    )
    page = fin.get(detail, headers=EN).content.decode()
    assert f'value="{item.reference}"' in page

    fin.post(f"{detail}match/", {"payout": "AP0000000000", "reason": "Read."})
    fin.post(f"{detail}match/", {"payout": item.reference.lower(), "reason": ""})
    line.refresh_from_db()
    assert line.state == "unmatched"
    fin.post(f"{detail}match/", {"payout": item.reference.lower(), "reason": "Read."})

    line.refresh_from_db()
    assert (line.state, line.item) == ("matched", item)
    assert not fin.get(detail, headers=EN).context["may_match"]
