"""Payouts: what was paid, what is under way, and why the rest is not paid yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Terms
from affiliates.queries import terms_for
from core.money import Money
from payouts.domain.calendar import bank_date, next_payment_date
from payouts.models import Item, ItemStatus, Rail
from payouts.queries.balances import Balances
from payouts.queries.year_documents import years_with_documents
from portal.access import current_affiliate, own, partner_may
from portal.display import StatusText, TimelineItem
from portal.downloads import file_response
from portal.formats import format_day, format_money
from portal.payment_outlook import outlook
from portal.queries.invoices import Paper, papers_of
from portal.queries.payouts import line_rows, payouts_of, show_lines
from portal.sale_display import payout_method
from portal.status_language import payout_status

PAGE_SIZE, LINES_PAGE_SIZE = 25, 50
DATES_AHEAD = 3
#: The payee can mend these by correcting the payment details.
MENDABLE = (ItemStatus.FAILED, ItemStatus.RETURNED, ItemStatus.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRow:
    """One payout in the list."""

    item: Item
    url: str
    status: StatusText
    method: str
    has_statement: bool
    papers: list[Paper]


@partner_may(Ability.SEE_MONEY)
@require_safe
def payout_list(request: HttpRequest) -> HttpResponse:
    """Show the balances with their definitions, the next payment, and the payouts so far."""
    affiliate = current_affiliate(request)
    now = timezone.now()
    terms = terms_for(affiliate.pk, now)
    page = Paginator(payouts_of(affiliate.pk), PAGE_SIZE).get_page(request.GET.get("page"))
    view = outlook(affiliate, terms, now)
    context = {
        "affiliate": affiliate,
        "page": page,
        "rows": _rows(list(page)),
        "outlook": view,
        "sums": _sums(view.balances),
        "dates": _dates(terms, bank_date(now)),
        "years": years_with_documents(affiliate.pk),
    }
    return render(request, "affiliate/payout_list.html", context)


@partner_may(Ability.SEE_MONEY)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one payout with its lines in the order of its statement, and their total."""
    item = _own_payout(request, public_id)
    rows = line_rows(item)
    page = Paginator(rows.order_by("pk"), LINES_PAGE_SIZE).get_page(request.GET.get("page"))
    total = rows.aggregate(total=Sum("amount_minor"))["total"] or 0
    context = {
        "item": item,
        "status": payout_status(item.status),
        "page": page,
        "lines": show_lines(list(page), item.currency),
        "total": Money(total, item.currency),
        "facts": _facts(item),
        "timeline": _timeline(item),
        "has_statement": hasattr(item, "statement"),
        "papers": papers_of([item.pk])[item.pk],
        "can_be_mended": item.status in MENDABLE and item.batch.rail == Rail.SEPA,
    }
    return render(request, "affiliate/payout_detail.html", context)


@never_cache
@partner_may(Ability.SEE_MONEY)
@require_safe
def statement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the statement of a payout, byte for byte as it was issued."""
    item = _own_payout(request, public_id)
    if not hasattr(item, "statement"):
        raise Http404
    made = item.statement
    name = f"{made.number}.pdf"
    return file_response(bytes(made.body), name=name, content_type="application/pdf")


def _own_payout(request: HttpRequest, public_id: UUID) -> Item:
    affiliate = current_affiliate(request)
    return own(request, payouts_of(affiliate.pk), public_id=public_id)


def _rows(items: list[Item]) -> list[PayoutRow]:
    papers = papers_of(item.pk for item in items)
    return [_row(item, papers[item.pk]) for item in items]


def _row(item: Item, papers: list[Paper]) -> PayoutRow:
    return PayoutRow(
        item=item,
        url=reverse("portal:payout-detail", args=[item.public_id]),
        status=payout_status(item.status),
        method=payout_method(item),
        has_statement=hasattr(item, "statement"),
        papers=papers,
    )


def _sums(view: Balances) -> list[tuple[str, Money, str]]:
    return [
        (
            _("Pending"),
            view.pending,
            _("Earned, but the return period is not over or a check is under way."),
        ),
        (_("To be paid"), view.payable, _("Validated, and in no payment yet.")),
        (_("In payment"), view.reserved, _("Set aside for a payment that is being made.")),
        (_("Paid"), view.paid, _("Everything that was ever sent to you.")),
    ]


def _dates(terms: Terms | None, today: date) -> list[date]:
    """The next days on which we pay."""
    dates: list[date] = []
    while terms is not None and terms.payment_days and len(dates) < DATES_AHEAD:
        start = dates[-1] + timedelta(days=1) if dates else today
        dates.append(next_payment_date(terms.payment_days, start))
    return dates


def _facts(item: Item) -> list[tuple[str, str]]:
    rows = [
        (_("Reference"), item.reference),
        (_("By"), payout_method(item)),
        (_("To"), item.payee_name),
        (_("Account"), f"•••• {item.iban_last4}" if item.iban_last4 else ""),
        (_("Store"), item.store),
        (_("Staff number"), item.staff_number),
        (_("Date of payment"), format_day(item.batch.execution_date)),
        (_("Commissions and corrections"), format_money(item.net) if item.vat_minor else ""),
        (_("VAT on top"), format_money(item.vat) if item.vat_minor else ""),
    ]
    return [(label, value) for label, value in rows if value]


def _timeline(item: Item) -> list[TimelineItem]:
    events = [
        TimelineItem(
            _("Payment prepared"), at=item.batch.created_at, actor=_("The team"), icon="receipt"
        )
    ]
    state = payout_status(item.status)
    if item.status in Item.PAID:
        events.append(
            TimelineItem(
                _("Sent"), at=item.status_changed_at, actor=_("The team"), icon="send",
                tone="success",
            )
        )  # fmt: skip
        if hasattr(item, "statement"):
            events.append(
                TimelineItem(
                    _("Statement issued"),
                    at=item.statement.issued_at,
                    icon="file-text",
                    href=reverse("portal:payout-statement", args=[item.public_id]),
                    link_label=_("Download the statement"),
                )
            )
        return events
    events.append(
        TimelineItem(
            str(state.label), "current", note=str(state.sentence), icon=state.icon, tone=state.tone
        )
    )
    if item.status in Item.LIVE:
        events.append(
            TimelineItem(_("Payment"), "future", at=item.batch.execution_date, icon="banknote")
        )
    return events
