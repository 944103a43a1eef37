"""Addresses of what affiliates tell of themselves."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import profile

partner: list[URLPattern] = [
    path("portal/profile/", profile.profile, name="profile"),
    path("portal/profile/picture/", profile.picture, name="profile-picture"),
]

manage: list[URLPattern] = [
    path(
        "manage/affiliates/<uuid:public_id>/picture/",
        profile.staff_picture,
        name="affiliate-picture",
    ),
]
