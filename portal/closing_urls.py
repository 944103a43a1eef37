"""Addresses of reconciliation, closed months and the accounting journal."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import finance_closing, finance_journal, finance_reconciliation

_DIFFERENCE = "finance/reconciliation/<int:pk>/"
_MONTH = "finance/months/<str:month>/"

finance: list[URLPattern] = [
    path("finance/reconciliation/", finance_reconciliation.overview, name="reconciliation"),
    path("finance/reconciliation/run/", finance_reconciliation.run, name="reconciliation-run"),
    path(
        "finance/reconciliation/export.csv",
        finance_reconciliation.export,
        name="reconciliation-export",
    ),
    path(
        "finance/reconciliation/together/",
        finance_reconciliation.together,
        name="difference-together",
    ),
    path(_DIFFERENCE, finance_reconciliation.difference_detail, name="difference-detail"),
    path(f"{_DIFFERENCE}mind/", finance_reconciliation.difference_mind, name="difference-mind"),
    path(
        f"{_DIFFERENCE}explain/",
        finance_reconciliation.difference_explain,
        name="difference-explain",
    ),
    path(
        f"{_DIFFERENCE}match/",
        finance_reconciliation.difference_match,
        name="difference-match",
    ),
    path(
        f"{_DIFFERENCE}read/",
        finance_reconciliation.difference_read,
        name="difference-read",
    ),
    path("finance/months/", finance_closing.month_list, name="month-list"),
    path(_MONTH, finance_closing.month_detail, name="month-detail"),
    path(f"{_MONTH}close/", finance_closing.month_close, name="month-close"),
    path(f"{_MONTH}report.pdf", finance_closing.month_report, name="month-report"),
    path("finance/journal/", finance_journal.journal, name="journal"),
    path("finance/journal/export.csv", finance_journal.export, name="journal-export"),
]

partner: list[URLPattern] = []
