"""Addresses of personal data: one's own, and the team's: rules, requests, erasure."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_privacy, my_data

_OWN = "account/data/<uuid:public_id>/"
_REQUEST = "manage/privacy/requests/<uuid:public_id>/"

own: list[URLPattern] = [
    path("account/data/", my_data.my_data, name="my-data"),
    path("account/data/copy/", my_data.ask_copy, name="my-data-copy"),
    path("account/data/erase/", my_data.ask_erasure, name="my-data-erase"),
    path(f"{_OWN}withdraw/", my_data.withdraw, name="my-data-withdraw"),
    path(f"{_OWN}file/", my_data.file, name="my-data-file"),
]

manage: list[URLPattern] = [
    path("manage/privacy/", manager_privacy.rules, name="privacy"),
    path("manage/privacy/requests/", manager_privacy.request_list, name="data-request-list"),
    path("manage/privacy/requests/new/", manager_privacy.request_new, name="data-request-new"),
    path(_REQUEST, manager_privacy.request_detail, name="data-request"),
    path(f"{_REQUEST}erase/", manager_privacy.erase, name="data-request-erase"),
    path(f"{_REQUEST}extend/", manager_privacy.extend, name="data-request-extend"),
    path(f"{_REQUEST}refuse/", manager_privacy.refuse, name="data-request-refuse"),
    path(f"{_REQUEST}again/", manager_privacy.again, name="data-request-again"),
    path(f"{_REQUEST}file/", manager_privacy.file, name="data-request-file"),
]
