"""Payees are asked each January whether their tax profile holds (T21)."""

from datetime import UTC, datetime

import pytest

from affiliates.models import Affiliate, Membership
from affiliates.services import tax, tax_reminders
from core.models import Delivery
from tests.affiliates.tax_world import declare
from tests.builders import make_affiliate, make_user
from tests.people import make_ada, person_of

pytestmark = pytest.mark.django_db
LAST_YEAR = datetime(2026, 6, 1, tzinfo=UTC)
JANUARY = datetime(2027, 1, 4, 9, tzinfo=UTC)
FEBRUARY = datetime(2027, 2, 1, 9, tzinfo=UTC)


def subjects():
    return sorted(Delivery.objects.values_list("recipient", flat=True))


@pytest.fixture
def ada():
    ada = make_ada()
    declare(ada, now=LAST_YEAR)
    Delivery.objects.all().delete()
    return ada


def test_t21_who_sees_the_details_of_the_payee_is_asked_in_january_and_once(ada):
    person, colleague = person_of(ada), make_user(language="fr")
    Membership.objects.create(affiliate=ada, user=colleague, role="accountant")
    Membership.objects.create(affiliate=ada, user=make_user(), role="manager")

    assert tax_reminders.remind(now=datetime(2026, 12, 31, 20, tzinfo=UTC)) == 0
    assert tax_reminders.remind(now=JANUARY) == 1
    assert tax_reminders.remind(now=JANUARY) == 0

    assert subjects() == sorted([person.email, colleague.email])
    assert "before 1 February" in Delivery.objects.get(recipient=person.email).body


def test_t21_who_did_not_answer_is_told_once_more_that_payments_wait(ada):
    tax_reminders.remind(now=JANUARY)

    assert tax_reminders.remind(now=FEBRUARY) == 1
    assert tax_reminders.remind(now=FEBRUARY) == 0

    last = Delivery.objects.order_by("pk").last()
    assert last.key.startswith(f"tax-stale:2027:{ada.pk}:")
    assert "in the way of your payments" in last.body


def test_t21_nobody_is_asked_who_answered_never_declared_or_left(ada):
    make_affiliate()
    tax.confirm(affiliate_id=ada.pk, actor_id=person_of(ada).pk, now=JANUARY)
    assert tax_reminders.remind(now=FEBRUARY) == 0

    Affiliate.objects.filter(pk=ada.pk).update(status="closed")
    assert tax_reminders.remind(now=datetime(2028, 1, 3, tzinfo=UTC)) == 0
    assert subjects() == []
