"""Links, promo codes and attributions, for superusers: to look at, never to change."""

from __future__ import annotations

from django.contrib import admin

from affiliates.admin import ReadOnlyAdmin
from tracking.models import Attribution, CouponCode, Credit, Link, Touchpoint


class TouchpointInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Touchpoint
    fields = ["kind", "affiliate", "at", "won", "reason"]
    readonly_fields = ["kind", "affiliate", "at", "won", "reason"]
    extra = 0
    can_delete = False


@admin.register(Link)
class LinkAdmin(ReadOnlyAdmin):
    list_display = ["code", "affiliate", "destination_url", "created_at", "archived_at"]
    list_filter = ["shop"]
    list_select_related = ["affiliate"]
    search_fields = ["code", "affiliate__name", "destination_url"]


@admin.register(CouponCode)
class CouponCodeAdmin(ReadOnlyAdmin):
    list_display = ["code", "affiliate", "shop", "discount_bps", "valid_from", "valid_to"]
    list_filter = ["shop"]
    list_select_related = ["affiliate", "shop"]
    search_fields = ["code", "affiliate__name"]


@admin.register(Attribution)
class AttributionAdmin(ReadOnlyAdmin):
    list_display = ["order", "outcome", "reason", "policy", "decided_at"]
    list_filter = ["outcome", "reason"]
    list_select_related = ["order"]
    search_fields = ["order__number", "order__external_id"]
    inlines = [TouchpointInline]


@admin.register(Credit)
class CreditAdmin(ReadOnlyAdmin):
    list_display = ["order", "affiliate", "share_bps", "click_at", "created_at"]
    list_select_related = ["order", "affiliate"]
    search_fields = ["order__number", "affiliate__name"]
