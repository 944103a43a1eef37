"""Addresses of reports, saved views and exports: the same for partners and for staff."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.report_area import AreaView, for_partner, for_staff
from portal.views import exports, reports, saved_views, schedules

_PAGES: tuple[tuple[str, AreaView, str], ...] = (
    ("reports/", reports.report, "report"),
    ("reports/file/", reports.file, "report-file"),
    ("reports/picture.png", reports.picture, "report-picture"),
    ("views/save/", saved_views.save, "view-save"),
    ("views/<int:pk>/", saved_views.detail, "view-detail"),
    ("views/<int:pk>/remove/", saved_views.remove, "view-remove"),
    ("views/<int:pk>/restore/", saved_views.restore, "view-restore"),
    ("views/<int:pk>/send/", schedules.begin, "view-send"),
    ("views/<int:pk>/stop/", schedules.stop, "view-stop"),
    ("exports/", exports.export_list, "export-list"),
    ("exports/progress/", exports.progress, "export-progress"),
    ("exports/new/", exports.new, "export-new"),
    ("exports/<uuid:public_id>/file/", exports.file, "export-file"),
    ("exports/<uuid:public_id>/again/", exports.again, "export-again"),
)

partner: list[URLPattern] = [
    *(path(f"portal/{at}", for_partner(view), name=f"my-{name}") for at, view, name in _PAGES),
    path("schedules/<str:token>/stop/", schedules.stop_by_mail, name="schedule-stop"),
]
manage: list[URLPattern] = [
    path(f"manage/{at}", for_staff(view), name=name) for at, view, name in _PAGES
]
