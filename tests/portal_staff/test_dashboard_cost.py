"""The commission cost of a period counts what stands beside any sale, too."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core.money import Money
from payouts.services import proposals
from portal.date_range import DateRange
from portal.queries.staff_program import tiles
from tests.builders import NOW, make_user
from tests.payouts.stories import accrued, euros
from tests.people import make_ada

pytestmark = pytest.mark.django_db
JUNE = DateRange("custom", date(2026, 6, 1), date(2026, 6, 30))


def book(affiliate, minor, key, *, now=NOW, currency="EUR", reason="goodwill", **of):
    proposals.propose(
        affiliate_id=affiliate.pk, amount=Money(minor, currency), reason=reason, text="So",
        source_key=key, author_id=make_user().pk, now=now, **of,
    )  # fmt: skip


def test_what_is_beside_any_sale_counts_in_the_period_of_its_booking():
    ada = make_ada()
    accrued(ada)  # EUR 10.00.
    book(ada, 500, "june")
    book(ada, 70, "july", now=NOW + timedelta(days=30))
    book(ada, 200, "may", now=NOW - timedelta(days=30))
    book(ada, 900, "dollars", currency="USD")

    found = tiles(JUNE, "EUR")

    assert found.cost == euros(1_500)
    assert found.cost_change_bps == 65_000  # From 2.00 to 15.00.


def test_what_a_person_adds_to_a_refused_sale_is_a_cost():
    refused = accrued(decision="refuse")
    assert tiles(JUNE, "EUR").cost == euros(0)

    book(refused.affiliate, 300, "claim", reason="claim", commission_id=refused.pk)

    assert tiles(JUNE, "EUR").cost == euros(300)


def test_the_dashboard_defines_it(sam):
    page = sam.get(reverse("portal:manage-home")).content.decode()
    assert "claims beside any sale that were booked in the period" in page
