"""Addresses of tax profiles and the self-billing mandate."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import finance_tax, tax

finance: list[URLPattern] = [
    path("finance/tax/", finance_tax.tax_list, name="tax-list"),
    path("finance/tax/<uuid:public_id>/", finance_tax.tax_detail, name="tax-detail"),
    path("finance/mandate-texts/", finance_tax.text_list, name="mandate-text-list"),
    path("finance/mandate-texts/new/", finance_tax.text_new, name="mandate-text-new"),
    path(
        "finance/mandate-texts/<int:number>/", finance_tax.text_detail, name="mandate-text-detail"
    ),
]

partner: list[URLPattern] = [
    path("portal/payee/tax/", tax.tax_profile, name="payee-tax"),
    path("portal/payee/tax/confirm/", tax.tax_confirm, name="payee-tax-confirm"),
    path("portal/payee/mandate/", tax.mandate, name="payee-mandate"),
    path("portal/payee/mandate/accept/", tax.mandate_accept, name="payee-mandate-accept"),
    path("portal/payee/mandate/end/", tax.mandate_end, name="payee-mandate-end"),
    path("portal/payee/mandate.pdf", tax.mandate_file, name="payee-mandate-pdf"),
]
