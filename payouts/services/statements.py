"""The statement of each payout; the mail about it is that of :mod:`payouts.services.remittance`."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from affiliates.queries import language_of
from core.money import Money
from core.nudge import nudge
from payouts.domain.calendar import bank_date
from payouts.gateways.statement_pdf import (
    Party,
    StatementAdjustment,
    StatementData,
    StatementLine,
    statement_pdf,
)
from payouts.models import Adjustment, AdjustmentReason, Item, ItemLine, Statement
from payouts.queries.originals import paid_with
from payouts.services import invoices, remittance
from shop.models import Shop

log = logging.getLogger(__name__)


def issue_missing(*, now: datetime, limit: int = 500, batch_id: int | None = None) -> int:
    """Write the statement of every payout that left without one; return how many.

    Safe to repeat and to race: one transaction and one row lock for each payout.
    """
    waiting = Item.objects.filter(status__in=Item.PAID, statement__isnull=True)
    if batch_id is not None:
        waiting = waiting.filter(batch=batch_id)
    issued = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:limit]):
        try:
            issued += _issue(pk, now)
        except Exception:  # One that cannot be written must not hold up the others.
            log.exception("The statement of payout %s could not be written.", pk)
    return issued


@transaction.atomic
def _issue(item_id: int, now: datetime) -> bool:
    item = Item.objects.select_for_update().get(pk=item_id)
    if Statement.objects.filter(item=item).exists():
        return False
    lines = list(
        item.lines.filter(released_at__isnull=True)
        .select_related(
            "commission__credit__order__shop",
            "adjustment__commission__credit__order__shop",
        )
        .order_by("pk")
    )
    body = _pdf(item, lines, language_of(item.affiliate_id), now)
    Statement.objects.create(
        item=item,
        number=item.statement_number,
        issued_at=now,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )
    if invoices.why_not(item, now=now) is None:
        nudge("payouts.tasks.issue_invoices")  # The mail goes out with the invoice, and names it.
    else:
        remittance.tell(item, now=now)
    return True


def _pdf(item: Item, lines: Sequence[ItemLine], language: str, now: datetime) -> bytes:
    with translation.override(language):
        sales, changes = _sale_lines(item, lines), changes_of(item, lines)
        payee = Party(name=item.payee_name, details=_payee_details(item))
    days = [sale.on for sale in sales] + [change.on for change in changes]
    last = bank_date(item.batch.cutoff_at)
    data = StatementData(
        number=item.statement_number,
        issued_on=bank_date(now),
        program=Party(name=_program_name(item, lines)),
        payee=payee,
        period_from=min(days),
        period_to=max(*days, last),
        lines=sales,
        adjustments=changes,
        total=item.amount,
        vat=item.vat if item.vat_minor else None,
        bank_last_four=item.iban_last4 or None,
        paid_on=item.batch.execution_date,
        reference=item.reference,
    )
    return statement_pdf(data, language)


def _sale_lines(item: Item, lines: Sequence[ItemLine]) -> tuple[StatementLine, ...]:
    return tuple(
        StatementLine(
            on=bank_date(line.commission.credit.order.placed_at),
            order_number=line.commission.credit.order.number,
            what=_("Commission on an order"),
            amount=Money(line.amount_minor, item.currency),
        )
        for line in lines
        if line.commission is not None
    )


def changes_of(item: Item, lines: Sequence[ItemLine]) -> tuple[StatementAdjustment, ...]:
    """Return what a statement says of the adjustments in a payout, in the active language."""
    changes = [line.adjustment for line in lines if line.adjustment is not None]
    before = paid_with([one.commission_id for one in changes if one.commission_id is not None])
    return tuple(
        StatementAdjustment(
            on=bank_date(line.adjustment.effective_at),
            what=_what(line.adjustment, before.get(line.adjustment.commission_id or 0)),
            amount=Money(line.amount_minor, item.currency),
        )
        for line in lines
        if line.adjustment is not None
    )


def _what(change: Adjustment, paid: Item | None) -> str:
    """Return why an adjustment was made, of which order, and with what that was paid."""
    what = AdjustmentReason(change.reason).on_documents
    if change.text:
        what = _("%(reason)s: %(text)s") % {"reason": what, "text": change.text}
    if change.commission is None:
        return what
    order = change.commission.credit.order.number
    if paid is None:
        return _("%(what)s (order %(order)s)") % {"what": what, "order": order}
    return _("%(what)s (order %(order)s, paid with %(reference)s)") % {
        "what": what,
        "order": order,
        "reference": paid.reference,
    }


def _payee_details(item: Item) -> tuple[str, ...]:
    if item.staff_number:
        number = _("Staff number %(number)s") % {"number": item.staff_number}
        return (item.store, number)
    return tuple(filter(None, [f"{item.town} {item.country}".strip()]))


def _program_name(item: Item, lines: Sequence[ItemLine]) -> str:
    """Return the name of the paying account, or of the shop where an employee's sales were made.

    Paid for no sale at all: of the first shop.
    """
    if item.batch.debtor is not None:
        return item.batch.debtor.name
    shop = Shop.objects.filter(orders__credits__commission__item_lines__in=lines).first()
    shop = shop or Shop.objects.order_by("pk").first()
    return shop.name if shop else ""
