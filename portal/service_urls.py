"""Addresses of the status page, and of the team's pages of incidents."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_incidents, service

_ONE = "manage/incidents/<uuid:public_id>/"

public: list[URLPattern] = [path("status/", service.status, name="status")]

manage: list[URLPattern] = [
    path("manage/incidents/", manager_incidents.listed, name="incident-list"),
    path("manage/incidents/new/", manager_incidents.new, name="incident-new"),
    path(_ONE, manager_incidents.detail, name="incident-detail"),
    path(f"{_ONE}updates/<int:pk>/mail/", manager_incidents.mail, name="incident-mail"),
]
