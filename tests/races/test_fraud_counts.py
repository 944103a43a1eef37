"""Counting and observing at the same moment, many times: everything once."""

from datetime import timedelta
from uuid import UUID

import pytest

from fraud.models import Case, CaseCredit, Observation, Progress, SalesDay, TrafficDay
from fraud.services import counting, observing
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_credit,
    make_link,
    make_payee,
    make_screening,
)
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_visits_and_sales_counted_by_many_are_counted_once():
    link = make_link()
    for hours in range(30):
        make_click(link, visitor=UUID(int=hours + 1), clicked_at=NOW - timedelta(hours=5 + hours))
    for _ in range(5):
        make_credit(link.affiliate)

    def count(number):
        counting.count_visits(now=NOW)
        return counting.count_sales(now=NOW + timedelta(seconds=1 + number % 2))

    assert not raised(at_once(6, count))
    assert sum(TrafficDay.objects.values_list("clicks", flat=True)) == 30
    assert sum(SalesDay.objects.values_list("orders", flat=True)) == 5
    assert Progress.objects.count() == 2


def test_many_looks_at_once_keep_one_observation_and_one_case():
    ann, bob = make_affiliate(), make_affiliate(status="closed")
    make_payee(ann)
    make_payee(bob)
    make_screening(make_credit(ann))
    counting.count_sales(now=NOW + timedelta(seconds=1))

    answers = at_once(6, lambda _number: observing.observe(now=NOW + timedelta(seconds=2)))

    assert not raised(answers)
    assert Observation.objects.get().code == "shared_identity"
    assert Case.objects.get().holds_account
    assert CaseCredit.objects.count() == 1
