"""Batches that wait for a yes: told to whoever may give it, and once more after a day (L18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import staff
from core.letters import Letter, paragraphs, send
from core.models import Delivery, User
from core.money import Money
from core.money_words import money_words
from payouts.domain.approval_rules import exceeds_daily_limit
from payouts.models import Batch, BatchStatus
from payouts.queries.approval_rules import approved_today, daily_limit, lacking, owners
from payouts.queries.approvals import has_approved, why_not_approve

#: How long a batch waits before it is told once more.
REMIND_AFTER = timedelta(hours=24)


def tell(*, now: datetime) -> int:
    """Tell of the batches in review; return how many letters' worth of batches. Safe to repeat.

    Told once for each time that it was submitted, and once more when it waited a day.
    """
    rows = Batch.objects.filter(status=BatchStatus.IN_REVIEW, submitted_at__isnull=False)
    told = 0
    for batch in rows.order_by("pk"):
        is_reminder = batch.submitted_at is not None and now - batch.submitted_at >= REMIND_AFTER
        if not _is_told(batch, is_reminder=is_reminder):
            people = may_approve(batch, now)
            write_to(people, batch, is_reminder=is_reminder, now=now)
            told += bool(people)
    return told


def may_approve(batch: Batch, now: datetime) -> list[User]:
    """Return whose yes ``batch`` waits for: who has not given it, and whose yes would count."""
    missing = lacking(batch, now)
    people = {one.pk: one for one in owners()}
    if not (missing.owner and missing.people == 1):  # Then nobody but an owner helps.
        people |= {one.pk: one for one in staff.of_role("finance")}
    return [
        one
        for one in people.values()
        if not has_approved(batch, one.pk)
        and not why_not_approve(batch, one.pk)
        and not _exceeds_limit(batch, one, now)
    ]


def write_to(people: Sequence[User], batch: Batch, *, is_reminder: bool, now: datetime) -> None:
    """Write to people that a batch waits for them."""
    send(
        people,
        _key(batch, is_reminder=is_reminder),
        lambda person: _letter(person, batch, is_reminder=is_reminder),
        now,
        kind="batch_waiting",
    )


def _letter(person: User, batch: Batch, *, is_reminder: bool) -> Letter:
    subject = (
        _("Still to approve: %(reference)s") if is_reminder else _("To approve: %(reference)s")
    )
    amount = Money(batch.total_minor, batch.currency)
    said = [
        ngettext(
            "%(n)s payment, %(amount)s in all, waits for your approval.",
            "%(n)s payments, %(amount)s in all, wait for your approval.",
            batch.item_count,
        )
        % {"n": batch.item_count, "amount": money_words(amount, person.language)},
        _("It has waited for more than a day. Nobody is paid before it is approved.")
        if is_reminder
        else "",
        _("Look at it and decide: %(address)s")
        % {"address": f"{settings.PUBLIC_URL}/finance/batches/{batch.public_id}/"},
    ]
    return Letter(
        subject % {"reference": batch.reference}, paragraphs(person.get_short_name(), said)
    )


def _is_told(batch: Batch, *, is_reminder: bool) -> bool:
    key = _key(batch, is_reminder=is_reminder)
    return Delivery.objects.filter(key__startswith=f"{key}:").exists()


def _key(batch: Batch, *, is_reminder: bool) -> str:
    submitted = int(batch.submitted_at.timestamp()) if batch.submitted_at else 0
    kind = "batch-again" if is_reminder else "batch-waiting"
    return f"{kind}:{batch.pk}:{submitted}"


def _exceeds_limit(batch: Batch, person: User, now: datetime) -> bool:
    return exceeds_daily_limit(
        daily_limit(person.pk, batch.currency, now),
        approved_today(person.pk, batch.currency, now),
        batch.total_minor,
    )
