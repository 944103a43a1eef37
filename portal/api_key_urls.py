"""Addresses of the pages on which keys of the API are made and revoked."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import api_keys

partner: list[URLPattern] = [
    path("portal/api/", api_keys.own, name="api-keys"),
    path("portal/api/revoke/", api_keys.own_revoke, name="api-key-revoke"),
]

staff: list[URLPattern] = [
    path("manage/api/", api_keys.staff, name="staff-api-keys"),
    path("manage/api/revoke/", api_keys.staff_revoke, name="staff-api-key-revoke"),
]
