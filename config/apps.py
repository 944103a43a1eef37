from __future__ import annotations

from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

#: Who writes to these rows signs in as somebody else, or gives themselves another role.
CLOSED = ("account.EmailAddress", "mfa.Authenticator", "usersessions.UserSession", "auth.Group")


class HouseConfig(AppConfig):
    """No rows and no pages: the commands that look after the servers."""

    name = "config"


class SuperuserAdminConfig(AdminConfig):
    default_site = "config.admin.SuperuserAdminSite"

    def ready(self) -> None:
        """Register every application's pages, then close those that decide who somebody is."""
        super().ready()
        admin.site.unregister([apps.get_model(name) for name in CLOSED])
