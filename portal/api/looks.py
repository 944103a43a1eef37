"""A creator's looks, and what they bring."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import Scope
from influencers.models import Look, LookStatus
from influencers.queries.look_products import ResolvedSlot, resolve
from influencers.queries.looks import loaded, newest_versions, of_affiliate
from portal.api.fields import ListQuery, Moment, MoneyOut, StatusOut
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource
from portal.queries.my_looks import LookRow as Row
from portal.queries.my_looks import figures, listed, rows_of

TAG = "Looks"
STATES = ["draft", "submitted", "changes", "published", "scheduled", "hidden", "archived"]
EXAMPLE: dict[str, Any] = {
    "id": "6f1c2d9e-6f0e-4a52-8f0b-9a2b6f0a7c11",
    "title": "Linen by the river",
    "status": {
        "code": "published",
        "label": "Published",
        "sentence": "Everybody sees it, and it earns.",
    },
    "note": "",
    "url": "https://shop.example/looks/linen-by-the-river/",
    "link": "abcd2345",
    "clicks": 320,
    "earned": {"amount_minor": 4120, "currency": "EUR"},
    "created_at": "2026-04-01T09:00:00Z",
    "published_at": "2026-04-03T07:30:00Z",
    "expires_at": None,
    "archived_at": None,
}
DETAIL_EXAMPLE: dict[str, Any] = {
    **EXAMPLE,
    "views": 2140,
    "orders": 6,
    "returned": 1,
    "surfaces": [
        {
            "surface": "pdp",
            "views": 1800,
            "taps": 210,
            "orders": 4,
            "returned": 1,
            "earned": {"amount_minor": 2900, "currency": "EUR"},
        }
    ],
    "products": [
        {
            "role": "dress",
            "sku": "LIN-042",
            "name": "Linen dress",
            "price": {"amount_minor": 12000, "currency": "EUR"},
            "is_sold_out": False,
        }
    ],
}


class LookOut(serializers.Serializer[Row]):
    """A look of yours."""

    id = serializers.UUIDField(source="look.public_id")
    title = serializers.CharField()
    status = StatusOut()
    note = serializers.CharField(help_text="What is under way with its newest version.")
    url = serializers.SerializerMethodField(help_text="Its public page; null while it has none.")
    link = serializers.CharField(source="look.link.code", allow_null=True)
    clicks = serializers.IntegerField()
    earned = MoneyOut()
    created_at = Moment(source="look.created_at")
    published_at = Moment(source="look.published_at", allow_null=True)
    expires_at = Moment(source="look.expires_at", allow_null=True)
    archived_at = Moment(source="look.archived_at", allow_null=True)

    def get_url(self, row: Row) -> str | None:
        """Return where everybody sees it."""
        if row.look.status != LookStatus.PUBLISHED:
            return None
        return f"{settings.PUBLIC_URL}{reverse('looks:look', args=[row.look.slug])}"


class SurfaceOut(serializers.Serializer[Any]):
    """What a look did in one place."""

    surface = serializers.CharField(
        help_text="offsite, page, creator, lookbook, pdp (a product's page) or embed."
    )
    views = serializers.IntegerField()
    taps = serializers.IntegerField()
    orders = serializers.IntegerField()
    returned = serializers.IntegerField()
    earned = MoneyOut()


class LookProductOut(serializers.Serializer[ResolvedSlot]):
    """A product of a look, as it is shown now."""

    role = serializers.CharField(source="slot.role")
    sku = serializers.CharField(source="product.sku", allow_null=True)
    name = serializers.CharField(source="product.name", allow_null=True)
    price = MoneyOut(allow_null=True, help_text="With VAT.")
    is_sold_out = serializers.BooleanField()


class LookDetailOut(LookOut):
    """A look with its figures and products."""

    views = serializers.IntegerField()
    orders = serializers.IntegerField()
    returned = serializers.IntegerField(help_text="Of them, those that came back.")
    surfaces = SurfaceOut(many=True)
    products = LookProductOut(many=True)


class LookQuery(ListQuery):
    """Which looks."""

    state = serializers.ChoiceField(
        STATES, required=False, help_text="All that are not archived without it."
    )


class LookList(Resource):
    @operation(
        "list_looks", "List looks", "Your looks, the newest first, with what each brought.",
        scope=Scope.READ_LOOKS, tag=TAG, query=LookQuery, answers=LookOut, many=True,
        example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the caller's looks."""
        asked, account = self.asked, self.affiliate.pk
        found = listed(account, asked.get("state", ""))
        page = page_of(found, by="created_at", cursor=asked["cursor"], limit=asked["limit"])
        return self.listed(LookOut, rows_of(account, page.rows), page)


class LookDetail(Resource):
    @operation(
        "get_look", "Read a look", "One of your looks, with its figures by place and its products.",
        scope=Scope.READ_LOOKS, tag=TAG, answers=LookDetailOut, example=DETAIL_EXAMPLE,
        refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """Show one look."""
        look = get_object_or_404(of_affiliate(self.affiliate.pk), public_id=public_id)
        return self.shown(LookDetailOut, _detail(look, self.affiliate.pk))


def _detail(look: Look, account: int) -> SimpleNamespace:
    row, did = rows_of(account, [look])[0], figures(look)
    version = loaded(look.live_id or newest_versions([look.pk])[look.pk].pk)
    return SimpleNamespace(
        look=look,
        title=row.title,
        status=row.status,
        note=row.note,
        clicks=did.clicks,
        earned=row.earned,
        views=did.views,
        orders=did.orders,
        returned=did.returned,
        surfaces=did.surfaces,
        products=resolve([version], now=timezone.now())[version.pk].slots,
    )
