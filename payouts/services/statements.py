"""The statement of each payout, and the mail that tells the payee about it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.queries import language_of, people_of
from core.letters import Letter, paragraphs, send
from core.models import User
from core.money import Money
from core.money_words import money_words
from payouts.domain.calendar import bank_date, working_day_from
from payouts.gateways.statement_pdf import (
    Party,
    StatementAdjustment,
    StatementData,
    StatementLine,
    statement_pdf,
)
from payouts.models import Adjustment, AdjustmentReason, Item, ItemLine, Rail, Statement
from payouts.queries.originals import paid_with
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
        number=number_of(item),
        issued_at=now,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )
    send(
        people_of(item.affiliate_id),
        f"statement:{item.pk}",
        lambda person: _letter(item, lines, person),
        now,
    )
    return True


def number_of(item: Item) -> str:
    """Return the number of the statement of ``item``."""
    return f"ST-{item.reference}"


def _pdf(item: Item, lines: Sequence[ItemLine], language: str, now: datetime) -> bytes:
    with translation.override(language):
        sales, changes = _sale_lines(item, lines), changes_of(item, lines)
        payee = Party(name=item.payee_name, details=_payee_details(item))
    days = [sale.on for sale in sales] + [change.on for change in changes]
    last = bank_date(item.batch.cutoff_at)
    data = StatementData(
        number=number_of(item),
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
    what = str(AdjustmentReason(change.reason).label)
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


def _letter(item: Item, lines: Sequence[ItemLine], person: User) -> Letter:
    amount = money_words(item.amount, person.language)
    return Letter(
        _("Your payout of %(amount)s is on its way") % {"amount": amount},
        paragraphs(person.get_short_name(), _said(item, lines, person, amount)),
    )


def _said(item: Item, lines: Sequence[ItemLine], person: User, amount: str) -> list[str]:
    sales = sum(line.commission_id is not None for line in lines)
    changes = [line for line in lines if line.adjustment is not None]
    by_people = [line for line in changes if _is_of_its_own(line)]
    taken_back = _total([line for line in changes if line not in by_people], item.currency)
    of_their_own = _total(by_people, item.currency)
    said = [_arrival(item, amount)]
    if sales:
        said.append(
            ngettext("It covers %(count)d sale.", "It covers %(count)d sales.", sales)
            % {"count": sales}
        )
    if taken_back.minor < 0:
        said.append(
            _("Returns of sales paid or payable before are deducted: %(amount)s.")
            % {"amount": money_words(taken_back, person.language)}
        )
    if by_people:
        said.append(
            _("Bonuses and corrections are in it, each with its reason: %(amount)s.")
            % {"amount": money_words(of_their_own, person.language)}
        )
    said.append(
        _("Your statement %(number)s is in your account, under Payouts.")
        % {"number": number_of(item)}
    )
    return [*said, f"{settings.PUBLIC_URL}/portal/payouts/{item.public_id}/"]


def _is_of_its_own(line: ItemLine) -> bool:
    """Tell whether an adjustment is a person's or a bonus, and not what became of an order."""
    return line.adjustment is not None and line.adjustment.order_line_id is None


def _total(lines: Sequence[ItemLine], currency: str) -> Money:
    return Money(sum(line.amount_minor for line in lines), currency)


def _arrival(item: Item, amount: str) -> str:
    day = item.batch.execution_date
    if item.batch.rail == Rail.PAYROLL:
        return _("%(amount)s is paid with your salary of %(month)s.") % {
            "amount": amount,
            "month": date_format(day, "F Y"),
        }
    if item.batch.rail == Rail.STRIPE:
        return _(
            "%(amount)s is in your balance at Stripe, which pays it out to your bank by itself."
            " Its reference is %(reference)s."
        ) % {"amount": amount, "reference": item.reference}
    return _(
        "%(amount)s leaves for your account ending in %(last_four)s and should be there by"
        " %(day)s. The reference on your bank statement is %(reference)s."
    ) % {
        "amount": amount,
        "last_four": item.iban_last4,
        "day": date_format(working_day_from(day), "j F Y"),
        "reference": item.reference,
    }
