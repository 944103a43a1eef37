"""Payouts that are scheduled: told once approved, and again when one does not leave (L23)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of
from core.letters import saying, send
from payouts.domain.calendar import bank_date
from payouts.models import Batch, BatchStatus, Item, ItemStatus, Rail
from payouts.queries.waiting import waits
from portal.formats import format_day, format_money, format_month
from portal.letters.telling import tell_each, told

#: What did not leave is told of for so many days after its day: then it is no news any more.
LOOK_BACK = timedelta(days=10)
#: What was scheduled and is due again.
DUE_AGAIN = (ItemStatus.SKIPPED, ItemStatus.RELEASED)


def tell(*, now: datetime, limit: int = 500) -> int:
    """Tell whom a payout is scheduled for, and of which one does not leave; return of how many.

    Once for a payout each, however often it is called. One bad row is logged and skipped. What
    leaves today is told when it left.
    """
    sent, today = 0, bank_date(now)
    recent = Batch.objects.filter(execution_date__gte=today - LOOK_BACK)
    for batch in recent.exclude(status__in=Batch.OPEN).order_by("pk"):
        known, off = told(_scheduled(batch)), told(_off(batch))
        if batch.status == BatchStatus.APPROVED and batch.execution_date > today:
            ready = batch.items.filter(~waits(now), status=ItemStatus.READY)
            sent += _tell(ready.exclude(pk__in=known), write, limit - sent, now)
        gone = batch.items.filter(status__in=DUE_AGAIN, pk__in=known - off)
        sent += _tell(gone, write_off, limit - sent, now)
    return sent


def _tell(items: QuerySet[Item], letter: Callable[..., None], limit: int, now: datetime) -> int:
    """Write of each payout whose payee has somebody to read it."""
    rows = items.filter(affiliate__memberships__user__is_active=True).distinct()
    rows = rows.select_related("batch").defer("iban").order_by("pk")
    found = {one.pk: one for one in rows[: max(limit, 0)]}
    return tell_each(found, lambda pk: letter(found[pk], now=now), "payout")


def write(item: Item, *, now: datetime) -> None:
    """Write to the people of a payee what leaves when."""
    send(
        people_of(item.affiliate_id, Ability.SEE_MONEY),
        f"{_scheduled(item.batch)}{item.pk}",
        saying(
            lambda: _("Your payout of %(amount)s is scheduled") % _facts(item),
            lambda: [
                _leaves(item),
                _(
                    "It is approved and has not left yet. If something comes in between, nothing of"
                    " it is lost: we tell you, and a later payout pays it."
                ),
                _("What it pays: %(address)s") % {"address": _page(item)},
            ],
        ),
        now,
        kind="payout_scheduled",
    )


def write_off(item: Item, *, now: datetime) -> None:
    """Write to the people of a payee that what was scheduled does not leave, and is due again."""
    send(
        people_of(item.affiliate_id, Ability.SEE_MONEY),
        f"{_off(item.batch)}{item.pk}",
        saying(
            lambda: _("Your payout of %(amount)s does not leave as scheduled") % _facts(item),
            lambda: [
                _("We wrote that %(amount)s was scheduled for %(day)s. It does not leave then.")
                % _facts(item),
                _("Nothing of it is lost: the amount is due again, and a later payout pays it."
                  " When that is, and whether something is missing for it, stands here:"
                  " %(address)s")
                % {"address": f"{settings.PUBLIC_URL}{reverse('portal:payout-list')}"},
            ],
        ),
        now,
        kind="payout_scheduled",
    )  # fmt: skip


def _leaves(item: Item) -> str:
    """Say when it leaves, and where to. Never more of an account than its last four characters."""
    if item.batch.rail == Rail.PAYROLL:
        return _("%(amount)s is paid with your salary of %(month)s.") % _facts(item)
    if item.iban_last4:
        return (
            _("%(amount)s leaves on %(day)s for your account ending in %(last_four)s.")
            % _facts(item)
        )  # fmt: skip
    return _("%(amount)s leaves on %(day)s.") % _facts(item)


def _facts(item: Item) -> dict[str, str]:
    return {
        "amount": format_money(item.amount),
        "day": format_day(item.batch.execution_date),
        "month": format_month(item.batch.execution_date),
        "last_four": item.iban_last4,
    }


def _page(item: Item) -> str:
    return f"{settings.PUBLIC_URL}{reverse('portal:payout-detail', args=[item.public_id])}"


def _scheduled(batch: Batch) -> str:
    return f"payout-scheduled:{batch.pk}:"


def _off(batch: Batch) -> str:
    return f"payout-off:{batch.pk}:"
