"""Held payouts, names at the bank and what differs, on the pages of finance."""

import pytest
import time_machine
from django.urls import reverse

from core.models import AuditEntry
from payouts.models import NameCheck, PayoutHold
from payouts.services import batches
from tests.payouts.paydays import (
    LATER,
    approved_batch,
    finance,
    item_of,
    make_due,
    prepared,
)
from tests.payouts.test_difference_stops import differs
from tests.people import make_fin, person_of
from tests.portal_staff.hold_world import make_close, make_hold
from tests.portal_staff.test_query_counts import count

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _payday():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def fin(client):
    person = make_fin()
    client.force_login(person)
    return person


def page(client, name, *args, **query):
    address = reverse(f"portal:{name}", args=args)
    answer = client.get(address, query, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client, name, *args, **fields):
    return client.post(reverse(f"portal:{name}", args=args), fields, headers=ENGLISH)


def test_a_payee_is_held_from_its_ledger_and_reads_so(client, fin):
    ada = make_due()
    assert reverse("portal:hold-payee", args=[ada.public_id]) in page(
        client, "ledger-detail", ada.public_id
    )

    answer = post(client, "hold-payee", ada.public_id, reason="Odd account", until="2026-08-01")

    assert answer.status_code == 302
    hold = PayoutHold.objects.get()
    assert (hold.affiliate, hold.began_by, hold.item) == (ada, fin, None)
    assert "Odd account" in page(client, "ledger-detail", ada.public_id)
    assert "Odd account" in page(client, "hold-list")
    client.force_login(person_of(ada))
    read = page(client, "payout-list")
    assert "holds your payouts back until 1 August 2026" in read
    assert "Odd account" not in read


def test_without_a_reason_or_into_the_past_nothing_is_held(client, fin):
    ada = make_due()

    for fields in ({"reason": ""}, {"reason": "Odd", "until": "2026-01-01"}):
        assert post(client, "hold-payee", ada.public_id, **fields).status_code == 422
    assert not PayoutHold.objects.exists()


def test_one_payment_is_held_from_its_page_and_released(client, fin):
    ada, _ines = make_due(), make_due()
    batch = approved_batch()
    item = item_of(batch, ada)
    address = reverse("portal:hold-payment", args=[item.public_id])
    assert address in page(client, "batch-item", batch.public_id, item.public_id)

    client.post(address, {"reason": "Asked to wait"})

    shown = page(client, "batch-item", batch.public_id, item.public_id)
    assert "This payment waits" in shown
    assert "Asked to wait" in shown
    hold = PayoutHold.objects.get(item=item)
    post(client, "hold-release", hold.pk, reason="Settled")
    hold.refresh_from_db()
    assert (hold.ended_by, hold.end_reason) == (fin, "Settled")
    assert "Settled" in page(client, "hold-list")


def test_a_payment_of_a_draft_offers_no_hold_and_is_refused(client, fin):
    make_due()
    batch = prepared()
    item = batch.items.get()
    address = reverse("portal:hold-payment", args=[item.public_id])

    assert address not in page(client, "batch-item", batch.public_id, item.public_id)
    assert client.post(address, {"reason": "Wait"}).status_code == 422


def test_who_holds_much_is_refused_the_release_with_a_sentence(client, fin):
    ada = make_due(units=60)
    post(client, "hold-payee", ada.public_id, reason="Odd")

    post(client, "hold-release", PayoutHold.objects.get().pk, reason="Fine")

    assert "another person releases it" in page(client, "hold-list")
    assert PayoutHold.objects.get().ended_at is None


def test_a_batch_that_differs_says_what_and_who_lets_it_go_on(client, fin):
    ada = make_due()
    batch = approved_batch()
    batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=LATER)
    one = differs(batch=batch.reference)

    shown = page(client, "batch-detail", batch.public_id)
    assert "The books do not agree about this batch" in shown
    assert reverse("portal:difference-detail", args=[one.pk]) in shown
    assert "settle the difference first" in shown
    assert f"Nothing of batch {batch.reference} leaves." in page(
        client, "difference-detail", one.pk
    )
    other = differs(affiliate=ada, key="reserved:ada", kind="reserved")
    assert f"Nothing is paid to {ada.name}." in page(client, "difference-detail", other.pk)
    post(client, "difference-explain", one.pk, reason="A test of the bank")
    assert "settle the difference first" not in page(client, "batch-detail", batch.public_id)
    assert "It stops payments" not in page(client, "difference-detail", one.pk)


def test_finance_reads_the_mail_of_a_payment_before_it_leaves(client, fin):
    ada = make_due()
    batch = approved_batch()

    shown = page(client, "batch-item", batch.public_id, item_of(batch, ada).public_id)

    assert "Your payout of €50.00 is on its way" in shown
    assert "It covers 1 sale." in shown
    assert ada.payee.iban not in shown


def test_the_banks_answers_are_brought_in_and_a_close_one_accepted(client, fin, tmp_path):
    ada = make_due()
    payee = ada.payee
    file = tmp_path / "vop.csv"
    file.write_text(
        "iban;name;result;name_at_bank;checked_on\n"
        f"{payee.iban};{payee.legal_name};CLOSE_MATCH;Ada & Co;2026-07-16\n"
        f"{payee.iban};Somebody else;NO_MATCH;;2026-07-16\n"
    )

    with file.open("rb") as body:
        answer = post(client, "payee-name-file-new", file=body)

    assert answer.status_code == 302
    shown = page(client, "payee-name-list", result="close")
    assert "Ada &amp; Co" in shown
    assert "1 line is about none of ours" in shown
    check = NameCheck.objects.get()
    post(client, "payee-name-accept", check.pk, reason="Its register says so")
    check.refresh_from_db()
    assert check.accepted_by == fin
    assert "Accepted" in page(client, "payee-name-list")
    assert AuditEntry.objects.filter(verb="name_check.accepted").exists()


def test_a_file_that_is_none_says_why(client, fin, tmp_path):
    file = tmp_path / "vop.csv"
    file.write_text("a;b\n1;2\n")

    with file.open("rb") as body:
        answer = post(client, "payee-name-file-new", file=body)

    assert answer.status_code == 422
    assert "The first line names the columns" in answer.content.decode()
    assert post(client, "payee-name-file-new").status_code == 422


def test_the_payee_reads_what_to_do_about_another_name(client):
    ada = make_due()
    make_close(ada, "NMTC")
    client.force_login(person_of(ada))

    shown = page(client, "payout-list")

    assert "not in the name that you gave us" in shown
    assert reverse("portal:payee") in shown


def test_lists_ask_no_more_for_many_than_for_one(client, fin):
    make_hold()
    make_close()
    lists = [reverse(f"portal:{name}") for name in ("hold-list", "payee-name-list")]
    before = [count(client, url) for url in lists]
    for _ in range(5):
        make_hold()
        make_close()

    assert [count(client, url) for url in lists] == before
    assert max(before) <= 15
