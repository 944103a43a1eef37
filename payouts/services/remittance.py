"""The mail that tells a payee what left, for what, and with which invoice (P19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.queries import people_of
from core.letters import Letter, paragraphs, send
from core.models import User
from core.money import Money
from core.money_words import money_words
from payouts.domain.calendar import working_day_from
from payouts.models import Invoice, Item, ItemLine, Rail
from payouts.services.invoice_lines import period_of


def tell(item: Item, *, now: datetime) -> None:
    """Mail each person of the payee in their language about a payout that left. Safe to repeat.

    The invoice is named when it is written. Never more of an account than its last four characters.
    """
    lines, invoice = _lines(item), _invoice(item)
    tell_of(item, lines, invoice, period_of(item), now=now)


def tell_of(
    item: Item,
    lines: Sequence[ItemLine],
    invoice: Invoice | None,
    period: tuple[date, date],
    *,
    now: datetime,
) -> None:
    """Mail each person of the payee what left, for which ``lines`` of which days."""
    send(
        people_of(item.affiliate_id),
        f"statement:{item.pk}",
        lambda person: _letter(item, lines, invoice, period, person),
        now,
        kind="payout_sent",
    )


def preview(item: Item) -> Letter | None:
    """Return the mail as the first person of the payee gets it; None when there is nobody."""
    people = people_of(item.affiliate_id)
    if not people:
        return None
    with translation.override(people[0].language):
        return _letter(item, _lines(item), _invoice(item), period_of(item), people[0])


def _lines(item: Item) -> list[ItemLine]:
    rows = item.lines.filter(released_at__isnull=True).select_related("adjustment")
    return list(rows.order_by("pk"))


def _invoice(item: Item) -> Invoice | None:
    return Invoice.objects.filter(item=item).defer("body").first()


def _letter(
    item: Item,
    lines: Sequence[ItemLine],
    invoice: Invoice | None,
    period: tuple[date, date],
    person: User,
) -> Letter:
    amount = money_words(item.amount, person.language)
    return Letter(
        _("Your payout of %(amount)s is on its way") % {"amount": amount},
        paragraphs(
            person.get_short_name(),
            [
                _arrival(item, amount),
                _period(*period),
                *_contents(item, lines, person),
                _of_invoice(item, invoice, person),
                _("Your statement %(number)s is in your account, under Payouts.")
                % {"number": item.statement_number},
                f"{settings.PUBLIC_URL}/portal/payouts/{item.public_id}/",
            ],
        ),
    )


def _period(first: date, last: date) -> str:
    return _("It pays what was ordered or changed from %(first)s to %(last)s.") % {
        "first": _day(first),
        "last": _day(last),
    }


def _contents(item: Item, lines: Sequence[ItemLine], person: User) -> list[str]:
    sales = sum(line.commission_id is not None for line in lines)
    changes = [line for line in lines if line.adjustment is not None]
    by_people = [line for line in changes if _is_of_its_own(line)]
    taken_back = _total([line for line in changes if line not in by_people], item.currency)
    said = []
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
            % {"amount": money_words(_total(by_people, item.currency), person.language)}
        )
    return said


def _of_invoice(item: Item, invoice: Invoice | None, person: User) -> str:
    """Return which invoice we wrote for it, and where it is; nothing for wages."""
    if item.batch.rail == Rail.PAYROLL:
        return ""
    if invoice is None:
        return _("The invoice for it is not written yet: it will be beside the payout.")
    said = {
        "number": invoice.number,
        "net": money_words(Money(invoice.net_minor, invoice.currency), person.language),
        "vat": money_words(Money(invoice.vat_minor, invoice.currency), person.language),
        "address": f"{settings.PUBLIC_URL}/portal/invoices/{invoice.public_id}/",
    }
    if invoice.vat_minor:
        return (
            _("Invoice %(number)s is written in your name: %(net)s, and %(vat)s VAT. %(address)s")
            % said
        )
    return _("Invoice %(number)s is written in your name: %(net)s. %(address)s") % said


def _day(day: date) -> str:
    return date_format(day, "j F Y")


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
        "day": _day(working_day_from(day)),
        "reference": item.reference,
    }
