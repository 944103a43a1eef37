"""What a batch holds: prepared, and changed while it is a draft (P1 to P6)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from affiliates.services import accounts
from core.models import AuditEntry
from payouts.models import Adjustment, Batch, DebtorAccount, ItemLine
from payouts.services import batches, commissions, returns
from payouts.services.items import ReasonMissing
from tests.builders import NOW, make_payee, make_return
from tests.payouts.paydays import (
    EXECUTION,
    LATER,
    MUCH_LATER,
    NEXT_PAYDAY,
    OTHER_IBAN,
    PAYDAY,
    WHY,
    approve,
    approved_batch,
    finance,
    item_of,
    make_debtor,
    make_due,
    make_employee_due,
    prepared,
    sent_batch,
    take_back,
)
from tests.payouts.stories import AFTER_HOLD, accrued, approved, assert_balances

pytestmark = pytest.mark.django_db


def lines_of(batch):
    return sorted(ItemLine.objects.filter(item__batch=batch).values_list("amount_minor", flat=True))


# --- prepare -----------------------------------------------------------------------


def test_a_draft_holds_everybody_who_is_due_something():
    ada, ines = make_due(units=5), make_due(units=3)
    approved(ada, lines=[{"quantity": 2}])

    batch = prepared()

    assert (batch.status, batch.item_count, batch.total_minor) == ("draft", 2, 10_000)
    assert batch.reference == "APB-2026-07-0001"
    assert item_of(batch, ada).amount_minor == 7_000
    assert item_of(batch, ines).payee_name == ines.payee.legal_name
    assert lines_of(batch) == [2_000, 3_000, 5_000]
    assert_balances(ada.pk, payable=7_000)  # A draft sets nothing aside.


def test_what_was_approved_at_or_after_the_cutoff_waits():
    ada = make_due()

    with pytest.raises(batches.NothingToPay):
        prepared(cutoff_at=AFTER_HOLD)

    assert not Batch.objects.exists()
    assert prepared(cutoff_at=AFTER_HOLD + timedelta(seconds=1)).total_minor == 5_000
    assert_balances(ada.pk, payable=5_000)


def test_employees_are_paid_by_payroll_only():
    employee, ada = make_employee_due(), make_due()

    sepa, payroll = prepared(), prepared(rail="payroll")

    assert list(sepa.items.values_list("affiliate", flat=True)) == [ada.pk]
    assert list(payroll.items.values_list("affiliate", flat=True)) == [employee.pk]
    assert (payroll.debtor, item_of(payroll, employee).iban) == (None, "")
    assert payroll.reference == "APB-2026-07-0002"


def test_who_cannot_be_paid_is_left_out_and_waits():
    ada = make_due()
    small, silent = make_due(units=1), make_due(payee=False)
    suspended = make_due()
    accounts.suspend(
        affiliate_id=suspended.pk, actor_id=finance().pk, reason="Looking into it", now=PAYDAY
    )

    batch = prepared()

    assert list(batch.items.values_list("affiliate", flat=True)) == [ada.pk]
    for affiliate, minor in ((small, 1_000), (silent, 5_000), (suspended, 5_000)):
        assert_balances(affiliate.pk, payable=minor)


def test_what_is_below_the_minimum_is_carried_over_and_paid_when_it_reaches_it():
    ada, small = make_due(), make_due(units=1)
    sent_batch()

    approved(small, lines=[{"quantity": 1}])
    batch = prepared(now=NEXT_PAYDAY, execution_date=date(2026, 8, 10))

    assert item_of(batch, small).amount_minor == 2_000
    assert not batch.items.filter(affiliate=ada).exists()
    assert_balances(small.pk, payable=2_000)


def test_the_minimum_does_not_hold_back_what_is_due_to_a_closed_account():
    small = make_due(units=1)
    accounts.close(affiliate_id=small.pk, actor_id=finance().pk, reason="Bye", now=PAYDAY)

    assert prepared().total_minor == 1_000
    assert_balances(small.pk, payable=1_000)


def test_returns_are_netted():
    ada = make_due(units=5)
    take_back(ada, units=2, now=AFTER_HOLD + timedelta(hours=1))

    batch = prepared()

    assert (batch.total_minor, lines_of(batch)) == (3_000, [-2_000, 5_000])
    assert_balances(ada.pk, payable=3_000)


def test_a_debt_counts_even_when_it_is_younger_than_the_cutoff():
    ada = make_due(units=5)
    take_back(ada, units=1, now=LATER)

    batch = prepared(cutoff_at=PAYDAY, now=MUCH_LATER)

    assert batch.total_minor == 4_000
    assert_balances(ada.pk, payable=4_000)


def test_a_debt_waits_with_its_commission_when_that_came_after_the_cutoff():
    ada = make_due(units=5)
    late = accrued(
        ada, lines=[{"quantity": 4}], placed_at=late_order_of(PAYDAY + timedelta(hours=1))
    )
    commissions.approve_due(now=PAYDAY + timedelta(hours=2))
    when = PAYDAY + timedelta(hours=3)
    make_return(late.credit.order, returned_at=when, received_at=when)
    returns.apply_pending(now=when)

    assert prepared(cutoff_at=PAYDAY, now=when).total_minor == 5_000
    assert_balances(ada.pk, payable=5_000)


def late_order_of(due_at):
    """When an order was placed whose hold is over at ``due_at``."""
    return due_at - (AFTER_HOLD - NOW)


def test_what_is_booked_beside_a_commission_that_does_not_stand_is_not_paid():
    ada = make_due(units=5)
    fallen = accrued(ada, decision="refuse")
    Adjustment.objects.create(
        affiliate=ada, commission=fallen, amount_minor=9_000, currency="EUR",
        reason="cost_found", is_payable=True, source_key="x", effective_at=NOW, created_at=NOW,
    )  # fmt: skip

    assert prepared().total_minor == 5_000


def test_a_clawback_above_the_next_earnings_is_carried_forward_until_it_is_made_up():
    ada, other = make_due(units=5), make_due()
    sent_batch()
    take_back(ada, units=4, now=LATER)
    approved(ada, lines=[{"quantity": 3}])
    approved(other, lines=[{"quantity": 5}])

    second = prepared(now=NEXT_PAYDAY, execution_date=date(2026, 8, 10))

    assert list(second.items.values_list("affiliate", flat=True)) == [other.pk]
    assert_balances(ada.pk, payable=-1_000)

    approved(ada, lines=[{"quantity": 4}])
    batches.recompute(batch_id=second.pk, actor_id=finance().pk, now=NEXT_PAYDAY)

    assert item_of(second, ada).amount_minor == 3_000
    assert_balances(ada.pk, payable=3_000)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rail": "cash"}, "Choose how the batch is paid"),
        ({"currency": "GBP"}, "there is no file for GBP"),
        ({"cutoff_at": PAYDAY + timedelta(seconds=1)}, "The cutoff is in the future"),
        ({"execution_date": date(2026, 7, 16)}, "The payment date is in the past"),
    ],
)
def test_odd_requests_are_refused_with_a_sentence(change, sentence):
    make_due()

    with pytest.raises(batches.BatchRefused, match=sentence):
        prepared(**change)

    assert not Batch.objects.exists()


def test_without_an_account_to_pay_from_there_is_no_sepa_batch():
    make_due()
    DebtorAccount.objects.all().delete()

    with pytest.raises(batches.BatchRefused, match="bank account that payouts leave from"):
        batches.prepare(
            rail="sepa",
            currency="EUR",
            cutoff_at=PAYDAY,
            execution_date=EXECUTION,
            actor_id=finance().pk,
            now=PAYDAY,
        )


def test_one_open_batch_per_rail_and_currency():
    make_due()
    first = prepared()

    with pytest.raises(batches.BatchAlreadyOpen, match=first.reference):
        prepared()

    batches.submit(batch_id=first.pk, actor_id=finance().pk, now=PAYDAY)
    with pytest.raises(batches.BatchAlreadyOpen):
        prepared()


def test_the_database_itself_refuses_a_second_open_batch():
    make_due()
    first = prepared()

    with pytest.raises(IntegrityError, match="batch_one_open_per_rail"), transaction.atomic():
        Batch.objects.create(
            reference="OTHER",
            rail="sepa",
            currency="EUR",
            cutoff_at=PAYDAY,
            execution_date=EXECUTION,
            debtor=first.debtor,
            status_changed_at=PAYDAY,
            created_at=PAYDAY,
            created_by=first.created_by,
        )


def test_a_commission_is_never_on_two_live_payouts():
    ada = make_due()
    approved_batch()
    approved(ada, lines=[{"quantity": 3}])
    commission = ada.commissions.order_by("pk").first()

    second = prepared(now=LATER)

    assert lines_of(second) == [3_000]
    with pytest.raises(IntegrityError, match="item_line_commission_once"), transaction.atomic():
        ItemLine.objects.create(
            item=item_of(second, ada), commission=commission, amount_minor=5_000
        )
    assert_balances(ada.pk, payable=3_000, reserved=5_000)


# --- a draft changes ---------------------------------------------------------------


def test_an_excluded_payee_stays_due_and_out_until_let_in_again():
    ada, ines = make_due(), make_due(units=3)
    batch, maker = prepared(), finance()

    item = batches.exclude_item(
        item_id=item_of(batch, ines).pk, actor_id=maker.pk, reason=WHY, now=PAYDAY
    )

    batch.refresh_from_db()
    assert (item.status, item.reason) == ("released", WHY)
    assert (batch.item_count, batch.total_minor) == (1, 5_000)
    assert batches.recompute(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY) == ()

    [change] = batches.include_item(item_id=item.pk, actor_id=maker.pk, now=PAYDAY)

    batch.refresh_from_db()
    assert (change.name, change.is_new, change.after.minor) == (ines.name, True, 3_000)
    assert (batch.item_count, batch.total_minor) == (2, 8_000)
    assert item_of(batch, ines).status == "queued"
    assert_balances(ada.pk, payable=5_000)


def test_what_was_excluded_is_not_in_what_is_submitted_and_is_paid_by_the_next_batch():
    ada, ines = make_due(), make_due(units=3)
    maker = finance()
    batch = prepared(maker=maker)
    batches.exclude_item(item_id=item_of(batch, ines).pk, actor_id=maker.pk, reason=WHY, now=PAYDAY)

    batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)
    approve(batch, finance())

    batch.refresh_from_db()
    assert batch.total_minor == 5_000
    assert prepared(now=LATER).total_minor == 3_000
    assert_balances(ada.pk, reserved=5_000)
    assert_balances(ines.pk, payable=3_000)


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_exclusion_needs_a_reason(reason):
    ada = make_due()
    batch = prepared()

    with pytest.raises(ReasonMissing):
        batches.exclude_item(
            item_id=item_of(batch, ada).pk, actor_id=finance().pk, reason=reason, now=PAYDAY
        )

    assert item_of(batch, ada).status == "queued"


def test_a_recomputation_says_what_changed():
    ada, ines, leaving = make_due(), make_due(units=3), make_due()
    batch, maker = prepared(), finance()
    take_back(ada, units=1)
    ines.payee.iban, ines.payee.iban_last4 = OTHER_IBAN, OTHER_IBAN[-4:]
    ines.payee.save()
    accounts.suspend(affiliate_id=leaving.pk, actor_id=maker.pk, reason=WHY, now=PAYDAY)
    silent = make_due(payee=False)
    make_payee(silent)

    changes = batches.recompute(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)

    assert [(each.name, each.before, each.after and each.after.minor) for each in changes][3:] == [
        (silent.name, None, 5_000)
    ]
    assert [each.why for each in changes] == [
        "The amount changed.",
        "The payment details changed.",
        "The account is suspended.",
        "Can be paid now.",
    ]
    assert changes[2].is_gone
    batch.refresh_from_db()
    assert (batch.item_count, batch.total_minor) == (3, 12_000)
    assert item_of(batch, ines).iban == OTHER_IBAN
    assert batches.recompute(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY) == ()
    assert AuditEntry.objects.filter(verb="batch.recomputed").count() == 1
    assert_balances(ada.pk, payable=4_000)


def test_the_debtor_of_a_batch_is_the_active_account():
    make_due()
    debtor = make_debtor()

    assert prepared().debtor == debtor
