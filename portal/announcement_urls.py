"""Addresses of announcements: where affiliates read them, and where the team writes them."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import announcements, manager_announcements

_ONE = "portal/announcements/<uuid:public_id>/"
_STAFF = "manage/announcements/<uuid:public_id>/"

partner: list[URLPattern] = [
    path(_ONE, announcements.read, name="announcement"),
    path(f"{_ONE}dismiss/", announcements.dismiss, name="announcement-dismiss"),
]

manage: list[URLPattern] = [
    path("manage/announcements/", manager_announcements.listed, name="announcement-list"),
    path("manage/announcements/new/", manager_announcements.new, name="announcement-new"),
    path(_STAFF, manager_announcements.detail, name="announcement-detail"),
    path(f"{_STAFF}edit/", manager_announcements.edit, name="announcement-edit"),
    path(f"{_STAFF}schedule/", manager_announcements.schedule, name="announcement-schedule"),
    path(f"{_STAFF}call-back/", manager_announcements.call_back, name="announcement-call-back"),
    path(f"{_STAFF}try/", manager_announcements.try_out, name="announcement-try"),
    path(f"{_STAFF}keep/", manager_announcements.keep, name="announcement-keep"),
    path(f"{_STAFF}end/", manager_announcements.end, name="announcement-end"),
]
