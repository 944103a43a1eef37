"""Promo codes of an affiliate."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import Scope
from portal.api.fields import ListQuery, Moment, MoneyOut, StatusOut
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource
from portal.queries.codes import CodeRow as Row
from portal.queries.codes import code_rows
from tracking.models import CouponCode

EXAMPLE: dict[str, Any] = {
    "code": "ADA10",
    "shop": "atelier",
    "discount_bps": 1000,
    "status": {
        "code": "active",
        "label": "Active",
        "sentence": "Orders with this code are credited to you.",
    },
    "orders": 14,
    "earned": {"amount_minor": 12740, "currency": "EUR"},
    "usage_limit": None,
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_to": None,
}


class PromoCodeOut(serializers.Serializer[Row]):
    """A promo code whose orders are credited to you."""

    code = serializers.CharField(source="code.code")
    shop = serializers.CharField(source="code.shop.code")
    discount_bps = serializers.IntegerField(
        source="code.discount_bps", help_text="What the buyer saves, in basis points."
    )
    status = StatusOut()
    orders = serializers.IntegerField(help_text="Orders credited to it, ever.")
    earned = MoneyOut()
    usage_limit = serializers.IntegerField(
        source="code.usage_limit", allow_null=True, help_text="Orders it may earn."
    )
    valid_from = Moment(source="code.valid_from")
    valid_to = Moment(source="code.valid_to", allow_null=True)


class CodeList(Resource):
    @operation(
        "list_codes", "List promo codes", "All of your promo codes, the newest first.",
        scope=Scope.READ_CODES, tag="Promo codes", query=ListQuery, answers=PromoCodeOut,
        many=True, example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the caller's promo codes."""
        found = CouponCode.objects.select_related("affiliate", "shop").filter(
            affiliate=self.affiliate
        )
        page = page_of(
            found, by="valid_from", cursor=self.asked["cursor"], limit=self.asked["limit"]
        )
        return self.listed(PromoCodeOut, code_rows(page.rows, now=timezone.now()), page)
