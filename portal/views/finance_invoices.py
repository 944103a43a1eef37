"""Self-billed invoices: every document, what is missing and why, the series, the declaration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from payouts.models import Invoice
from payouts.services import das2, invoice_deliveries, invoices
from portal.access import current_user, finance_required
from portal.downloads import CSV, csv_form, file_response
from portal.formats import format_bps, format_day, format_money
from portal.queries import staff_invoices
from portal.query_links import text
from portal.refusals import sentence
from portal.staff_actions import carry_out
from portal.staff_filters import choice_chips
from portal.views.invoices import pdf_of

PAGE = 25


@finance_required
@require_safe
def invoice_list(request: HttpRequest) -> HttpResponse:
    """Show the invoices and credit notes, newest first."""
    wanted, search = request.GET.get("state", ""), text(request.GET, "q")
    state = wanted if wanted in staff_invoices.STATES else ""
    found = staff_invoices.found(state, search)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    options = [("", _("All")), *((code, one.label) for code, one in staff_invoices.STATES.items())]
    context = {
        "page": page,
        "rows": staff_invoices.rows_of(page),
        "chips": choice_chips(request.GET, "state", options, current=state, default=""),
        "search": search,
        "kept": [("state", state)],
        "is_filtered": bool(state or search),
        "has_transport": bool(settings.INVOICE_DROP_DIR),
        "tabs": invoice_tabs("list"),
    }
    return render(request, "finance/invoice_list.html", context)


@finance_required
@require_safe
def missing_list(request: HttpRequest) -> HttpResponse:
    """Show the payouts that left without an invoice, and why each has none."""
    items = invoices.uninvoiced().select_related("affiliate", "batch")
    page = Paginator(items.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": staff_invoices.missing(page, timezone.now()),
        "company_lacks": _company_lacks(),
        "tabs": invoice_tabs("missing"),
    }
    return render(request, "finance/invoice_missing.html", context)


@finance_required
@require_POST
def issue_missing(request: HttpRequest) -> HttpResponse:
    """Write now what the next run would write."""
    made = invoices.issue_missing(now=timezone.now())
    said = ngettext("%(count)d document written.", "%(count)d documents written.", made)
    messages.success(request, said % {"count": made})
    return redirect("portal:invoice-missing-list")


@finance_required
@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    """Show that no number is missing."""
    page = Paginator(staff_invoices.series(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": staff_invoices.counted(page),
        "tabs": invoice_tabs("series"),
    }
    return render(request, "finance/invoice_series.html", context)


@finance_required
@require_safe
def invoice_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one document, where it stands and what it was written from."""
    found = get_object_or_404(staff_invoices.found(), public_id=public_id)
    (row,) = staff_invoices.rows_of([found])
    context = {
        "row": row,
        "facts": _facts(row),
        "deliveries": found.deliveries.order_by("-at"),
        "corrections": staff_invoices.rows_of(staff_invoices.found().filter(corrects=found)),
        "has_transport": bool(settings.INVOICE_DROP_DIR),
        "breadcrumbs": [(_("Invoices"), reverse("portal:invoice-list"))],
    }
    return render(request, "finance/invoice_detail.html", context)


@finance_required
@require_safe
def document(_request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the document: the same bytes every time."""
    return pdf_of(get_object_or_404(Invoice, public_id=public_id))


@finance_required
@require_POST
def send_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand the document to the transport once more."""
    invoice = get_object_or_404(Invoice.objects.defer("body"), public_id=public_id)

    def act() -> None:
        made = invoice_deliveries.deliver_again(
            invoice_id=invoice.pk, actor_id=current_user(request).pk, now=timezone.now()
        )
        if made.error:
            raise DomainError(_("The transport did not take it: %(why)s") % {"why": made.error})

    carry_out(request, act, done=_("The document was handed over again."))
    return redirect("portal:invoice-detail", public_id)


@finance_required
@require_safe
def das2_page(request: HttpRequest) -> HttpResponse:
    """Show whom the yearly declaration of commissions names."""
    years = das2.years(timezone.localdate())
    year = _year(request, years)
    export = reverse("portal:das2-export")
    options = [(str(one), str(one)) for one in years]
    context = {
        "year": year,
        "years": choice_chips(
            request.GET, "year", options, current=str(year), default=str(years[0])
        ),
        "rows": das2.declaration(year),
        "threshold": das2.threshold(year),
        "export_url": f"{export}?year={year}",
        "export_international": f"{export}?year={year}&form=international",
    }
    return render(request, "finance/das2.html", context)


@finance_required
@require_safe
def das2_export(request: HttpRequest) -> HttpResponse:
    """Send the declaration as CSV; ``?form=international`` with commas."""
    year = _year(request, das2.years(timezone.localdate()))
    body = das2.export(
        year=year,
        actor_id=current_user(request).pk,
        now=timezone.now(),
        form=csv_form(request),
    )
    return file_response(body, name=f"das2-{year}.csv", content_type=CSV)


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked in map(str, years) else years[0]


def _company_lacks() -> str:
    try:
        invoices.company()
    except DomainError as refusal:
        return sentence(refusal)
    return ""


def invoice_tabs(current: str) -> list[tuple[Any, ...]]:
    """Return the tabs of the pages about invoices."""
    return [
        (_("Documents"), reverse("portal:invoice-list"), current == "list"),
        (
            _("Missing"),
            reverse("portal:invoice-missing-list"),
            current == "missing",
            invoices.uninvoiced().count(),
        ),
        (_("Series"), reverse("portal:invoice-series-list"), current == "series"),
        (_("VAT"), reverse("portal:vat"), current == "vat"),
    ]


def _facts(row: staff_invoices.Row) -> list[tuple[str, str]]:
    invoice = row.invoice
    profile, mandate = invoice.tax_profile, invoice.mandate
    facts = [
        (_("Payee"), profile.legal_name),
        (_("Issued on"), format_day(invoice.issued_on)),
        (
            _("Period"),
            _("%(first)s to %(last)s")
            % {"first": format_day(invoice.period_start), "last": format_day(invoice.period_end)},
        ),
        (_("VAT"), f"{invoice.get_vat_case_display()} ({format_bps(invoice.vat_bps)})"),
        (_("Net"), format_money(row.net)),
        (_("VAT amount"), format_money(row.vat)),
        (_("Total incl. VAT"), format_money(row.gross)),
        (
            _("Mandate"),
            _("Version %(number)s, accepted on %(day)s")
            % {"number": mandate.text.number, "day": format_day(mandate.accepted_at.date())},
        ),
        (_("SHA-256"), invoice.sha256),
    ]
    if invoice.corrects is not None:
        facts.insert(0, (_("Corrects"), invoice.corrects.number))
    return facts
