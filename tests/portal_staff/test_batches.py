import pytest
import time_machine
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from core.models import AuditEntry
from payouts.models import Batch, BatchStatus, ItemStatus
from payouts.services import batches as services
from tests.builders import make_affiliate, make_user
from tests.payouts.paydays import (
    EXECUTION,
    LATER,
    PAYDAY,
    approve,
    approved_batch,
    finance,
    make_debtor,
    make_due,
    prepared,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _payday():
    with time_machine.travel(LATER, tick=False):
        yield


def detail(batch):
    return reverse("portal:batch-detail", args=[batch.public_id])


def act(client, verb, batch, **fields):
    return client.post(reverse(f"portal:batch-{verb}", args=[batch.public_id]), fields)


def form(**overrides):
    return {
        "rail": "sepa",
        "currency": "EUR",
        "cutoff": PAYDAY.date().isoformat(),
        "execution_date": EXECUTION.isoformat(),
        **overrides,
    }


def status_of(batch):
    return Batch.objects.get(pk=batch.pk).status


def test_the_preview_names_who_is_left_out_and_why(client, fin):
    make_due(name="Paid")
    make_due(name="Unknown account", payee=False)

    page = client.get(reverse("portal:batch-new"), headers={"accept-language": "en"})

    preview = page.context["preview"]
    assert [one.affiliate.name for one in preview.paid] == ["Paid"]
    assert [(one.name, one.why) for one in preview.left_out] == [
        ("Unknown account", "The bank details are missing.")
    ]


def test_preparing_makes_the_draft_that_was_previewed(client, fin):
    make_debtor()
    make_due()

    answer = client.post(reverse("portal:batch-new"), form(cutoff=LATER.date().isoformat()))

    batch = Batch.objects.get()
    assert answer["Location"] == detail(batch)
    assert (batch.total_minor, batch.created_by) == (5_000, fin)


def test_a_refused_preparation_says_why_and_keeps_what_was_typed(client, fin):
    make_debtor()

    answer = client.post(reverse("portal:batch-new"), form(), headers={"accept-language": "en"})

    assert answer.status_code == 422
    assert b"Nobody can be paid" in answer.content
    assert not Batch.objects.exists()


def test_whoever_made_a_batch_sees_why_the_button_is_off_and_cannot_go_round_it(client, fin):
    make_due()
    batch = submitted(maker=fin)

    page = client.get(detail(batch), headers={"accept-language": "en"}).content.decode()
    act(client, "approve", batch, content_hash=batch.content_hash)

    assert "another person approves it" in page
    assert 'aria-disabled="true"' in page
    assert status_of(batch) == BatchStatus.IN_REVIEW


def test_the_whole_way_by_two_people(client):
    maker, checker = finance(), finance()
    make_due()
    batch = prepared(maker=maker)

    client.force_login(maker)
    act(client, "submit", batch)
    client.force_login(checker)
    page = client.get(detail(batch))
    act(
        client,
        "approve",
        batch,
        content_hash=page.context["batch"].content_hash,
        looked_at=[line.item.pk for line in page.context["flagged"]],
    )
    act(client, "file-make", batch)
    url = reverse("portal:batch-file", args=[batch.public_id])
    first, second = client.get(url), client.get(url)
    act(client, "mark-sent", batch)

    assert status_of(batch) == BatchStatus.DONE
    assert first.content == second.content
    assert first["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(verb="batch.file_downloaded").count() == 2
    assert batch.items.get().status == ItemStatus.SENT


def make_file(batch):
    services.make_file(batch_id=batch.pk, actor_id=finance().pk, now=LATER)


def test_a_file_that_was_refused_is_called_back_for_a_reason(client, fin):
    make_due()
    batch = approved_batch()
    make_file(batch)
    url = reverse("portal:batch-file", args=[batch.public_id])
    english = {"accept-language": "en"}

    page = client.get(detail(batch), headers=english).content.decode()
    assert "this file must never be sent afterwards" in page
    act(client, "file-refused", batch, reason="")
    assert status_of(batch) == BatchStatus.EXECUTING
    act(client, "file-refused", batch, reason="Wrong debtor account.")

    assert status_of(batch) == BatchStatus.CANCELLED
    page = client.get(detail(batch), headers=english).content.decode()
    assert "Wrong debtor account." in page
    assert "never send it again" in page
    assert url not in page
    assert client.get(url).status_code == 404


def test_who_approved_a_batch_sees_why_another_person_calls_its_file_back(client, fin):
    make_due()
    batch = submitted()
    approve(batch, fin)
    make_file(batch)

    page = client.get(detail(batch), headers={"accept-language": "en"}).content.decode()
    act(client, "file-refused", batch, reason="Mine.")

    assert "another person says that its file was refused" in page
    assert reverse("portal:batch-file-refused", args=[batch.public_id]) not in page
    assert status_of(batch) == BatchStatus.EXECUTING


def test_a_batch_that_changed_since_the_page_was_read_is_not_approved(client):
    make_due()
    batch = submitted(maker=finance())
    client.force_login(finance())

    act(client, "approve", batch, content_hash="0" * 64)

    assert status_of(batch) == BatchStatus.IN_REVIEW


def test_sending_back_needs_a_reason_that_the_page_then_shows(client):
    make_due()
    batch = submitted(maker=finance())
    client.force_login(finance())

    act(client, "send-back", batch, reason="")
    assert status_of(batch) == BatchStatus.IN_REVIEW
    act(client, "send-back", batch, reason="Leave out the new one.")

    assert status_of(batch) == BatchStatus.DRAFT
    assert b"Leave out the new one." in client.get(detail(batch)).content


def test_a_payment_is_left_out_and_taken_in_again(client, fin):
    make_due(name="Kept")
    out = make_due(name="Left out")
    batch = prepared(maker=fin)
    item = batch.items.get(affiliate=out)
    args = [batch.public_id, item.public_id]

    client.post(reverse("portal:item-exclude", args=args), {"reason": "Asked to wait."})
    page = client.get(detail(batch))
    assert [one.why for one in page.context["left_out"]] == ["Asked to wait."]
    assert len(page.context["lines"]) == 1

    client.post(reverse("portal:item-include", args=args))
    assert len(client.get(detail(batch)).context["lines"]) == 2


def test_recomputing_says_what_changed(client, fin):
    make_due()
    batch = prepared(maker=fin)
    make_due(name="Came later")

    answer = act(client, "recompute", batch)

    said = [str(message) for message in client.get(answer["Location"]).context["messages"]]
    assert any("Came later" in text for text in said)


def test_cancelling_makes_everything_due_again(client, fin):
    make_due()
    batch = prepared(maker=fin)

    act(client, "cancel", batch, reason="Wrong month.")

    assert status_of(batch) == BatchStatus.CANCELLED


def test_first_payouts_and_young_bank_details_are_flagged(client, fin):
    affiliate = make_due()
    affiliate.payee.changed_at = PAYDAY
    affiliate.payee.save()
    batch = prepared(maker=fin)

    line = client.get(detail(batch)).context["lines"][0]

    assert len(line.flags) == 2


def test_a_payment_leads_down_to_its_orders(client, fin):
    affiliate = make_due()
    batch = prepared(maker=fin)
    order = affiliate.commissions.get().credit.order

    page = client.get(
        reverse("portal:batch-item", args=[batch.public_id, batch.items.get().public_id])
    ).content.decode()

    assert order.number in page
    assert reverse("portal:order-detail", args=[order.pk]) in page


def test_a_long_payment_is_read_page_by_page(client, fin, monkeypatch):
    monkeypatch.setattr("portal.views.finance_payments.LINES_PAGE_SIZE", 1)
    affiliate = make_due()
    make_due(affiliate=affiliate)
    batch = prepared(maker=fin)
    numbers = [one.credit.order.number for one in affiliate.commissions.order_by("pk")]
    url = reverse("portal:batch-item", args=[batch.public_id, batch.items.get().public_id])

    first, second = (client.get(f"{url}?page={page}").content.decode() for page in (1, 2))

    assert [numbers[0] in first, numbers[1] in first] == [True, False]
    assert [numbers[0] in second, numbers[1] in second] == [False, True]
    assert "page=2" in first


def test_a_payment_is_found_under_its_own_batch_only(client, fin):
    make_due()
    batch = prepared(maker=fin)
    stranger = "00000000-0000-4000-8000-000000000000"

    url = reverse("portal:batch-item", args=[stranger, batch.items.get().public_id])

    assert client.get(url).status_code == 404


def test_a_name_that_is_a_formula_is_harmless_in_the_export(client, fin):
    make_due(affiliate=make_affiliate(name='=HYPERLINK("http://evil.example")', user=make_user()))
    batch = prepared(maker=fin)

    answer = client.get(reverse("portal:batch-export", args=[batch.public_id]))

    text = b"".join(answer.streaming_content).decode()
    assert "\"'=HYPERLINK" in text
    assert '"=HYPERLINK' not in text


@pytest.mark.parametrize(
    ("new", "missing", "sentences"),
    [
        (0, 0, "The same payees as in LOT-1."),
        (1, 0, "One payee is new since LOT-1."),
        (2, 1, "2 payees are new since LOT-1. One payee of LOT-1 is no longer there."),
        (0, 3, "3 payees of LOT-1 are no longer there."),
    ],
)
def test_a_batch_is_compared_in_whole_sentences(new, missing, sentences):
    with translation.override("en"):
        html = render_to_string(
            "finance/batch_compared.html", {"reference": "LOT-1", "new": new, "missing": missing}
        )
    assert " ".join(strip_tags(html).split()) == sentences
