"""The documents of a year as a ZIP with an index: written while it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.http import StreamingHttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.csv_export import Cell, CsvForm, csv_chunks
from core.money import Money
from core.zip_stream import zip_chunks
from payouts.domain.calendar import bank_date
from payouts.models import Invoice, InvoiceKind, Item, Statement
from payouts.queries.year_documents import invoices_of_year, statements_of_year

INDEX = "index.csv"
_FOLDERS = {InvoiceKind.INVOICE: "invoices", InvoiceKind.CREDIT_NOTE: "credit-notes"}
_File = tuple[str, Iterable[bytes]]


def archive_response(files: Iterable[_File], *, name: str) -> StreamingHttpResponse:
    """Return files as a ZIP under its name, to be saved; kept by no cache."""
    answer = StreamingHttpResponse(zip_chunks(files), content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    add_never_cache_headers(answer)
    return answer


def invoices_archive(year: int, form: CsvForm) -> Iterator[_File]:
    """Yield the index, and every invoice and credit note of a year, of all payees."""
    yield INDEX, csv_chunks(_header(), (_of_invoice(one) for one in _invoices(year)), form=form)
    yield from _invoice_files(year)


def payee_archive(affiliate_id: int, year: int, form: CsvForm) -> Iterator[_File]:
    """Yield the index, and every statement, invoice and credit note of one payee in a year."""
    yield INDEX, csv_chunks(_header(), _payee_rows(affiliate_id, year), form=form)
    for statement in statements_of_year(year, affiliate_id):
        yield f"statements/{statement.number}.pdf", _statement_body(statement.pk)
    yield from _invoice_files(year, affiliate_id)


def _invoices(year: int, affiliate_id: int | None = None) -> Iterator[Invoice]:
    return invoices_of_year(year, affiliate_id).iterator(chunk_size=500)


def _invoice_files(year: int, affiliate_id: int | None = None) -> Iterator[_File]:
    for invoice in _invoices(year, affiliate_id):
        yield _name_of(invoice), _invoice_body(invoice.pk)


def _name_of(invoice: Invoice) -> str:
    return f"{_FOLDERS[InvoiceKind(invoice.kind)]}/{invoice.number}.pdf"


def _invoice_body(pk: int) -> Iterator[bytes]:
    """Read one body when its turn comes: never two at once."""
    yield bytes(Invoice.objects.values_list("body", flat=True).get(pk=pk))


def _statement_body(pk: int) -> Iterator[bytes]:
    yield bytes(Statement.objects.values_list("body", flat=True).get(pk=pk))


def _header() -> list[str]:
    return [
        _("File"), _("Document"), _("Number"), _("Issued on"), _("Payee"), _("SIREN"),
        _("Country"), _("VAT case"), _("VAT rate (%)"), _("Net"), _("VAT"), _("Total incl. VAT"),
        _("Currency"), _("Corrects"), _("Payment"), "SHA-256",
    ]  # fmt: skip


def _payee_rows(affiliate_id: int, year: int) -> Iterator[list[Cell]]:
    for statement in statements_of_year(year, affiliate_id):
        yield _of_statement(statement)
    for invoice in _invoices(year, affiliate_id):
        yield _of_invoice(invoice)


def _of_invoice(invoice: Invoice) -> list[Cell]:
    profile = invoice.tax_profile
    net = Money(invoice.net_minor, invoice.currency)
    vat = Money(invoice.vat_minor, invoice.currency)
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        net, vat = -net, -vat
    return [
        _name_of(invoice), str(invoice.get_kind_display()), invoice.number, invoice.issued_on,
        profile.legal_name, profile.siren, profile.country, str(invoice.get_vat_case_display()),
        Decimal(invoice.vat_bps).scaleb(-2), net, vat, net + vat, invoice.currency,
        invoice.corrects.number if invoice.corrects else "", _payout_of(invoice), invoice.sha256,
    ]  # fmt: skip


def _payout_of(invoice: Invoice) -> str:
    item: Item | None = invoice.item
    if item is None and invoice.item_return is not None:
        item = invoice.item_return.item
    return item.reference if item is not None else ""


def _of_statement(statement: Statement) -> list[Cell]:
    item = statement.item
    return [
        f"statements/{statement.number}.pdf", _("Statement"), statement.number,
        bank_date(statement.issued_at), item.payee_name, "", item.country, "", None, item.net,
        item.vat, item.amount, item.currency, "", item.reference, statement.sha256,
    ]  # fmt: skip
