"""Plain Django admin of the shop's facts, for superusers: to look, to replay, to change secrets."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.errors import DomainError
from core.models import User
from shop.models import (
    BandAssignment,
    InboundEvent,
    Order,
    OrderLine,
    Product,
    ProductCost,
    Return,
    ReturnLine,
    Shop,
    WebhookSecret,
)
from shop.services import inbound, secrets


class ReadOnly:
    """Facts are looked at here, never typed: they come from the shop."""

    opts: Any
    calculated: tuple[str, ...] = ()

    def get_readonly_fields(self, *_args: Any, **_kwargs: Any) -> list[str]:
        return [*(field.name for field in self.opts.fields), *self.calculated]

    def has_add_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        return False

    def has_change_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        return False


class Watched:
    """Each time a row is opened is kept: it shows what not everybody may see."""

    look: str

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        audit.record(
            actor=_actor(request), verb=self.look, subject=kwargs["obj"], at=timezone.now()
        )
        page: HttpResponse = super().render_change_form(  # type: ignore[misc]
            request, context, *args, **kwargs
        )
        return page


class OrderLineInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = OrderLine
    extra = 0


class ReturnLineInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = ReturnLine
    extra = 0


class ProductCostInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = ProductCost
    extra = 0


class BandAssignmentInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = BandAssignment
    extra = 0


@admin.register(Shop)
class ShopAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "currency", "home_url")
    search_fields = ("code", "name")
    actions = ("issue_secret",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Issue a webhook secret (shown once)"))
    def issue_secret(self, request: HttpRequest, queryset: QuerySet[Shop]) -> None:
        for shop in queryset:
            try:
                row = secrets.issue(shop_id=shop.pk, actor=_actor(request), now=timezone.now())
            except DomainError as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                said = _("Secret of %(shop)s, shown this once: %(secret)s")
                self.message_user(request, said % {"shop": shop, "secret": row.secret})


@admin.register(WebhookSecret)
class WebhookSecretAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("shop", "created_at", "retired_at")
    fields = ("shop", "created_at", "retired_at")
    actions = ("retire",)

    @admin.action(description=gettext_lazy("Retire"))
    def retire(self, request: HttpRequest, queryset: QuerySet[WebhookSecret]) -> None:
        for row in queryset:
            secrets.retire(secret_id=row.pk, actor=_actor(request), now=timezone.now())


@admin.register(InboundEvent)
class InboundEventAdmin(Watched, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("event_id", "shop", "topic", "received_at", "status", "attempts", "error")
    list_filter = ("status", "topic", "shop")
    search_fields = ("event_id", "sha256")
    fields = ("shop", "connector", "topic", "event_id", "received_at", "sha256", "status",
              "attempts", "error", "said")  # fmt: skip
    calculated = ("said",)
    look = "inbound.viewed"
    actions = ("process_again",)

    @admin.display(description=gettext_lazy("body"))
    def said(self, event: InboundEvent) -> str:
        return bytes(event.body).decode(errors="replace")

    @admin.action(description=gettext_lazy("Process again"))
    def process_again(self, request: HttpRequest, queryset: QuerySet[InboundEvent]) -> None:
        for event in queryset:
            try:
                inbound.replay(event_id=event.pk, actor=_actor(request), now=timezone.now())
            except DomainError as refusal:
                self.message_user(request, f"{event}: {refusal}", messages.ERROR)


@admin.register(Product)
class ProductAdmin(Watched, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("sku", "name", "category", "brand", "list_price_minor", "is_active")
    list_filter = ("shop", "is_active")
    search_fields = ("sku", "name")
    look = "costs.viewed"
    inlines = (ProductCostInline, BandAssignmentInline)


@admin.register(Order)
class OrderAdmin(Watched, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("number", "shop", "placed_at", "is_test", "cancelled_at")
    list_filter = ("shop", "is_test")
    search_fields = ("number", "external_id")
    date_hierarchy = "placed_at"
    look = "order.costs_viewed"
    inlines = (OrderLineInline,)


@admin.register(Return)
class ReturnAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("external_id", "shop", "order_external_id", "reason", "returned_at")
    list_filter = ("shop", "reason", ("order", admin.EmptyFieldListFilter))
    search_fields = ("external_id", "order_external_id")
    inlines = (ReturnLineInline,)


def _actor(request: HttpRequest) -> User:
    return cast(User, request.user)
