"""The ledger of a payee: find one, see every transfer, take it along as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.models import Affiliate
from core.csv_export import Cell
from payouts.queries.balances import balances, currencies, moved, movements
from portal.access import finance_required
from portal.downloads import csv_response
from portal.forms.staff_finance import AsOfForm
from portal.queries import staff_holds, staff_ledger
from portal.queries.staff_dashboard import currency_of_programme
from portal.queries.staff_finance import changed_payees
from portal.query_links import changed, text
from portal.staff_filters import choice_chips

PAGE = 50
PAYEES = 25
DEFAULT_COLUMN = "payable"


@finance_required
@require_safe
def ledger_list(request: HttpRequest) -> HttpResponse:
    """Show the payees with their balances."""
    search = text(request.GET, "q")
    lately = bool(request.GET.get("changed"))
    payees = staff_ledger.payees(search)
    if lately:
        payees = payees.filter(payee__in=changed_payees(timezone.now()))
    page = Paginator(payees, PAYEES).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "changed": lately,
        "kept": [("changed", request.GET.get("changed", ""))],
        "page": page,
        "rows": staff_ledger.payee_rows(list(page), currency_of_programme()),
    }
    return render(request, "finance/ledger_list.html", context)


@finance_required
@require_safe
def ledger_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one account of one payee, newest transfer first, as of a day."""
    affiliate = _find(public_id)
    asked = AsOfForm(request.GET)
    at = asked.moment()
    codes = currencies(affiliate.pk) or [currency_of_programme()]
    currency, column = _chosen(request, codes)
    held = staff_holds.hold_of_payee(affiliate, timezone.now())
    export = reverse("portal:ledger-export", args=[public_id])
    newest_first = moved(affiliate.pk, column, currency, at=at).reverse()
    page = Paginator(newest_first, PAGE).get_page(request.GET.get("page"))
    context = {
        "affiliate": affiliate,
        "asked": asked,
        "at": at and at - timedelta(seconds=1),
        "currency": currency,
        "currencies": choice_chips(
            request.GET,
            "currency",
            [(code, code) for code in codes] if len(codes) > 1 else [],
            current=currency,
            default=codes[0],
        ),
        "column": column,
        "columns": choice_chips(
            request.GET,
            "account",
            staff_ledger.COLUMNS.items(),
            current=column,
            default=DEFAULT_COLUMN,
        ),
        "column_label": staff_ledger.COLUMNS[column],
        "balances": balances(affiliate.pk, currency, at=at),
        "hold": held and staff_holds.hold_sentence(held),
        "page": page,
        "rows": staff_ledger.ledger_rows(movements(page), affiliate.pk),
        "export_url": export + changed(request.GET, form=""),
        "export_international": export + changed(request.GET, form="international"),
        "breadcrumbs": [(_("Payees' ledger"), reverse("portal:ledger-list"))],
    }
    return render(request, "finance/ledger_detail.html", context)


@finance_required
@require_safe
def ledger_export(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """Send what the page shows, all of it, oldest first; ``?form=international`` with commas."""
    affiliate = _find(public_id)
    at = AsOfForm(request.GET).moment()
    held = currencies(affiliate.pk) or [currency_of_programme()]
    currency, column = _chosen(request, held)
    header = [
        _("Date"), _("What"), _("Source"), _("Other account"), _("Change"), _("Balance"),
        _("Currency"), _("Posting key"),
    ]  # fmt: skip
    day = timezone.localdate().isoformat()
    name = f"ledger-{affiliate.pk}-{column}-{day}.csv"
    return csv_response(request, name, header, _cells(affiliate, column, currency, at))


def _cells(
    affiliate: Affiliate, column: str, currency: str, at: datetime | None
) -> Iterator[list[Cell]]:
    found = movements(moved(affiliate.pk, column, currency, at=at))
    for row, movement in zip(staff_ledger.ledger_rows(found, affiliate.pk), found, strict=True):
        key = f"{movement.transfer.source_key}/{movement.transfer.leg}"
        yield [
            row.at, row.what, row.source.label, row.other_account, row.change, row.balance,
            currency, key,
        ]  # fmt: skip


def _chosen(request: HttpRequest, held: list[str]) -> tuple[str, str]:
    currency = request.GET.get("currency", "")
    column = request.GET.get("account", "")
    return (
        currency if currency in held else held[0],
        column if column in staff_ledger.COLUMNS else DEFAULT_COLUMN,
    )


def _find(public_id: UUID) -> Affiliate:
    rows = Affiliate.objects.select_related("payee", "group")
    return get_object_or_404(rows, public_id=public_id)
