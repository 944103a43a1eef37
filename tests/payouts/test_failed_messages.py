"""What failed for good is listed and tried again (P53); since when balances stand (P48)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import deliveries
from core.models import AuditEntry, Delivery
from core.money import Money
from payouts.models import StripeEvent
from payouts.queries.balances import due_since, moved, movements, owing_since
from payouts.queries.exceptions import exceptions
from payouts.services.failed_messages import (
    MessageKind,
    NothingFailed,
    failed_messages,
    try_again,
)
from payouts.services.ledger import EXPENSE, Leg, account_of, post
from tests.builders import NOW, make_affiliate
from tests.payouts.paydays import LATER, finance
from tests.people import make_fin

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_event(**overrides):
    fields = {
        "event": f"evt_{StripeEvent.objects.count()}", "kind": "transfer.created",
        "subject": "tr_1", "received_at": NOW, "attempts": 12, "error": "RailUnavailable",
        **overrides,
    }  # fmt: skip
    return StripeEvent.objects.create(**fields)


def make_mail(**overrides):
    fields = {
        "key": f"statement:{Delivery.objects.count()}", "recipient": "ada@example.org",
        "subject": "Your payment", "body": "…", "status": "failed", "status_changed_at": NOW,
        "next_attempt_at": NOW, "attempts": 8, "error": "SMTPRecipientsRefused 550", **overrides,
    }  # fmt: skip
    return Delivery.objects.create(**fields)


def test_p53_only_what_is_not_tried_any_more_is_listed():
    failed = make_event()
    make_event(attempts=11)
    make_event(handled_at=NOW)
    lost = make_mail(status_changed_at=NOW + DAY)
    make_mail(status="queued")

    assert [(one.kind, one.pk) for one in failed_messages()] == [
        ("stripe", failed.pk), ("mail", lost.pk),
    ]  # fmt: skip


def test_p53_a_mail_that_is_tried_again_leaves():
    lost, person = make_mail(), finance()

    try_again(kind=MessageKind.MAIL, pk=lost.pk, actor_id=person.pk, now=LATER)
    assert deliveries.send_due(now=LATER) == 1

    assert [one.subject for one in mail.outbox] == ["Your payment"]
    assert AuditEntry.objects.get(verb="message.tried_again").actor == person
    with pytest.raises(NothingFailed):
        try_again(kind=MessageKind.MAIL, pk=lost.pk, actor_id=person.pk, now=LATER)


def test_p53_the_page_of_exceptions_tries_a_message_of_stripe_again(client):
    client.force_login(make_fin())
    event, address = make_event(), reverse("portal:exception-list")
    english = {"accept-language": "en"}
    assert "Messages that failed for good" in client.get(address, headers=english).content.decode()

    again = reverse("portal:message-again", args=["stripe", event.pk])
    assert client.post(again).status_code == 302

    event.refresh_from_db()
    assert event.attempts == 0
    page = client.get(address, headers=english).content.decode()
    assert "Messages that failed for good" not in page
    assert client.post(reverse("portal:message-again", args=["fax", 1])).status_code == 404


def move(affiliate, minor, at):
    legs = [
        Leg(debit=EXPENSE, credit=account_of(affiliate.pk, "payable"), amount=Money(minor, "EUR"))
        if minor > 0
        else Leg(debit=account_of(affiliate.pk, "payable"), credit=EXPENSE,
                 amount=Money(-minor, "EUR"))
    ]  # fmt: skip
    post(source_key=f"{affiliate.pk}:{at}", kind="x", legs=legs, effective_at=at, now=NOW)


@pytest.mark.parametrize(
    ("moves", "due", "owing"),
    [
        ([5], 0, None),
        ([-5], None, 0),
        ([5, -5], None, None),
        ([5, -5, 3], 2, None),
        ([5, -9, 2], None, 1),
        ([-5, 2, 2, 1, -1, -1], None, 4),
        ([5, 5, -9, 4], 0, None),
    ],
)
def test_p48_a_balance_stands_on_its_side_since_it_crossed_zero(moves, due, owing):
    affiliate, other = make_affiliate(), make_affiliate()
    move(other, 7, NOW)
    for number, minor in enumerate(moves):
        move(affiliate, minor, NOW + number * DAY)

    assert due_since([affiliate.pk], "EUR").get(affiliate.pk) == (
        None if due is None else NOW + due * DAY
    )
    assert owing_since([affiliate.pk], "EUR").get(affiliate.pk) == (
        None if owing is None else NOW + owing * DAY
    )
    assert owing_since([other.pk], "EUR") == {}
    assert movements(moved(affiliate.pk, "payable", "EUR"))[-1].balance.minor == sum(moves)


def test_p48_debts_are_as_many_queries_for_twenty_as_for_one():
    def asked():
        with CaptureQueriesContext(connection) as queries:
            found = exceptions(NOW + 100 * DAY)
        return len(found), len(queries)

    move(make_affiliate(), -500, NOW)
    one, alone = asked()
    for _number in range(19):
        move(make_affiliate(), -500, NOW)

    assert (one, asked()) == (1, (20, alone))
