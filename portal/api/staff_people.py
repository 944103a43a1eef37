"""Applications and affiliates, for programme managers. Read only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus, Application
from affiliates.models import ApplicationStatus as State
from core.models import Scope
from portal.api.fields import ListQuery, Moment, MoneyOut
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource
from portal.queries import staff_affiliates
from portal.queries.staff_affiliates import Entry, entries

APPLICATION_EXAMPLE: dict[str, Any] = {
    "id": "9a0f7d7e-3f1f-4f5c-8b5d-6f4e8b1f2c33",
    "name": "Le Carnet",
    "kind": "content",
    "legal_form": "company",
    "country": "FR",
    "sites": ["https://carnet.example/"],
    "channels": ["site"],
    "methods": ["content"],
    "pitch": "I write about linen.",
    "status": "submitted",
    "reason": "",
    "submitted_at": "2026-06-15T10:00:00Z",
    "status_changed_at": "2026-06-15T10:00:00Z",
    "affiliate": None,
}
AFFILIATE_EXAMPLE: dict[str, Any] = {
    "id": "2b1d6a44-9c8e-4a1d-9a55-1d2c3b4a5f66",
    "name": "Le Carnet d'Ada",
    "kind": "content",
    "group": "partners",
    "country": "FR",
    "status": "active",
    "status_changed_at": "2025-05-11T10:00:00Z",
    "joined_at": "2025-05-11T10:00:00Z",
    "store": "",
    "orders_30_days": 12,
    "earned_30_days": [{"amount_minor": 11250, "currency": "EUR"}],
    "last_order_at": "2026-06-14T16:20:00Z",
}
AFFILIATE_DETAIL: dict[str, Any] = {**AFFILIATE_EXAMPLE, "sites": ["https://carnet.example/"]}


class ApplicationOut(serializers.Serializer[Application]):
    """A request to join. The applicant's address is on its page alone."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(AffiliateKind.values)
    legal_form = serializers.CharField()
    country = serializers.CharField()
    sites = serializers.ListField(child=serializers.CharField())
    channels = serializers.ListField(child=serializers.CharField())
    methods = serializers.ListField(child=serializers.CharField())
    pitch = serializers.CharField()
    status = serializers.ChoiceField(State.values)
    reason = serializers.CharField(help_text="As the applicant was told.")
    submitted_at = Moment()
    status_changed_at = Moment()
    affiliate = serializers.UUIDField(
        source="affiliate.public_id", allow_null=True, help_text="What it became."
    )


class ApplicationQuery(ListQuery):
    """Which applications."""

    status = serializers.ChoiceField(State.values, required=False)
    kind = serializers.ChoiceField(AffiliateKind.values, required=False)


class AffiliateOut(serializers.Serializer[Entry]):
    """An account that earns by sending customers."""

    id = serializers.UUIDField(source="affiliate.public_id")
    name = serializers.CharField(source="affiliate.name")
    kind = serializers.ChoiceField(AffiliateKind.values, source="affiliate.kind")
    group = serializers.CharField(source="affiliate.group.slug")
    country = serializers.CharField(source="affiliate.country")
    status = serializers.ChoiceField(AffiliateStatus.values, source="affiliate.status")
    status_changed_at = Moment(source="affiliate.status_changed_at")
    joined_at = Moment(source="affiliate.joined_at")
    store = serializers.CharField(source="affiliate.store", help_text="Of an employee.")
    orders_30_days = serializers.IntegerField(source="orders")
    earned_30_days = MoneyOut(source="earned", many=True, help_text="By currency.")
    last_order_at = Moment(source="last_sale", allow_null=True, help_text="In these 30 days.")


class AffiliateDetailOut(AffiliateOut):
    """An account with the sites on which it promotes."""

    sites = serializers.SerializerMethodField()

    def get_sites(self, entry: Entry) -> list[str]:
        """Return the declared sites that stand."""
        return [one.url for one in entry.affiliate.properties.standing().order_by("pk")]


class AffiliateQuery(ListQuery):
    """Which affiliates."""

    status = serializers.ChoiceField(AffiliateStatus.values, required=False)
    kind = serializers.ChoiceField(AffiliateKind.values, required=False)
    group = serializers.SlugField(required=False, max_length=40)


class ApplicationList(Resource):
    @operation(
        "list_applications", "List applications", "Requests to join, the newest first.",
        scope=Scope.READ_APPLICATIONS, tag="Applications", query=ApplicationQuery,
        answers=ApplicationOut, many=True, example=APPLICATION_EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the applications."""
        asked = self.asked
        wanted = {name: asked[name] for name in ("status", "kind") if name in asked}
        found = Application.objects.select_related("affiliate").filter(**wanted)
        page = page_of(found, by="submitted_at", cursor=asked["cursor"], limit=asked["limit"])
        return self.listed(ApplicationOut, page.rows, page)


class ApplicationDetail(Resource):
    @operation(
        "get_application", "Read an application", "One request to join.",
        scope=Scope.READ_APPLICATIONS, tag="Applications", answers=ApplicationOut,
        example=APPLICATION_EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """Show one application."""
        rows = Application.objects.select_related("affiliate")
        return self.shown(ApplicationOut, get_object_or_404(rows, public_id=public_id))


class AffiliateList(Resource):
    @operation(
        "list_affiliates", "List affiliates",
        "The accounts of the programme, those that joined last first, with their last 30 days.",
        scope=Scope.READ_AFFILIATES, tag="Affiliates", query=AffiliateQuery,
        answers=AffiliateOut, many=True, example=AFFILIATE_EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the affiliates."""
        asked = self.asked
        found = staff_affiliates.directory(
            staff_affiliates.Filters(
                status=asked.get("status", ""),
                kind=asked.get("kind", ""),
                group=asked.get("group", ""),
            )
        )
        page = page_of(found, by="joined_at", cursor=asked["cursor"], limit=asked["limit"])
        return self.listed(AffiliateOut, entries(page.rows, timezone.now()), page)


class AffiliateDetail(Resource):
    @operation(
        "get_affiliate", "Read an affiliate", "One account, with the sites on which it promotes.",
        scope=Scope.READ_AFFILIATES, tag="Affiliates", answers=AffiliateDetailOut,
        example=AFFILIATE_DETAIL, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """Show one affiliate."""
        rows = Affiliate.objects.select_related("group")
        affiliate = get_object_or_404(rows, public_id=public_id)
        return self.shown(AffiliateDetailOut, entries([affiliate], timezone.now())[0])
