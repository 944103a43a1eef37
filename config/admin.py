"""The plain Django admin, for superusers only, behind the same sign-in as everything else."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.access import ask_for_second_factor, current_user, lacks_second_factor


class SuperuserAdminSite(AdminSite):
    """An admin for superusers who have a second factor."""

    def has_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request) and not lacks_second_factor(current_user(request))

    def login(
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Send strangers to our own sign-in page, superusers to add what they lack.

        :raises PermissionDenied: for people who are signed in but are no superusers.
        """
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", request.path))
        if not _is_superuser(request):
            raise PermissionDenied
        if not self.has_permission(request):
            return ask_for_second_factor(request)
        return redirect("admin:index")


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))
