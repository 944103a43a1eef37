"""Payouts that are scheduled are told, and so is what does not leave after all (L23)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import Delivery, User
from payouts.models import Item, ItemStatus
from payouts.services import batches, holds
from portal.letters import scheduled_payouts
from portal.letters.telling import tell_each
from tests.builders import make_affiliate, make_user
from tests.payouts.paydays import (
    EXECUTION,
    PAYDAY,
    WHY,
    approved_batch,
    finance,
    item_of,
    make_due,
    make_employee_due,
    sent_batch,
    submitted,
)

pytestmark = pytest.mark.django_db


def due(language="en", **overrides):
    return make_due(affiliate=make_affiliate(user=make_user(language=language), **overrides))


def tell(later=timedelta(0)):
    return scheduled_payouts.tell(now=PAYDAY + later)


def mails():
    return list(Delivery.objects.filter(kind="payout_scheduled").order_by("pk"))


def cancel(batch):
    batches.cancel(batch_id=batch.pk, actor_id=finance().pk, reason=WHY, now=PAYDAY)


def test_an_approved_payout_is_told_once_to_its_payee():
    ada = due()
    item = item_of(approved_batch(), ada)

    assert [tell(timedelta(hours=n)) for n in (0, 1)] == [1, 0]

    (mail,) = mails()
    assert mail.subject == "Your payout of €50.00 is scheduled"
    assert (
        f"€50.00 leaves on 20 July 2026 for your account ending in {item.iban_last4}." in mail.body
    )
    assert f"/portal/payouts/{item.public_id}/" in mail.body
    assert ada.payee.iban not in mail.body


def test_it_is_told_in_the_language_of_the_payee():
    due("fr")
    approved_batch()
    tell()

    assert "20 juillet 2026" in mails()[0].body


def test_wages_are_told_with_their_month():
    make_employee_due(user=make_user(language="en"))
    approved_batch(rail="payroll")
    tell()

    assert "is paid with your salary of July 2026" in mails()[0].body


def test_what_waits_for_a_yes_leaves_today_or_left_is_not_told():
    due()
    batch = submitted()
    assert tell() == 0
    batches.send_back(batch_id=batch.pk, actor_id=finance().pk, reason=WHY, now=PAYDAY)
    cancel(batch)

    approved_batch(execution_date=EXECUTION)
    assert scheduled_payouts.tell(now=PAYDAY.replace(month=7, day=20)) == 0
    assert mails() == []


def test_what_left_before_it_was_told_is_not_told():
    due()
    sent_batch()

    assert tell() == 0


def test_what_is_held_is_not_told_before_it_is_let_go():
    ada = due()
    approved_batch()
    hold = holds.hold_payee(
        affiliate_id=ada.pk, reason=WHY, until=None, actor_id=finance().pk, now=PAYDAY
    )
    assert tell(timedelta(minutes=1)) == 0

    holds.release(hold_id=hold.pk, reason=WHY, actor_id=finance().pk, now=PAYDAY)
    assert tell(timedelta(minutes=2)) == 1


def test_what_was_told_and_does_not_leave_is_told_once():
    ada = due()
    batch = approved_batch()
    tell()
    cancel(batch)

    assert [tell(timedelta(hours=n)) for n in (1, 2)] == [1, 0]

    mail = mails()[-1]
    assert mail.subject == "Your payout of €50.00 does not leave as scheduled"
    assert "It does not leave then." in mail.body
    assert "/portal/payouts/" in mail.body
    assert Item.objects.get(affiliate=ada).status == ItemStatus.RELEASED


def test_what_was_never_told_is_not_called_off():
    due()
    cancel(approved_batch())

    assert tell() == 0


def test_one_bad_row_is_logged_undone_and_stops_no_other(caplog):
    def write(number):
        make_user(email=f"{number}@example.com")
        if number == 2:
            raise ValueError

    assert tell_each([1, 2, 3], write, "payout") == 2

    assert "Not told: payout 2" in caplog.text
    assert set(User.objects.values_list("email", flat=True)) == {"1@example.com", "3@example.com"}
