from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

#: Who writes to these rows signs in as somebody else, or gives themselves another role.
CLOSED = ("account.EmailAddress", "mfa.Authenticator", "usersessions.UserSession", "auth.Group")


class SuperuserAdminConfig(AdminConfig):
    default_site = "config.admin.SuperuserAdminSite"

    def ready(self) -> None:
        """Register every application's pages, then close those that decide who somebody is."""
        super().ready()
        admin.site.unregister([apps.get_model(name) for name in CLOSED])
