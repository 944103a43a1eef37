"""Payout control on its pages: approvals, fresh confirmation, the kill switch, exceptions."""

import time
from datetime import timedelta

import pytest
import time_machine
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows import login
from allauth.mfa.models import Authenticator
from django.urls import reverse

from affiliates.models import PayeeChange
from core.models import AuditEntry
from payouts.domain.approval_rules import Rule
from payouts.models import ApprovalLimit, Batch, PayoutException, PayoutStop
from payouts.queries.approval_rules import rules_at
from payouts.queries.exceptions import exceptions
from payouts.services import approval_rules, batches, payout_stops
from tests.payouts.paydays import (
    LATER,
    PAYDAY,
    approve,
    approved_batch,
    finance,
    make_due,
    sent_batch,
    submitted,
    take_back,
)

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _payday():
    with time_machine.travel(LATER, tick=False):
        yield


def page(client, name, *args):
    answer = client.get(reverse(f"portal:{name}", args=args), headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client, name, *args, **fields):
    return client.post(reverse(f"portal:{name}", args=args), fields, headers=ENGLISH, follow=False)


def yes(client, batch, **fields):
    given = {"content_hash": batch.content_hash, "looked_at": [], **fields}
    return post(client, "batch-approve", batch.public_id, **given)


def test_flagged_payments_are_ticked_before_the_yes_and_ticks_are_kept(client, fin):
    make_due()
    make_due()
    batch = submitted()
    first, second = batch.items.order_by("pk")

    yes(client, batch, looked_at=[first.pk], comment="Looks new.")
    shown = page(client, "batch-detail", batch.public_id)

    assert Batch.objects.get().status == "in_review"
    assert "Tick the payment to look at that you did not tick." in shown
    assert f'name="looked_at" value="{first.pk}" form="approve" checked' in shown
    assert f'name="looked_at" value="{second.pk}" form="approve">' in shown
    assert "Looks new." in shown

    yes(client, batch, looked_at=[first.pk, second.pk], comment="Looks new.")

    assert Batch.objects.get().status == "approved"
    assert AuditEntry.objects.get(verb="batch.approved").reason == "Looks new."


def test_the_page_says_how_many_have_to_approve_and_who_has(client, fin):
    begin = approval_rules.propose_rules(
        currency="EUR", rules=[Rule(above_minor=100, people=2)], valid_from=PAYDAY,
        actor_id=finance().pk, now=PAYDAY,
    )  # fmt: skip
    approval_rules.confirm_rules(
        currency="EUR", valid_from=begin, actor_id=finance().pk, now=PAYDAY
    )
    make_due()
    batch = submitted()
    approve(batch, fin)

    shown = page(client, "batch-detail", batch.public_id)

    assert "2 people approve." in shown
    assert "1 more person has to approve." in shown
    assert "You have approved it: another person has to, too." in shown


@pytest.fixture
def strict(settings):
    settings.STAFF_NEED_SECOND_FACTOR, settings.ON_THIS_MACHINE = True, False


def authenticated(client, person, *, kind, ago):
    """As if the person had given a factor so many seconds ago."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "type": kind, "at": time.time() - ago},
    ]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()


@pytest.mark.parametrize(("kind", "way"), [("totp", ""), ("webauthn", "webauthn/")])
@pytest.mark.usefixtures("strict")
def test_p49_without_a_fresh_factor_the_yes_leads_to_it_and_back(client, fin, kind, way):
    Authenticator.objects.create(user=fin, type=kind, data={})
    make_due()
    batch = submitted()
    item = batch.items.get()

    answer = yes(client, batch, looked_at=[item.pk])

    back = reverse("portal:batch-detail", args=[batch.public_id])
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/account/2fa/{way and 'webauthn/'}reauthenticate/?next=")
    assert answer["Location"].replace("%2F", "/").endswith(back)
    assert Batch.objects.get().status == "in_review"
    assert f'value="{item.pk}" form="approve" checked' in client.get(back).content.decode()


@pytest.mark.parametrize(
    ("kind", "ago", "status"),
    [
        ("totp", 299, "approved"),
        ("webauthn", 10, "approved"),
        ("totp", 300, "in_review"),
        ("recovery_codes", 10, "in_review"),
    ],
)
@pytest.mark.usefixtures("strict")
def test_p49_a_factor_of_the_last_five_minutes_suffices(client, fin, kind, ago, status):
    Authenticator.objects.create(user=fin, type="totp", data={})
    make_due()
    batch = submitted()
    authenticated(client, fin, kind=kind, ago=ago)

    yes(client, batch, looked_at=[batch.items.get().pk])

    assert Batch.objects.get().status == status


def test_the_kill_switch_is_seen_on_every_page_of_finance(client, fin):
    make_due()
    batch = approved_batch()
    post(client, "control-stop", reason="Odd amounts.")

    for name in ("finance-home", "batch-list", "control", "exception-list", "checks"):
        assert "stopped them: Odd amounts." in page(client, name), name
    post(client, "batch-file-make", batch.public_id)
    assert Batch.objects.get().status == "approved"
    post(client, "control-resume", reason="All is well.")
    assert PayoutStop.objects.get().ended_at is None

    client.force_login(finance())
    post(client, "control-resume", reason="All is well.")
    assert PayoutStop.objects.get().end_reason == "All is well."
    assert "stopped them:" not in page(client, "finance-home")


def test_the_kill_switch_needs_a_reason(client, fin):
    post(client, "control-stop", reason="")

    assert payout_stops.live_stop() is None


def test_rules_are_proposed_shown_beside_those_of_now_and_confirmed_by_another(client, fin):
    post(
        client, "control-rules-new", first_people="1", second_above="5000", second_people="2",
        third_above="50000", third_people="2", third_owner="on", valid_from="",
    )  # fmt: skip
    shown = page(client, "control")
    assert "Any amount: 1 person approves." in shown
    assert "Above €50,000.00: 2 people approve, an owner among them." in shown
    waiting = approval_rules.ApprovalRule.objects.first().valid_from.isoformat()

    post(client, "control-rules-confirm", valid_from=waiting)
    assert rules_at("EUR", LATER) == []
    client.force_login(finance())
    post(client, "control-rules-confirm", valid_from=waiting)

    assert rules_at("EUR", LATER) == [
        Rule(above_minor=0, people=1),
        Rule(above_minor=500_000, people=2),
        Rule(above_minor=5_000_000, people=2, needs_owner=True),
    ]
    assert "→" in page(client, "control")


def test_rules_that_cannot_hold_are_refused_with_a_sentence(client, fin):
    answer = post(
        client, "control-rules-new", first_people="2", second_above="5000", second_people="1"
    )

    assert answer.status_code == 422
    assert "A larger batch cannot need fewer people" in answer.content.decode()


def test_a_limit_is_proposed_and_confirmed_by_a_third_person(client, fin):
    bound, other = finance(), finance()
    post(client, "control-limit-new", user=bound.pk, daily="1000.50")
    limit = ApprovalLimit.objects.get()
    assert limit.daily_minor == 100_050

    client.force_login(other)
    assert "Waits for another person" in page(client, "control")
    post(client, "control-limit-confirm", limit.pk)

    limit.refresh_from_db()
    assert limit.confirmed_by == other
    assert "Holds" in page(client, "control")


def test_a_batch_is_paused_and_let_go_on_from_its_page(client, fin):
    make_due()
    batch = approved_batch()
    batches.make_file(batch_id=batch.pk, actor_id=fin.pk, now=PAYDAY)

    post(client, "batch-pause", batch.public_id, reason="The bank called.")
    shown = page(client, "batch-detail", batch.public_id)
    assert "The bank called." in shown
    assert "Let it go on" in shown
    post(client, "batch-resume", batch.public_id, reason="Settled.")

    assert Batch.objects.get().status == "executing"
    assert "Mark as sent" in page(client, "batch-detail", batch.public_id)


def keys(now=LATER):
    return [(one.kind, one.affiliate) for one in exceptions(now)]


def test_p48_an_old_debt_is_an_exception_after_ninety_days_and_put_off_with_a_note(client, fin):
    ada = make_due()
    sent_batch()
    take_back(ada, units=5)
    assert keys() == []

    much_later = PAYDAY + timedelta(days=91)
    assert keys(much_later) == [("debt", ada)]
    with time_machine.travel(much_later, tick=False):
        client.force_login(fin)
        assert "below zero for more than 90 days" in page(client, "exception-list")
        until = (much_later + timedelta(days=7)).date().isoformat()
        mind = {"key": f"debt:{ada.pk}", "owner": fin.pk}
        post(client, "exception-mind", **mind, note="", snoozed_until=until)
        assert not PayoutException.objects.exists()
        post(client, "exception-mind", **mind, note="Pays in May.", snoozed_until=until)
        assert "One is put off." in page(client, "exception-list")
        assert ada.name not in page(client, "exception-list")
    assert PayoutException.objects.get().owner == fin
    assert AuditEntry.objects.get(verb="payout_exception.minded").reason == "Pays in May."


def test_p48_a_red_gate_is_an_exception_above_five_hundred_euros(client, fin):
    small, large = make_due(payee=False, units=50), make_due(payee=False, units=51)
    waits = make_due(units=60)
    PayeeChange.objects.create(
        affiliate=waits, kind="account", after="•••• 1", at=PAYDAY,
        cools_until=LATER + timedelta(hours=1),
    )  # fmt: skip

    assert keys() == [("gate", large)]
    assert small.name not in page(client, "exception-list")
    assert "The bank details are missing." in page(client, "exception-list")


def test_p48_a_returned_payment_is_an_exception_until_a_later_one_left(client, fin):
    ada = make_due()
    batch = sent_batch()
    batch.items.update(status="returned")
    assert keys() == [("returned", ada)]
    assert "The payment came back." in page(client, "exception-list")

    make_due(affiliate=ada)
    sent_batch(now=LATER)

    assert keys() == []


def test_an_exception_of_nothing_is_refused(client, fin):
    post(client, "exception-mind", key="house:1", note="x")

    assert not PayoutException.objects.exists()
