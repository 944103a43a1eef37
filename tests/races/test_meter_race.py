"""Parallel orders against one cap and one budget: together they never pass it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from affiliates.models import Programme
from payouts.models import Commission, Meter
from payouts.services import accruals, checks
from tests.builders import NOW, make_affiliate, make_credit, make_group, make_screening
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
