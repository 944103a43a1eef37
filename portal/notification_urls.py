"""Addresses of notifications and of how people choose to be told."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import letters, notifications

_SETTINGS = "settings/notifications/"

#: Of whoever is signed in, and of whoever got a mail.
shared: list[URLPattern] = [
    path("notifications/", notifications.lead, name="notifications"),
    path("notifications/count/", notifications.count, name="notification-count"),
    path(_SETTINGS, letters.lead, name="letter-choices-lead"),
    path("letters/<str:token>/", letters.stop, name="letters-stop"),
]

partner: list[URLPattern] = [
    path("portal/notifications/", notifications.partner_list, name="notification-list"),
    path("portal/notifications/read/", notifications.partner_read, name="notification-read"),
    path("portal/notifications/<int:pk>/", notifications.partner_detail, name="notification"),
    path(f"portal/{_SETTINGS}", letters.partner_choices, name="letter-choices"),
]

staff: list[URLPattern] = [
    path("manage/notifications/", notifications.staff_list, name="staff-notification-list"),
    path("manage/notifications/read/", notifications.staff_read, name="staff-notification-read"),
    path("manage/notifications/<int:pk>/", notifications.staff_detail, name="staff-notification"),
    path(f"manage/{_SETTINGS}", letters.staff_choices, name="staff-letter-choices"),
]
