"""Addresses of self-billed invoices and the yearly declaration."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import finance_invoices, finance_vat, invoices, payout_years

_INVOICE = "finance/invoices/<uuid:public_id>/"

finance: list[URLPattern] = [
    path("finance/invoices/", finance_invoices.invoice_list, name="invoice-list"),
    path("finance/invoices/missing/", finance_invoices.missing_list, name="invoice-missing-list"),
    path("finance/invoices/issue/", finance_invoices.issue_missing, name="invoices-issue"),
    path("finance/invoices/series/", finance_invoices.series_list, name="invoice-series-list"),
    path(_INVOICE, finance_invoices.invoice_detail, name="invoice-detail"),
    path(f"{_INVOICE}document.pdf", finance_invoices.document, name="invoice-document"),
    path(f"{_INVOICE}send-again/", finance_invoices.send_again, name="invoice-send-again"),
    path("finance/vat/", finance_vat.report, name="vat"),
    path("finance/vat/export.csv", finance_vat.export, name="vat-export"),
    path("finance/invoices/year.zip", finance_vat.archive, name="invoice-year-archive"),
    path("finance/das2/", finance_invoices.das2_page, name="das2"),
    path("finance/das2/export.csv", finance_invoices.das2_export, name="das2-export"),
]

partner: list[URLPattern] = [
    path("portal/payouts/years/<int:year>/documents.zip", payout_years.archive, name="payout-year"),
    path("portal/invoices/<uuid:public_id>/", invoices.document, name="payout-invoice"),
]
