"""Addresses of held payouts, and of what the bank says of the holders of accounts."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import finance_holds, finance_names

_NAMES = "finance/names/"

finance: list[URLPattern] = [
    path("finance/holds/", finance_holds.hold_list, name="hold-list"),
    path("finance/holds/payees/<uuid:public_id>/", finance_holds.hold_payee, name="hold-payee"),
    path("finance/holds/payments/<uuid:item_id>/", finance_holds.hold_payment, name="hold-payment"),
    path("finance/holds/<int:pk>/release/", finance_holds.release, name="hold-release"),
    path(_NAMES, finance_names.name_list, name="payee-name-list"),
    path(f"{_NAMES}new/", finance_names.file_new, name="payee-name-file-new"),
    path(f"{_NAMES}<int:pk>/accept/", finance_names.accept, name="payee-name-accept"),
]

partner: list[URLPattern] = []
