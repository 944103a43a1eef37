"""Parallel orders against one cap and one budget: together they never pass it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from affiliates.models import Programme
from payouts.models import Adjustment, Commission, Meter
from payouts.services import accruals, checks, cost_corrections
from tests.builders import NOW, make_affiliate, make_credit, make_group, make_screening
from tests.payouts.test_cost_corrections import correct
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
LATER = NOW + timedelta(minutes=1)


def budget(minor):
    programme = Programme.get()
    programme.month_budget_minor = minor
    programme.save()


def amounts(affiliate=None):
    rows = Commission.objects.filter(affiliate=affiliate) if affiliate else Commission.objects
    return sum(rows.values_list("amount_minor", flat=True))


def test_20_workers_with_one_credit_each_never_pass_cap_or_budget():
    budget(6_300)
    group = make_group(slug="capped", terms={"rules": {"month_cap_minor": 4_100}})
    people = [make_affiliate(group=group) for _ in range(2)]
    for number in range(24):
        make_screening(make_credit(people[number % 2]))

    answers = at_once(24, lambda _number: accruals.accrue_pending(now=NOW, limit=1))
    accruals.accrue_pending(now=NOW)

    assert not raised(answers)
    assert amounts() == 6_300
    assert all(amounts(one) <= 4_100 for one in people)
    assert Meter.objects.get(affiliate=None).taken_minor == 6_300
    assert checks.check() == []


def test_costs_that_fall_while_orders_earn_never_pass_cap_or_budget():
    budget(7_900)
    group = make_group(slug="real", terms={"basis": "actual", "rules": {"month_cap_minor": 4_700}})
    people = [make_affiliate(group=group) for _ in range(2)]
    earlier = [make_credit(people[number % 2]) for number in range(4)]  # EUR 12.00 each.
    for credit in earlier:
        make_screening(credit)
    accruals.accrue_pending(now=NOW)
    for number in range(6):
        make_screening(make_credit(people[number % 2]))
    for credit in earlier:
        correct(credit.order, credit.order.lines.get(), 0)  # 20.00, if there is room for it.

    def work(number):
        if number % 2:
            accruals.accrue_pending(now=LATER, limit=1)
        else:
            cost_corrections.apply_pending(now=LATER, limit=1)

    answers = at_once(16, work)
    for _ in range(8):
        work(0)
        work(1)

    assert not raised(answers)
    assert total() == 7_900
    assert all(total(one) <= 4_700 for one in people)
    assert Meter.objects.get(affiliate=None).taken_minor == 7_900
    assert Adjustment.objects.filter(reason="cost_corrected").count() == 4
    assert checks.check() == []


def total(affiliate=None):
    rows = Adjustment.objects.filter(affiliate=affiliate) if affiliate else Adjustment.objects
    return amounts(affiliate) + sum(rows.values_list("amount_minor", flat=True))


def test_a_budget_that_is_set_while_orders_earn_counts_them_all():
    credits = [make_credit() for _ in range(6)]
    make_screening(credits[0])
    Programme.get()

    def slow():
        """Earn without a budget, and stay in the transaction for a while."""
        with transaction.atomic():
            accruals.accrue_pending(now=NOW)
            started.set()
            assert go_on.wait(timeout=30)
        connection.close()

    started, go_on = Event(), Event()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow)
        assert started.wait(timeout=30)
        budget(1_400)
        for credit in credits[1:]:
            make_screening(credit)

        def others():
            accruals.accrue_pending(now=LATER)
            connection.close()

        second = pool.submit(others)
        go_on.set()
        first.result(timeout=60)
        second.result(timeout=60)

    assert amounts() == 1_400
    assert checks.check() == []
