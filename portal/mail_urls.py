"""Addresses of the pages on which managers look at the programme's mails."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_mails

_ONE = "manage/mails/<slug:kind>/"

urlpatterns: list[URLPattern] = [
    path("manage/mails/", manager_mails.listed, name="mail-list"),
    path(_ONE, manager_mails.detail, name="mail-detail"),
    path(f"{_ONE}html/", manager_mails.html, name="mail-html"),
    path(f"{_ONE}test/", manager_mails.send_test, name="mail-test"),
]
