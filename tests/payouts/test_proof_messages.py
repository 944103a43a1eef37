"""What Stripe's messages do to a batch, and what is none (D6 9, 18, 20; ST24 to ST29)."""

import pytest

from payouts.models import Commission, ItemReturn, StripeAccount, StripeEvent
from tests.doubles.stripe.world import W
from tests.payouts import stripe_world
from tests.payouts.paydays import LATER, MUCH_LATER, item_of
from tests.payouts.stories import assert_balances
from tests.payouts.stripe_world import make_stripe_due, run, started, stripe_batch
from tests.payouts.test_stripe_events import SNAPSHOT, reverse, sent
from tests.payouts.test_stripe_events import mailbox as mailbox

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = pytest.mark.django_db


def asked_for(destination):
    """How often the double was asked to pay an account."""
    return sum(
        one["m"] == "POST" and one["path"] == "/v1/transfers"
        and one["p"].get("destination") == destination
        for one in W.log
    )  # fmt: skip


def test_d6_9_who_is_restricted_after_the_approval_is_skipped_and_paid_once_it_is_lifted(
    double, mailbox
):
    ada, ines = make_stripe_due(double, count=2)
    account = ada.stripe_account.account
    batch = stripe_batch()
    double.ctl(f"accounts/{account}/restrict")
    mailbox.deliver()
    mailbox.work_off(LATER)

    batch = run(double, started(double, batch))

    skipped = item_of(batch, ada)
    assert (batch.status, skipped.status) == ("done_with_exceptions", "released")
    assert (asked_for(account), skipped.idempotency_key) == (0, "")
    assert item_of(batch, ines).status == "sent"
    assert ada.commissions.get().status == "approved"
    assert_balances(ada.pk, payable=5_000)
    double.ctl(f"accounts/{account}/onboard")
    mailbox.deliver()
    mailbox.work_off(MUCH_LATER)
    again = stripe_batch(now=MUCH_LATER)
    again = run(double, started(double, again, now=MUCH_LATER), now=MUCH_LATER)
    assert double.sent() == {item_of(again, ada).pk: 5_000, item_of(batch, ines).pk: 5_000}
    assert set(Commission.objects.values_list("status", flat=True)) == {"paid"}
    assert_balances(ada.pk)


def test_d6_18_the_last_message_first_leads_to_the_same(double, mailbox):
    ada, item = sent(double)
    reverse(double, item, 1_000)
    reverse(double, item, 2_000)
    double.ctl(f"accounts/{item.stripe_account}/restrict")

    for event in reversed(mailbox.events()):
        assert mailbox.post(event).status_code == 200
        mailbox.work_off()

    item.refresh_from_db()
    assert (item.status, ItemReturn.objects.count()) == ("sent", 2)
    assert StripeAccount.objects.get().capability == "restricted"
    assert_balances(ada.pk, payable=3_000)


def test_d6_20_a_thin_message_at_the_address_of_the_others_is_refused_and_not_kept(double, mailbox):
    _ada, item = sent(double)
    double.ctl(f"accounts/{item.stripe_account}/restrict")
    thin = next(one for one in mailbox.events() if one["object"] == "v2.core.event")

    assert mailbox.post(thin, path=SNAPSHOT).status_code == 400

    assert not StripeEvent.objects.exists()
    assert mailbox.post(thin).status_code == 200
