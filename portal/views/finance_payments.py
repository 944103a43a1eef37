"""The payments inside a batch, its file, and the batch as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.queries import language_of
from core.csv_export import Cell
from core.money import Money
from payouts.models import Batch, BatchStatus, Item, ItemLine, ItemStatus
from payouts.services import batches, remittance
from payouts.services.holds import HOLDABLE
from portal.access import current_user, finance_required
from portal.adjustment_language import with_text
from portal.countries import country_name
from portal.downloads import csv_response, file_response
from portal.formats import format_moment, format_money
from portal.forms.staff import ReasonForm
from portal.queries import staff_batches, staff_holds, staff_ledger
from portal.sale_display import commission_line
from portal.staff_actions import carry_out, carry_out_form
from portal.status_language import payout_status

LINES_PAGE_SIZE = 50


@finance_required
@require_POST
def batch_file_make(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make the file of an approved batch: the bank's or payroll's, once."""
    batch = get_object_or_404(Batch, public_id=public_id)
    carry_out(
        request,
        lambda: batches.make_file(
            batch_id=batch.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The file is made. Download it, hand it over, then mark the batch as sent."),
    )
    return redirect("portal:batch-detail", public_id)


@finance_required
@require_safe
def batch_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the file that was made: the same bytes every time. Each download is kept."""
    rows = Batch.objects.exclude(status=BatchStatus.CANCELLED)  # Its file was refused.
    batch = get_object_or_404(rows, public_id=public_id, file__isnull=False)
    made = batches.make_file(
        batch_id=batch.pk, actor_id=current_user(request).pk, now=timezone.now()
    )
    return file_response(bytes(made.body), name=made.name, content_type=made.content_type)


@finance_required
@require_safe
def batch_export(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """Send the payments of a batch as CSV; ``?form=international`` with commas."""
    batch = get_object_or_404(Batch, public_id=public_id)
    header = [
        _("Payment"), _("Payee"), _("Paid to"), _("Account"), _("Amount"), _("VAT in it"),
        _("Currency"), _("Commissions and corrections"), _("Taken off"),
        _("Mean of earlier payments"), _("To look at"), _("State"),
    ]  # fmt: skip
    return csv_response(request, f"{batch.reference}.csv", header, _cells(batch))


def _cells(batch: Batch) -> Iterator[list[Cell]]:
    for line in staff_batches.lines(batch, timezone.now()):
        item = line.item
        account = f"•••• {item.iban_last4}" if item.iban_last4 else item.staff_number
        yield [
            item.reference, item.affiliate.name, item.payee_name, account, item.amount,
            item.vat, item.currency, line.commissions, line.debts, line.mean,
            ", ".join(flag.label for flag in line.flags), str(payout_status(item.status).label),
        ]  # fmt: skip


@finance_required
@require_safe
def batch_item(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Show one payment down to the orders behind it, with what the ledger says."""
    item = _find(public_id, item_id)
    transfers = [
        (transfer, staff_ledger.kind_label(transfer.kind))
        for transfer in staff_batches.item_transfers(item)
    ]
    lines = staff_batches.item_lines(item)
    page = Paginator(lines, LINES_PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "item": item,
        "batch": item.batch,
        "page": page,
        "lines": [_line(line, item.currency) for line in page],
        "facts": _facts(item),
        "exclude_title": _("Leave out %(name)s?") % {"name": item.affiliate.name},
        "transfers": transfers,
        "letter_language": language_of(item.affiliate_id),
        "letter": remittance.preview(item) if item.status != ItemStatus.RELEASED else None,
        "waits": staff_holds.why_item_waits(item, timezone.now()),
        "may_hold": item.batch.status != BatchStatus.DRAFT and item.status in HOLDABLE,
        "may_exclude": item.batch.status == BatchStatus.DRAFT and item.status == ItemStatus.QUEUED,
        "breadcrumbs": [
            (_("Batches"), reverse("portal:batch-list")),
            (item.batch.reference, reverse("portal:batch-detail", args=[public_id])),
        ],
    }
    return render(request, "finance/batch_item.html", context)


def _line(line: ItemLine, currency: str) -> dict[str, Any]:
    commission = line.commission or (line.adjustment.commission if line.adjustment else None)
    order = commission.credit.order if commission else None
    at = order.placed_at if order else None
    what = commission_line(line.commission.credit) if line.commission else ""
    if line.adjustment is not None:
        what = with_text(line.adjustment.get_reason_display(), line.adjustment.text)
        at = at or line.adjustment.effective_at
    return {
        "order": order,
        "at": at,
        "href": reverse("portal:order-detail", args=[order.pk]) if order else "",
        "what": what,
        "amount": Money(line.amount_minor, currency),
    }


def _facts(item: Item) -> list[tuple[str, str]]:
    items = [
        (_("Amount"), format_money(item.amount)),
        (_("VAT in it"), format_money(item.vat) if item.vat_minor else ""),
        (_("Reference"), item.reference),
        (_("Paid to"), item.payee_name),
        (_("IBAN"), f"•••• {item.iban_last4}" if item.iban_last4 else ""),
        (_("Country"), country_name(item.country)),
        (_("Town"), item.town),
        (_("Store"), item.store),
        (_("Staff number"), item.staff_number),
        (_("State since"), format_moment(item.status_changed_at)),
        (_("Why"), item.reason),
    ]
    return [(label, value) for label, value in items if value]


@finance_required
@require_POST
def item_exclude(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Take a payment out of a draft, for a reason; what is due stays due."""
    item, form = _find(public_id, item_id), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: batches.exclude_item(
            item_id=item.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("%(name)s is left out. What is due stays due.") % {"name": item.affiliate.name},
    )
    return redirect("portal:batch-detail", public_id)


@finance_required
@require_POST
def item_include(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Let a payee who was left out by hand into the draft again."""
    item = _find(public_id, item_id)
    carry_out(
        request,
        lambda: batches.include_item(
            item_id=item.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("%(name)s is in the batch again.") % {"name": item.affiliate.name},
    )
    return redirect("portal:batch-detail", public_id)


def _find(public_id: UUID, item_id: UUID) -> Item:
    rows = Item.objects.select_related("batch", "affiliate").filter(batch__public_id=public_id)
    item = rows.filter(public_id=item_id).first()
    if item is None:
        raise Http404
    return item
