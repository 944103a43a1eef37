"""An approver leaves payments out on a page of their own (P59)."""

import pytest
import time_machine
from django.urls import reverse

from payouts.models import Batch
from tests.payouts.paydays import LATER, approved_batch, finance, item_of, make_due, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _payday():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def reviewed():
    payees = [make_due(name=name, units=2) for name in ("Ada", "Bea")]
    return submitted(), payees


def page_of(batch):
    return reverse("portal:batch-leave-out", args=[batch.public_id])


def test_the_page_of_the_batch_leads_there_and_every_payment_has_its_field(client, fin, reviewed):
    batch, payees = reviewed
    detail = client.get(reverse("portal:batch-detail", args=[batch.public_id])).content.decode()

    page = client.get(page_of(batch)).content.decode()

    assert page_of(batch) in detail
    assert batch.content_hash in page
    for payee in payees:
        assert f'name="reason-{item_of(batch, payee).pk}"' in page


def test_what_has_a_reason_is_left_out_and_the_rest_is_anothers_to_approve(client, fin, reviewed):
    batch, (ada, bea) = reviewed
    fields = {
        "content_hash": batch.content_hash,
        f"reason-{item_of(batch, ada).pk}": "Contested.",
        f"reason-{item_of(batch, bea).pk}": " ",
    }

    answer = client.post(page_of(batch), fields, headers={"accept-language": "en"}, follow=True)

    now = Batch.objects.get()
    assert (now.status, now.item_count, now.submitted_by) == ("in_review", 1, fin)
    page = answer.content.decode()
    assert "Another person can approve what stays now." in page
    assert "another person approves it" in page
    assert item_of(batch, ada).reason == "Contested."


def test_a_refusal_is_said_and_keeps_what_was_typed(client, fin, reviewed):
    batch, (ada, _bea) = reviewed
    fields = {"content_hash": "0" * 64, f"reason-{item_of(batch, ada).pk}": "Contested <b>."}

    answer = client.post(page_of(batch), fields, headers={"accept-language": "en"})

    assert answer.status_code == 422
    assert "read it again" in answer.content.decode()
    assert "Contested &lt;b&gt;." in answer.content.decode()
    assert Batch.objects.get().item_count == 2


def test_of_an_approved_batch_the_page_says_what_to_do(client):
    make_due()
    batch = approved_batch()
    client.force_login(finance())

    page = client.get(page_of(batch), headers={"accept-language": "en"})

    assert page.status_code == 200
    assert "not in review" in page.content.decode()
    assert client.post(page_of(batch)).status_code == 422
