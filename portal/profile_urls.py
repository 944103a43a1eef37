"""Addresses of what affiliates tell of themselves."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import profile

partner: list[URLPattern] = [
    path("portal/profile/", profile.profile, name="profile"),
    path("portal/profile/picture/", profile.picture, name="profile-picture"),
]

_AFFILIATE = "manage/affiliates/<uuid:public_id>/"

manage: list[URLPattern] = [
    path(f"{_AFFILIATE}picture/", profile.staff_picture, name="affiliate-picture"),
    path(f"{_AFFILIATE}name/agree/", profile.name_agree, name="affiliate-name-agree"),
    path(f"{_AFFILIATE}name/decline/", profile.name_decline, name="affiliate-name-decline"),
    path(f"{_AFFILIATE}bio/agree/", profile.bio_agree, name="affiliate-bio-agree"),
    path(f"{_AFFILIATE}bio/decline/", profile.bio_decline, name="affiliate-bio-decline"),
]
