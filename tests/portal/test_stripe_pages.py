"""A payee opens an account at Stripe, goes there and comes back; finance watches a batch."""

import pytest
from django.urls import reverse

from core.models import AuditEntry
from payouts.models import Item, StripeAccount
from payouts.services import executing, stripe_unknown
from payouts.services.items import FourEyesRefused
from payouts.services.stripe_unknown import Decision
from tests.builders import make_affiliate, make_user
from tests.payouts.paydays import LATER, finance
from tests.payouts.stories import assert_balances
from tests.payouts.stripe_world import (
    _stripe_server as _stripe_server,
)
from tests.payouts.stripe_world import (
    double as double,
)
from tests.payouts.stripe_world import (
    make_stripe_due,
    run,
    started,
    stripe_batch,
)
from tests.people import make_fin
from tests.portal.proving import proved

pytestmark = pytest.mark.django_db
HOUR_25 = executing.KEY_LIVES + executing.KEY_LIVES // 10


@pytest.fixture
def person(client, settings):
    settings.ON_THIS_MACHINE = True
    settings.SECURE_SSL_REDIRECT = False
    person = make_user()
    make_affiliate(user=person)
    client.force_login(person)
    client.headers = {"accept-language": "en"}
    return person


def page(client, address="/portal/payee/"):
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_stripe_there_is_no_card_and_no_way(client, person):
    assert "Stripe" not in page(client)
    assert client.post("/portal/payee/stripe/open/").status_code == 404
    assert client.get("/portal/payee/stripe/forms/").status_code == 404


def test_st1_a_payee_opens_one_account_and_goes_to_stripes_own_forms(client, person, double):
    assert "Open an account at Stripe" in page(client)

    for _click in range(2):
        assert client.post("/portal/payee/stripe/open/").status_code == 302
    there = client.get("/portal/payee/stripe/forms/")

    account = StripeAccount.objects.get()
    assert there["Location"].startswith(f"https://accounts.stripe.test/r/{account.account}")
    assert account.capability == "restricted"
    assert "Go on at Stripe" in page(client)
    assert AuditEntry.objects.filter(verb="stripe.account_opened").count() == 1
    double.ctl(f"accounts/{account.account}/onboard")
    assert client.get("/portal/payee/stripe/back/").status_code == 302
    account.refresh_from_db()
    assert account.capability == "active"
    assert (account.last4, "•••• 3000" in page(client)) == ("3000", True)


def test_a_session_alone_leads_no_money_to_another_account(client, person, double, settings):
    settings.ON_THIS_MACHINE = False
    assert client.post("/portal/payee/stripe/open/")["Location"].startswith("/account/reauth")

    person.set_unusable_password()
    person.save(update_fields=["password"])
    proved(client, person, "code", ago=3_600)
    assert client.post("/portal/payee/stripe/open/").status_code == 403
    assert client.get("/portal/payee/stripe/forms/").status_code == 403
    assert not StripeAccount.objects.exists()

    proved(client, person, "code")
    assert client.post("/portal/payee/stripe/open/").status_code == 302
    assert StripeAccount.objects.exists()


def test_st2_a_country_that_stripe_does_not_reach_is_told_so(client, person, double):
    person.memberships.get().affiliate.__class__.objects.update(country="BR")

    assert "Stripe cannot pay into your country" in page(client)
    client.post("/portal/payee/stripe/open/")

    assert not StripeAccount.objects.exists()


def test_a_session_that_is_not_fresh_proves_itself_first(client, person, double, settings):
    settings.ON_THIS_MACHINE = False
    session = client.session
    session["account_authentication_methods"] = []
    session.save()

    answer = client.post("/portal/payee/stripe/open/", secure=True)

    assert "reauthenticate" in answer["Location"]
    assert not StripeAccount.objects.exists()


@pytest.mark.parametrize("name", ["stripe-forms", "stripe-back", "stripe-open"])
def test_strangers_and_staff_stay_outside(client, double, name):
    address = reverse(f"portal:{name}")
    act = client.post if name == "stripe-open" else client.get
    assert act(address, secure=True)["Location"].startswith("/account/login/")
    client.force_login(make_fin())
    assert act(address, secure=True).status_code == 403


def test_finance_begins_a_batch_and_watches_it(client, double, settings):
    settings.SECURE_SSL_REDIRECT = False
    make_stripe_due(double, count=2)
    batch = stripe_batch()
    client.force_login(make_fin())
    address = f"/finance/batches/{batch.public_id}/"
    assert "Begin now" in page(client, address)

    client.post(f"{address}stripe/start/")
    assert "0 of 2" in page(client, f"{address}stripe/watch/")
    run(double, batch, now=LATER)

    assert "2 of 2" in page(client, f"{address}stripe/watch/")
    assert "Payments that Stripe made" in page(client, address)


def unknown(double):
    make_stripe_due(double)
    batch = started(double)
    executing.claim(batch_id=batch.pk, limit=1, now=LATER)
    run(double, batch, now=LATER + HOUR_25)
    return Item.objects.get()


def decide(double, item, person, decision):
    return stripe_unknown.decide(
        item_id=item.pk,
        decision=decision,
        actor_id=person.pk,
        reason="Not in the list",
        now=LATER + HOUR_25,
        rail=double.rail,
    )


def test_st18_two_people_let_an_unknown_payout_go_again(double):
    item, first, second = unknown(double), finance(), finance()
    assert item.status == "unknown"

    decide(double, item, first, Decision.AGAIN)
    with pytest.raises(FourEyesRefused):
        decide(double, item, first, Decision.AGAIN)
    again = decide(double, item, second, Decision.AGAIN)

    assert (again.status, again.attempt, again.idempotency_key) == ("sending", 2, "")
    batch = run(double, item.batch, now=LATER + HOUR_25)
    assert (batch.status, double.stats()["transfers"]) == ("done", 1)
    assert Item.objects.get().idempotency_key == f"item-{item.pk}-2"


def test_st18_two_people_give_an_unknown_payout_up(double):
    item = unknown(double)

    decide(double, item, finance(), Decision.RELEASE)
    given_up = decide(double, item, finance(), Decision.RELEASE)

    assert given_up.status == "released"
    item.batch.refresh_from_db()
    assert item.batch.status == "done_with_exceptions"
    assert_balances(item.affiliate_id, payable=5_000)


def test_st18_what_stripe_lists_by_then_is_adopted(double):
    item = unknown(double)
    double.rail.send(executing.order_of(item, item.batch))

    found = decide(double, item, finance(), Decision.AGAIN)

    assert (found.status, double.stats()["transfers"]) == ("sent", 1)
    item.batch.refresh_from_db()
    assert item.batch.status == "done"


def test_st18_the_page_shows_what_one_person_asked_for(client, double, settings):
    settings.SECURE_SSL_REDIRECT = False
    item = unknown(double)
    client.force_login(make_fin())
    address = f"/finance/batches/{item.batch.public_id}/"
    assert "Nobody knows whether this payment left" in page(client, address)

    client.post(
        f"{address}stripe/{item.public_id}/decide/", {"decision": "release", "reason": "Gone"}
    )

    assert "asks to give it up: Gone" in page(client, address)
