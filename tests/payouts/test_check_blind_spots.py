"""What check_ledger sees although every total agrees, and what it must not complain about."""

import random
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from core import audit
from core.errors import DomainError
from payouts.models import Adjustment, Batch, Commission, LedgerCheck
from payouts.services import accruals, batches, checks, commissions, costs, returns
from payouts.services.adjustments import book
from shop.models import BandAssignment, Order, OrderLine, ProductCost
from tests.builders import (
    LONG_AGO,
    NOW,
    make_affiliate,
    make_attribution,
    make_band,
    make_credit,
    make_order,
    make_payee,
    make_product,
    make_return,
    make_screening,
    make_user,
)
from tests.payouts.paydays import (
    NEXT_PAYDAY,
    PAYDAY,
    WHY,
    approve,
    approved_batch,
    finance,
    make_debtor,
    make_due,
    prepared,
    sent_batch,
    take_back,
)
from tests.payouts.stories import accrued

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def found(**given):
    return {difference.check for difference in checks.check(**given)}


@pytest.fixture
def tamper(as_superuser):
    """Write to the tables as the superuser can: with the triggers off."""

    def write(sql):
        with as_superuser() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql)
            cursor.execute("SET session_replication_role = DEFAULT")

    return write


def forge(commission, **overrides):
    """Book an adjustment with its transfer, as whoever holds the application role can."""
    fields = {
        "affiliate_id": commission.affiliate_id,
        "commission": commission,
        "amount_minor": 9_000,
        "currency": "EUR",
        "reason": "correction",
        "is_payable": True,
        "source_key": "forged",
        "effective_at": NOW,
        "created_at": NOW,
        **overrides,
    }
    book([Adjustment(**fields)], {commission.pk: commission}, now=NOW)


def test_an_adjustment_without_cause():
    commission = make_due().commissions.get()
    forge(commission)

    assert found() == {"adjustment without cause"}


def test_an_adjustment_about_a_line_of_another_order():
    commission = make_due().commissions.get()
    other = accrued().credit.order.lines.get()
    forge(commission, order_line=other)

    assert found() == {"adjustment without cause"}


def test_an_adjustment_that_a_person_wrote_has_a_cause():
    forge(make_due().commissions.get(), author=make_user())

    assert found() == set()


def test_an_adjustment_of_a_line_that_is_not_its_target():
    commission = make_due().commissions.get()
    forge(commission, order_line=commission.credit.order.lines.get())

    [difference] = checks.check()

    assert difference.check == "line after returns"
    assert (difference.expected, difference.found) == ("5000", "14000")


def test_a_line_of_a_payout_that_left_and_is_due_again(tamper):
    make_due()
    sent_batch()
    tamper("UPDATE payouts_itemline SET released_at = now()")

    assert {"due by lines", "released line"} <= found()


def test_a_debt_that_is_due_a_second_time(tamper):
    ada = make_due()
    take_back(ada, units=1, now=PAYDAY - timedelta(hours=1))
    sent_batch()
    tamper("UPDATE payouts_itemline SET released_at = now() WHERE adjustment_id IS NOT NULL")

    assert found() == {"due by lines", "released line"}


def test_a_line_that_a_released_payout_keeps_to_itself(tamper):
    make_due()
    batch = approved_batch()
    batches.cancel(batch_id=batch.pk, actor_id=finance().pk, reason=WHY, now=PAYDAY)
    tamper("UPDATE payouts_itemline SET released_at = NULL")

    assert found() == {"due by lines", "released line"}


def test_a_payout_of_more_than_its_commission(tamper):
    make_due()
    batch = approved_batch()
    for table in ("item", "itemline"):
        tamper(f"UPDATE payouts_{table} SET amount_minor = 500000")
    tamper("UPDATE payouts_batch SET total_minor = 500000")

    assert "payout line amount" in found()
    assert Batch.objects.get() == batch


def test_a_hold_that_nobody_ended():
    commission = accrued()
    Commission.objects.filter(pk=commission.pk).update(hold_until=NOW)
    commissions.approve_due(now=NOW + timedelta(minutes=1))

    [difference] = checks.check()

    assert difference.check == "hold ended early"
    assert difference.subject == f"commission {commission.pk}"


def test_a_hold_that_a_person_ended_for_a_reason():
    commissions.release_early(
        commission_id=accrued().pk, actor_id=make_user().pk, reason="A fair.", now=NOW
    )

    assert found() == set()


def test_an_audit_trail_that_lost_its_end(tamper):
    commission = accrued()
    for _each in range(3):
        entry = audit.record(actor=make_user(), verb="x", subject=commission, at=NOW)
    assert checks.run(now=NOW).agrees
    tamper(f"DELETE FROM core_auditentry WHERE id = {entry.pk}")

    [difference] = checks.check()
    audit.record(actor=make_user(), verb="y", subject=commission, at=NOW)

    assert (difference.check, difference.subject) == ("audit trail", f"entry {entry.pk}")
    assert not checks.run(now=NOW).agrees
    assert found() == {"audit trail"}


def test_an_audit_trail_that_was_written_anew(tamper):
    entry = audit.record(actor=None, verb="x", subject=accrued(), at=NOW, reason="true")
    assert checks.run(now=NOW).agrees
    entry.reason = "false"
    tamper(
        f"UPDATE core_auditentry SET reason = 'false', hash = '{audit.entry_hash(entry)}'"
        f" WHERE id = {entry.pk}"
    )

    assert found() == {"audit trail"}


def test_a_check_is_kept_as_it_was():
    checks.run(now=NOW)

    for sql in ("UPDATE payouts_ledgercheck SET differences = '[]'",
                "DELETE FROM payouts_ledgercheck"):  # fmt: skip
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(sql)

    assert LedgerCheck.objects.get().agrees


def waiting_return():
    commission = accrued()
    return make_return(commission.credit.order, received_at=NOW)


WAITING = {
    "orders without attribution": lambda: make_order(placed_at=NOW, received_at=NOW),
    "credits without screening": lambda: make_credit(created_at=NOW),
    "screenings without commission": lambda: make_screening(make_credit(), screened_at=NOW),
    "returned lines without adjustment": waiting_return,
}


@pytest.mark.parametrize("what", WAITING)
def test_a_fact_that_nobody_pulled_for_a_day(what):
    WAITING[what]()
    day = timedelta(days=1)

    assert found() == found(now=NOW + day) == set()
    [difference] = checks.check(now=NOW + day + timedelta(seconds=1))

    assert (difference.check, difference.subject) == ("left behind", what)
    assert difference.found.startswith("1, the first is ")
    assert not checks.run(now=NOW + 2 * day).agrees


def test_what_was_pulled_or_is_still_to_come_is_not_left_behind():
    make_attribution()
    waiting_return()
    make_return(make_attribution().order, received_at=NOW)  # Nobody earns by it.
    returns.apply_pending(now=NOW)
    make_order(placed_at=NEXT_PAYDAY, received_at=NOW)

    assert found(now=PAYDAY) <= set()


class Shop:
    """Random but repeatable acts of customers, time and finance."""

    def __init__(self, seed):
        self.chance, self.now = random.Random(seed), NOW
        self.affiliates = [make_affiliate(), make_affiliate()]
        for affiliate in self.affiliates:
            make_payee(affiliate)
        make_debtor()
        self.people = [finance() for _each in range(3)]

    def order(self):
        lines = [
            {"product": make_product(cost_minor=self.chance.choice([None, 4_000, 4_000])),
             "quantity": self.chance.randint(1, 4), "net_minor": self.chance.randint(0, 50_000)}
            for _each in range(self.chance.randint(1, 3))
        ]  # fmt: skip
        placed = make_order(lines=lines, placed_at=self.now, received_at=self.now)
        make_screening(make_credit(self.chance.choice(self.affiliates), placed))
        accruals.accrue_pending(now=self.now)

    def come_back(self):
        for order in Order.objects.order_by("pk"):
            left = {
                line: line.quantity - sum(line.returned.values_list("quantity", flat=True))
                for line in order.lines.order_by("pk")
            }
            some = {line: self.chance.randint(1, n) for line, n in left.items() if n}
            if some and self.chance.random() < 0.4:
                make_return(order, quantities=some, returned_at=self.now, received_at=self.now)
        if self.chance.random() < 0.6:
            returns.apply_pending(now=self.now)

    def find_cost(self):
        line = OrderLine.objects.filter(unit_cost_minor=None).order_by("pk").first()
        if line and line.product:
            ProductCost.objects.create(
                product=line.product, unit_cost_minor=4_000, valid_from=LONG_AGO
            )
            OrderLine.objects.filter(pk=line.pk).update(
                unit_cost_minor=4_000, cost_source="catalogue"
            )
            BandAssignment.objects.create(
                product=line.product,
                band=make_band(6_000),
                list_price_minor=10_000,
                valid_from=LONG_AGO,
            )
            costs.complete_pending(now=self.now)

    def approve_due(self):
        commissions.approve_due(now=self.now)

    def pay(self):
        try:
            with transaction.atomic():
                maker, checker, third = self.people
                day = {"now": self.now, "execution_date": self.now.date()}
                batch = prepared(maker=maker, **day)
                batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=self.now)
                approve(batch, checker, now=self.now)
                end = self.chance.choice(["send", "refuse", "cancel"])
                if end == "cancel":
                    batches.cancel(batch_id=batch.pk, actor_id=third.pk, reason=WHY, now=self.now)
                    return
                batches.make_file(batch_id=batch.pk, actor_id=checker.pk, now=self.now)
                if end == "send":
                    batches.mark_sent(batch_id=batch.pk, actor_id=checker.pk, now=self.now)
                else:
                    batches.file_refused(
                        batch_id=batch.pk, actor_id=third.pk, reason=WHY, now=self.now
                    )
        except DomainError:
            pass  # Nobody is due anything today.


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_the_services_do_is_a_difference(seed):
    shop = Shop(seed)
    acts = [
        *[shop.order, shop.come_back, shop.find_cost, shop.approve_due, shop.pay] * 2,
        shop.order,
    ]

    for _each in range(30):
        shop.now += timedelta(hours=shop.chance.randint(1, 240))
        shop.chance.choice(acts)()
        assert [str(difference) for difference in checks.check()] == []

    assert Commission.objects.exists()
