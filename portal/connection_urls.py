"""Addresses of the connections with platforms, and of the catalogue that comes through them."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_catalogue, manager_drops
from portal.views import manager_connection_acts as acts
from portal.views import manager_connections as pages

_ALL = "manage/connections/"
_ONE = f"{_ALL}<int:pk>/"

manage: list[URLPattern] = [
    path("manage/catalogue/", manager_catalogue.product_list, name="product-list"),
    path("manage/catalogue/<int:pk>/", manager_catalogue.product_detail, name="product-detail"),
    path("manage/catalogue/categories/", manager_catalogue.category_list, name="category-list"),
    path("manage/catalogue/categories/map/", manager_catalogue.category_map, name="category-map"),
    path(_ALL, pages.connection_list, name="connection-list"),
    path(f"{_ALL}new/", pages.connection_choose, name="connection-choose"),
    path(f"{_ALL}new/<slug:name>/", pages.connection_new, name="connection-new"),
    path(_ONE, pages.connection_detail, name="connection-detail"),
    path(f"{_ONE}edit/", pages.connection_edit, name="connection-edit"),
    path(f"{_ONE}secret/", acts.connection_secret, name="connection-secret"),
    path(
        f"{_ONE}secrets/<int:secret_pk>/retire/",
        acts.connection_retire,
        name="connection-retire",
    ),
    path(f"{_ONE}try/", acts.connection_try, name="connection-try"),
    path(f"{_ONE}files/", manager_drops.connection_files, name="connection-files"),
    path(
        f"{_ONE}files/<int:file_pk>/refused/",
        manager_drops.connection_file_refused,
        name="connection-file-refused",
    ),
    path(
        f"{_ONE}files/<int:file_pk>/again/",
        manager_drops.connection_file_again,
        name="connection-file-again",
    ),
    path(f"{_ONE}check/", acts.connection_check, name="connection-check"),
    path(f"{_ONE}ask/", acts.connection_ask, name="connection-ask"),
    path(f"{_ONE}replay/", acts.connection_replay, name="connection-replay"),
    path(f"{_ONE}pause/", acts.connection_pause, name="connection-pause"),
    path(f"{_ONE}resume/", acts.connection_resume, name="connection-resume"),
    path(
        f"{_ONE}differences/<int:difference_pk>/explain/",
        acts.connection_explain,
        name="connection-explain",
    ),
    path(
        f"{_ONE}requests/<int:request_pk>/file/",
        acts.connection_disclose,
        name="connection-disclose",
    ),
]
