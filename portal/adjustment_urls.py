"""Addresses of adjustments: the team's pages, and the affiliate's."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import adjustments, manager_adjustment_import, manager_adjustments

_ONE = "manage/adjustments/<int:pk>/"

staff: list[URLPattern] = [
    path("manage/adjustments/", manager_adjustments.adjustment_list, name="adjustment-list"),
    path("manage/adjustments/new/", manager_adjustments.adjustment_new, name="adjustment-new"),
    path(
        "manage/adjustments/import/",
        manager_adjustment_import.adjustment_import,
        name="adjustment-import",
    ),
    path(_ONE, manager_adjustments.adjustment_detail, name="adjustment-detail"),
    path(f"{_ONE}approve/", manager_adjustments.adjustment_approve, name="adjustment-approve"),
    path(f"{_ONE}decline/", manager_adjustments.adjustment_decline, name="adjustment-decline"),
    path(f"{_ONE}withdraw/", manager_adjustments.adjustment_withdraw, name="adjustment-withdraw"),
    path(f"{_ONE}evidence/", manager_adjustments.adjustment_evidence, name="adjustment-evidence"),
]

partner: list[URLPattern] = [
    path("portal/adjustments/", adjustments.adjustment_list, name="adjustments"),
]
