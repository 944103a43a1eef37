"""Whoever touched a batch or its bank details cannot let it go, and the attempt stays (D6 11)."""

from datetime import timedelta

import pytest

from affiliates.services import payees
from core.models import AuditEntry
from payouts.models import Approval
from payouts.services import batches
from payouts.services.items import FourEyesRefused
from tests.payouts.paydays import (
    OTHER_IBAN,
    PAYDAY,
    WHY,
    approve,
    finance,
    item_of,
    make_due,
    prepared,
)
from tests.payouts.stories import assert_balances

pytestmark = pytest.mark.django_db


def test_d6_11_who_made_edited_or_changed_bank_data_is_refused_and_the_attempt_is_kept():
    ada, ines = make_due(), make_due()
    maker, editor, clerk = finance(), finance(), finance()
    payees.save_details(
        affiliate_id=ada.pk, actor_id=clerk.pk, legal_name=ada.name, iban=OTHER_IBAN,
        country="FR", town="Lyon", now=PAYDAY - timedelta(days=4),
    )  # fmt: skip
    batch = prepared(maker=maker)
    batches.exclude_item(
        item_id=item_of(batch, ines).pk, actor_id=editor.pk, reason=WHY, now=PAYDAY
    )
    batch = batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)

    for person in (maker, editor, clerk):
        with pytest.raises(FourEyesRefused):
            approve(batch, person)

    refused = AuditEntry.objects.filter(verb="batch.approval_refused").order_by("pk")
    assert [entry.actor for entry in refused] == [maker, editor, clerk]
    assert all(entry.reason or entry.data for entry in refused)
    assert not Approval.objects.exists()
    assert_balances(ada.pk, reserved=5_000)
    assert approve(batch, finance()).status == "approved"
