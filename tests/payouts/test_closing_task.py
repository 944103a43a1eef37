"""The nightly comparison, as the clock calls it."""

import pytest

from payouts.models import Reconciliation
from payouts.tasks import reconcile_nightly
from tests.payouts.test_closing_reconciliation import bank_file, entry

pytestmark = pytest.mark.django_db


def test_the_night_compares_and_says_how_much_differs(settings):
    settings.STRIPE_SECRET_KEY = ""
    entry(bank_file("camt.054"), -1_234)

    assert reconcile_nightly() == 1

    done = Reconciliation.objects.get()
    assert (done.by, done.compared["sides"]["stripe"]) == (None, "unused")
