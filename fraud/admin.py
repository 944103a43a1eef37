"""Screenings and cases, for superusers: to look at, never to change."""

from __future__ import annotations

from django.contrib import admin

from affiliates.admin import ReadOnlyAdmin
from fraud.models import Case, Screening, Signal


class SignalInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Signal
    fields = ["code", "version", "severity", "evidence"]
    readonly_fields = ["code", "version", "severity", "evidence"]
    extra = 0
    can_delete = False


@admin.register(Screening)
class ScreeningAdmin(ReadOnlyAdmin):
    list_display = ["credit", "decision", "screened_at"]
    list_filter = ["decision", "signals__code"]
    list_select_related = ["credit__affiliate", "credit__order"]
    search_fields = ["credit__order__number", "credit__affiliate__name"]
    inlines = [SignalInline]


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = ["affiliate", "family", "status", "opened_at", "decided_by", "reason"]
    list_filter = ["status", "family", "severity"]
    list_select_related = ["affiliate", "decided_by"]
    search_fields = ["affiliate__name", "credits__credit__order__number"]
