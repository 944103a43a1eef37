"""The programme's own bank account, from which payouts leave."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from affiliates.domain.bank import bic_of, last_four, normalized_bic, normalized_iban
from core import audit
from core.hashing import keyed_hash
from payouts.domain.currency import CURRENCY
from payouts.domain.sepa_text import sepa_name
from payouts.models import DebtorAccount


@transaction.atomic
def change_account(
    *, name: str, iban: str, bic: str, actor_id: int, now: datetime
) -> DebtorAccount:
    """Let new batches leave from this account in euros. Safe to repeat.

    Batches that are already there keep the account they were prepared with. Without ``bic`` the
    bank registry is asked for it. The audit trail keeps the last four characters.

    :raises InvalidIban, InvalidBic, UnreadableText: for what no bank would take.
    """
    sepa_name(name)
    account = normalized_iban(iban)
    bank = normalized_bic(bic) if bic.strip() else bic_of(account) or ""
    active = (
        DebtorAccount.objects.select_for_update().filter(currency=CURRENCY, is_active=True).first()
    )
    if active and (active.name, active.iban, active.bic) == (name, account, bank):
        return active
    if active:
        active.is_active = False
        active.save(update_fields=["is_active"])
    made = DebtorAccount.objects.create(
        name=name, iban=account, iban_last4=last_four(account), bic=bank, currency=CURRENCY
    )
    audit.record(
        actor=actor_id,
        verb="debtor_account.changed",
        subject=made,
        at=now,
        data={
            "iban_last4": made.iban_last4,
            "iban_hash": keyed_hash("iban", account),
            "previous_last4": active.iban_last4 if active else "",
        },
    )
    return made
