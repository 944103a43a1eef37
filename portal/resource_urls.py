"""Addresses of resources: where affiliates find them, where the team offers them, and banners."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_resources, resources

_ONE = "portal/resources/<uuid:public_id>/"
_STAFF = "manage/resources/<uuid:public_id>/"

partner: list[URLPattern] = [
    path("portal/resources/", resources.listed, name="resource-list"),
    path(_ONE, resources.detail, name="resource"),
    path(f"{_ONE}files/<int:pk>/", resources.download, name="resource-file"),
    path(f"{_ONE}images/<int:pk>/", resources.image, name="resource-image"),
]

public: list[URLPattern] = [
    path("banners/<uuid:public_id>/<slug:language>/", resources.banner, name="banner"),
]

manage: list[URLPattern] = [
    path("manage/resources/", manager_resources.listed, name="staff-resource-list"),
    path("manage/resources/new/", manager_resources.new, name="staff-resource-new"),
    path(_STAFF, manager_resources.detail, name="staff-resource-detail"),
    path(f"{_STAFF}files/", manager_resources.add_file, name="staff-resource-add"),
    path(f"{_STAFF}files/<int:pk>/", manager_resources.file, name="staff-resource-file"),
    path(f"{_STAFF}withdraw/", manager_resources.withdraw, name="staff-resource-withdraw"),
]
