"""The programme's own account: one active at a time, checked, and kept by the batches it paid."""

import pytest
from django.urls import reverse

from affiliates.domain.bank import InvalidBic, InvalidIban
from core.models import AuditEntry
from payouts.domain.sepa_text import UnreadableText
from payouts.models import DebtorAccount
from payouts.services import debtors
from tests.builders import make_user
from tests.payouts.paydays import (
    DEBTOR_IBAN,
    LATER,
    OTHER_IBAN,
    PAYDAY,
    approved_batch,
    finance,
    make_due,
    sent_batch,
)

pytestmark = pytest.mark.django_db


def change(iban=OTHER_IBAN, **overrides):
    fields = {"name": "Atelier SAS", "bic": "", **overrides}
    return debtors.change_account(iban=iban, actor_id=finance().pk, now=PAYDAY, **fields)


def test_a_new_account_replaces_the_old_one_and_a_repeat_changes_nothing():
    change(DEBTOR_IBAN)
    made = change("DE89 3704 0044 0532 0130 00")

    assert change() == made
    assert DebtorAccount.objects.get(is_active=True) == made
    assert (made.iban, made.iban_last4, made.bic) == (OTHER_IBAN, "3000", "COBADEFFXXX")
    assert DebtorAccount.objects.count() == 2
    entries = AuditEntry.objects.filter(verb="debtor_account.changed")
    assert [entry.data["previous_last4"] for entry in entries.order_by("pk")] == ["", "9014"]
    assert OTHER_IBAN not in str(list(entries.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"iban": "FR76 0000"}, InvalidIban),
        ({"bic": "NOPE"}, InvalidBic),
        ({"name": "株式会社"}, UnreadableText),
    ],
)
def test_what_no_bank_would_take_is_refused(given, refusal):
    with pytest.raises(refusal):
        change(**given)

    assert not DebtorAccount.objects.exists()


def test_a_batch_keeps_the_account_it_was_prepared_with():
    make_due()
    batch = approved_batch()
    change()

    batch.refresh_from_db()

    assert batch.debtor.iban == DEBTOR_IBAN


def test_a_superuser_enters_the_account_and_looks_at_money_without_changing_it(client):
    make_due()
    batch = sent_batch(now=LATER)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    add = reverse("admin:payouts_debtoraccount_add")

    wrong = client.post(add, {"name": "Atelier", "iban": "FR76 1", "bic": ""})
    right = client.post(add, {"name": "Atelier", "iban": OTHER_IBAN, "bic": ""})

    assert b"This IBAN is not valid" in wrong.content
    assert right.status_code == 302
    assert DebtorAccount.objects.get(is_active=True).iban == OTHER_IBAN
    for model, row in {
        "batch": batch,
        "item": batch.items.get(),
        "batchfile": batch.file,
        "statement": batch.items.get().statement,
        "debtoraccount": batch.debtor,
        "commission": batch.items.get().lines.get().commission,
    }.items():
        listed = client.get(reverse(f"admin:payouts_{model}_changelist"))
        shown = client.get(reverse(f"admin:payouts_{model}_change", args=[row.pk]))
        assert (listed.status_code, shown.status_code) == (200, 200)
        assert DEBTOR_IBAN not in shown.content.decode()
        assert b'name="_save"' not in shown.content
    for model in ("adjustment", "account", "transfer"):
        assert client.get(reverse(f"admin:payouts_{model}_changelist")).status_code == 200
