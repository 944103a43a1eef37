"""Balances as of one moment and as known at another (CL1, CL2; D6 29)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payouts.models import Transfer
from payouts.queries.as_of import balances_as_of, by_column, movements_between
from payouts.queries.balances import balances
from payouts.services.ledger import EXPENSE, account_of
from tests.builders import make_affiliate
from tests.payouts.closing_months import IN_JUNE, IN_MAY, JUNE_BEGINS, SIXTH_OF_JUNE, earn
from tests.payouts.paydays import PAYDAY, make_due, sent_batch

pytestmark = pytest.mark.django_db
BASE = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_month_as_known_on_a_day_stays_what_it_was_after_a_late_fact():
    affiliate = make_affiliate()
    pending = account_of(affiliate.pk, "pending")
    earn(affiliate, 1_000, key="commission:1:accrued", effective_at=IN_MAY)
    before = balances_as_of(before=JUNE_BEGINS, known_at=SIXTH_OF_JUNE)

    earn(affiliate, 250, key="commission:2:accrued", effective_at=IN_MAY, now=IN_JUNE)

    assert before == {(EXPENSE, "EUR"): -1_000, (pending, "EUR"): 1_000}
    assert balances_as_of(before=JUNE_BEGINS, known_at=SIXTH_OF_JUNE) == before
    assert balances_as_of(before=JUNE_BEGINS, codes=[pending]) == {(pending, "EUR"): 1_250}
    assert balances_as_of(before=IN_MAY, codes=[pending]) == {}


def test_one_query_for_every_account(django_assert_num_queries):
    earn(make_affiliate(), 1_000, key="a", effective_at=IN_MAY)
    earn(make_affiliate(), 2_000, key="b", effective_at=IN_MAY, currency="GBP")

    with django_assert_num_queries(1):
        found = balances_as_of(before=JUNE_BEGINS)

    assert by_column(found) == {
        (EXPENSE, "EUR"): -1_000, (EXPENSE, "GBP"): -2_000,
        ("affiliate:pending", "EUR"): 1_000, ("affiliate:pending", "GBP"): 2_000,
    }  # fmt: skip


def test_movements_are_counted_by_kind_in_a_half_open_period():
    affiliate = make_affiliate()
    earn(affiliate, 1_000, key="a", effective_at=IN_MAY)
    earn(affiliate, 2_000, key="b", effective_at=JUNE_BEGINS)

    found = movements_between(since=JUNE_BEGINS, before=IN_JUNE)

    assert found == {("accrued", "EUR"): (1, 2_000)}


def test_what_was_paid_is_as_of_the_moment_too():
    affiliate = make_due()
    sent_batch()

    assert balances(affiliate.pk, "EUR", at=PAYDAY).paid.minor == 0
    assert balances(affiliate.pk, "EUR", at=PAYDAY + timedelta(seconds=1)).paid.minor == 5_000


FACT = st.tuples(st.integers(1, 10_000), st.integers(0, 60), st.integers(0, 60))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.lists(FACT, max_size=8), day=st.integers(0, 70), known=st.integers(0, 130))
def test_any_cut_through_both_times_is_the_sum_of_its_transfers(facts, day, known):
    Transfer.objects.exists()
    affiliate = make_affiliate()
    stamp = affiliate.pk
    for number, (minor, at, later) in enumerate(facts):
        effective = BASE + timedelta(days=at)
        earn(affiliate, minor, key=f"property:{stamp}:{number}", effective_at=effective,
             now=effective + timedelta(days=later))  # fmt: skip
    before, known_at = BASE + timedelta(days=day), BASE + timedelta(days=known)

    found = balances_as_of(before=before, known_at=known_at)

    assert found.get((account_of(affiliate.pk, "pending"), "EUR"), 0) == sum(
        minor for minor, at, later in facts if at < day and at + later <= known
    )
    assert sum(found.values()) == 0
