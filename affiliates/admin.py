"""Affiliates, their applications and terms, for superusers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from affiliates.admin_audit import AuditedAdmin
from affiliates.models import (
    Affiliate,
    Application,
    Group,
    GroupMove,
    Membership,
    Payee,
    Property,
    Terms,
)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Looks, never touches: what may change here changes through the services' own screens."""

    def has_add_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(
        self, _request: HttpRequest, _row: models.Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, _request: HttpRequest, _row: models.Model | None = None
    ) -> bool:
        return False

    def get_fields(
        self, _request: HttpRequest, _row: models.Model | None = None
    ) -> tuple[str, ...]:
        hidden = self.exclude or ()
        return tuple(field.name for field in self.opts.fields if field.name not in hidden)


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    raw_id_fields = ["user"]
    extra = 0


class PropertyInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Property
    extra = 0
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Group)
class GroupAdmin(AuditedAdmin):
    list_display = ["name", "slug", "is_default"]


@admin.register(Terms)
class TermsAdmin(ReadOnlyAdmin):
    """Terms are published on the managers' pages, which tell those concerned."""

    list_display = ["__str__", "valid_from", "valid_to", "basis", "rate_bps", "window_days"]
    list_filter = ["group", "basis"]
    list_select_related = ["group", "affiliate"]


@admin.register(Affiliate)
class AffiliateAdmin(AuditedAdmin):
    list_display = ["name", "kind", "group", "country", "status", "joined_at"]
    list_filter = ["status", "kind", "group"]
    list_select_related = ["group"]
    search_fields = ["name", "memberships__user__email", "staff_number"]
    readonly_fields = [
        "public_id", "group", "status", "status_changed_at", "status_reason", "joined_at",
    ]  # fmt: skip
    inlines = [MembershipInline, PropertyInline]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, _request: HttpRequest, _row: models.Model | None = None
    ) -> bool:
        return False


@admin.register(GroupMove)
class GroupMoveAdmin(ReadOnlyAdmin):
    """Affiliates move on the managers' pages, which tell their people."""

    list_display = ["affiliate", "before", "after", "begins_at", "done_at", "cancelled_at"]
    list_select_related = ["affiliate", "before", "after"]


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ["name", "user", "kind", "status", "submitted_at", "reviewer"]
    list_filter = ["status", "kind"]
    list_select_related = ["user", "reviewer"]
    search_fields = ["name", "user__email"]


@admin.register(Payee)
class PayeeAdmin(ReadOnlyAdmin):
    """Never shows an IBAN."""

    list_display = ["affiliate", "legal_name", "iban_last4", "country", "changed_at"]
    list_select_related = ["affiliate"]
    search_fields = ["legal_name", "affiliate__name"]
    exclude = ["iban", "iban_hash"]
