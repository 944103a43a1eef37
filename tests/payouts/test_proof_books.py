"""Facts at the worst moment, and lines that nobody may write (D6 15, 24, 28, 41, 42)."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from affiliates.models import AffiliateKind
from core.models import AuditEntry
from payouts.models import Adjustment, BatchFile
from payouts.queries.candidates import candidates
from payouts.services import batches, commissions, cost_corrections, executing
from payouts.services.batches import DraftIsStale, NothingToPay
from tests.builders import NOW, make_affiliate, make_payee
from tests.payouts import stripe_world
from tests.payouts.paydays import (
    LATER,
    MUCH_LATER,
    NEXT_PAYDAY,
    PAYDAY,
    approve,
    approved_batch,
    finance,
    item_of,
    make_due,
    make_employee_due,
    prepared,
    submitted,
    take_back,
)
from tests.payouts.stories import AFTER_HOLD, accrued, approved, assert_balances
from tests.payouts.stripe_world import make_account, make_stripe_due, run, started, stripe_batch
from tests.payouts.test_adjustments_of_no_sale import adjusted
from tests.payouts.test_cost_corrections import correct, on_actual_margin
from tests.payouts.test_refunds import of

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = pytest.mark.django_db
IN_AUGUST = date(2026, 8, 10)
BRAZILIAN = "BR1800360305000010009795493C1"


# --- what is in a payout --------------------------------------------------------------------


@pytest.mark.parametrize("column", ["commission_id", "adjustment_id"])
def test_d6_15_raw_sql_puts_nothing_into_a_second_payout(column):
    ada = make_due()
    bonus = adjusted(ada, 700)
    first = approved_batch()
    approved(ada, lines=[{"quantity": 3}])
    second = prepared(now=LATER)
    taken = {"commission_id": ada.commissions.order_by("pk").first().pk, "adjustment_id": bonus.pk}
    assert item_of(first, ada).lines.filter(**{column: taken[column]}).exists()

    with pytest.raises(IntegrityError, match="once"), transaction.atomic():
        connection.cursor().execute(
            f"INSERT INTO payouts_itemline (item_id, {column}, amount_minor) VALUES (%s, %s, 1)",
            [item_of(second, ada).pk, taken[column]],
        )

    assert_balances(ada.pk, payable=3_000, reserved=5_700)


def payee_of(rail, double):
    """Somebody who is paid by ``rail``."""
    kind = AffiliateKind.EMPLOYEE if rail == "payroll" else AffiliateKind.CONTENT
    affiliate = make_affiliate(kind=kind)
    if rail == "stripe":
        make_account(affiliate, double.ctl("accounts", count=1)["data"][0])
    elif rail == "manual":
        make_payee(affiliate, iban=BRAZILIAN, country="BR", town="Recife")
    elif rail == "sepa":
        make_payee(affiliate)
    return affiliate


@pytest.mark.parametrize("rail", ["sepa", "stripe", "manual", "payroll"])
def test_d6_42_what_is_still_held_leaves_by_no_rail_not_even_written_in_by_hand(double, rail):
    due, waiting = payee_of(rail, double), payee_of(rail, double)
    approved(due, lines=[{"quantity": 5}])
    held = accrued(waiting, lines=[{"quantity": 5}])
    found = candidates(rail=rail, currency="EUR", cutoff_at=PAYDAY, at=PAYDAY)
    assert [one.affiliate for one in found if one.is_payable] == [due]
    maker = finance()
    batch = prepared(rail=rail, maker=maker)
    with transaction.atomic():
        connection.cursor().execute(
            "INSERT INTO payouts_itemline (item_id, commission_id, amount_minor)"
            " VALUES (%s, %s, 1)",
            [item_of(batch, due).pk, held.pk],
        )

    with pytest.raises(DraftIsStale):
        batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)
    batches.recompute(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)
    batch = batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)

    assert [line.commission.affiliate for line in item_of(batch, due).lines.all()] == [due]
    assert_balances(due.pk, reserved=5_000)
    assert_balances(waiting.pk, pending=5_000)


def test_d6_41_wages_are_exported_once_and_a_second_export_is_the_same_bytes():
    ines = make_employee_due()
    batch, actor = approved_batch(rail="payroll"), finance()
    first = batches.make_file(batch_id=batch.pk, actor_id=actor.pk, now=LATER)
    batches.mark_sent(batch_id=batch.pk, actor_id=actor.pk, now=LATER)

    second = batches.make_file(batch_id=batch.pk, actor_id=actor.pk, now=MUCH_LATER)

    assert bytes(second.body) == bytes(first.body)
    assert BatchFile.objects.count() == 1
    assert AuditEntry.objects.filter(verb="batch.file_downloaded").count() == 1
    for rail in ("payroll", "sepa"):
        with pytest.raises(NothingToPay):
            prepared(rail=rail, now=MUCH_LATER)
    assert_balances(ines.pk)


# --- what the shop says meanwhile -----------------------------------------------------------


def held_due(double):
    affiliate = make_affiliate()
    make_account(affiliate, double.ctl("accounts", count=1)["data"][0])
    accrued(affiliate, lines=[{"quantity": 5}])
    return affiliate


def paid(double, batch, now=LATER):
    return run(double, started(double, batch, now=now), now=now)


def returned_in_the_hold(double):
    ada = held_due(double)
    take_back(ada, units=2, now=NOW)
    assert_balances(ada.pk, pending=3_000)
    commissions.approve_due(now=AFTER_HOLD)
    paid(double, stripe_batch())
    return ada, 3_000


def returned_after_the_hold(double):
    ada = make_stripe_due(double)
    take_back(ada, units=2, now=AFTER_HOLD)
    assert_balances(ada.pk, payable=3_000)
    paid(double, stripe_batch())
    return ada, 3_000


def returned_while_set_aside(double):
    ada = make_stripe_due(double)
    batch = submitted(rail="stripe")
    take_back(ada, units=2, now=PAYDAY)
    assert_balances(ada.pk, payable=-2_000, reserved=5_000)
    paid(double, approve(batch, finance()))
    return ada, 5_000


def returned_on_its_way(double):
    ada = make_stripe_due(double)
    batch = started(double)
    [order] = executing.claim(batch_id=batch.pk, limit=1, now=LATER).orders
    take_back(ada, units=2, now=LATER)
    assert_balances(ada.pk, payable=-2_000, reserved=5_000)
    executing.record(order=order, answer=double.rail.send(order), now=LATER)
    return ada, 5_000


def returned_after_payment(double):
    ada = make_stripe_due(double)
    paid(double, stripe_batch())
    take_back(ada, units=2, now=MUCH_LATER)
    return ada, 5_000


@pytest.mark.parametrize(
    "story",
    [
        returned_in_the_hold,
        returned_after_the_hold,
        returned_while_set_aside,
        returned_on_its_way,
        returned_after_payment,
    ],
)
def test_d6_24_whenever_goods_come_back_the_next_payout_makes_the_sum_exact(double, story):
    ada, first = story(double)

    assert double.stats()["net"] == first
    assert_balances(ada.pk, payable=3_000 - first)
    approved(ada, lines=[{"quantity": 6}])
    paid(double, stripe_batch(now=NEXT_PAYDAY, execution_date=IN_AUGUST), now=NEXT_PAYDAY)
    assert double.stats()["net"] == 3_000 + 6_000
    assert_balances(ada.pk)


def test_d6_28_a_late_cost_moves_the_difference_and_after_the_hold_makes_a_row_of_its_own():
    affiliate = on_actual_margin()
    commission = accrued(affiliate, lines=[{"quantity": 2}])  # 20 % of 2 x 60.00.
    line = of(commission).lines.get()

    correct(of(commission), line, 4_500, day=1)
    cost_corrections.apply_pending(now=NOW)
    assert_balances(affiliate.pk, pending=2_200)
    commissions.approve_due(now=AFTER_HOLD)
    correct(of(commission), line, 5_500, day=2)
    cost_corrections.apply_pending(now=AFTER_HOLD)

    changes = Adjustment.objects.order_by("pk").values_list("amount_minor", "is_payable")
    assert list(changes) == [(-200, False), (-400, True)]
    commission.refresh_from_db()
    assert commission.amount_minor == 2_400  # Never edited.
    assert_balances(affiliate.pk, payable=1_800)
