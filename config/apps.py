from __future__ import annotations

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

from config import configuration

#: Who writes to these rows signs in as somebody else, or gives themselves another role.
CLOSED = ("account.EmailAddress", "mfa.Authenticator", "usersessions.UserSession", "auth.Group")


class HouseConfig(AppConfig):
    """No rows and no pages: the commands that look after the servers."""

    name = "config"

    def ready(self) -> None:
        """Refuse to start with a configuration that would make the product wrong or unsafe.

        :raises ImproperlyConfigured: with what is wrong and what to do.
        """
        if not settings.EMBEDDED:
            configuration.refuse()


class SuperuserAdminConfig(AdminConfig):
    default_site = "config.admin.SuperuserAdminSite"

    def ready(self) -> None:
        """Register every application's pages, then close those that decide who somebody is."""
        super().ready()
        admin.site.unregister([apps.get_model(name) for name in CLOSED])
