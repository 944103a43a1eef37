"""Cases for programme managers, payout batches for finance. Read only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import Scope
from fraud.models import Case, CaseStatus, Family, Severity
from payouts.models import Batch, BatchStatus, Item, ItemStatus, Rail
from portal.api.fields import ListQuery, Moment, MoneyOut, NamedOut
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource
from portal.queries.staff_batches import batches
from portal.queries.staff_cases import CaseRow, case_rows

AFFILIATE: dict[str, Any] = {
    "id": "2b1d6a44-9c8e-4a1d-9a55-1d2c3b4a5f66",
    "name": "Le Carnet d'Ada",
}
CASE_EXAMPLE: dict[str, Any] = {
    "id": "70c4a1f2-6a51-4a7f-8f5e-0d1a2b3c4d55",
    "affiliate": AFFILIATE,
    "family": "identity",
    "severity": "hold",
    "status": "open",
    "signals": ["own_purchase"],
    "sales": 1,
    "at_stake": [{"amount_minor": 1000, "currency": "EUR"}],
    "assignee": None,
    "opened_at": "2026-06-15T10:00:00Z",
    "last_seen_at": "2026-06-15T10:00:00Z",
    "status_changed_at": "2026-06-15T10:00:00Z",
    "answer_due_at": None,
    "message": "",
}
BATCH_EXAMPLE: dict[str, Any] = {
    "id": "c1f0e9d8-7b6a-4c5d-8e9f-0a1b2c3d4e77",
    "reference": "B-2026-06-10-SEPA",
    "rail": "sepa",
    "status": "in_review",
    "total": {"amount_minor": 412000, "currency": "EUR"},
    "payouts": 31,
    "cutoff_at": "2026-06-09T22:00:00Z",
    "execution_date": "2026-06-10",
    "created_at": "2026-06-09T08:00:00Z",
    "created_by": "Fin Lambert",
    "submitted_at": "2026-06-09T08:30:00Z",
    "status_changed_at": "2026-06-09T08:30:00Z",
}
ITEM_EXAMPLE: dict[str, Any] = {
    "id": "0c7e1c9a-3a0e-4a6b-9d3c-0b8a5f6f2a11",
    "reference": "AP0000000042",
    "affiliate": AFFILIATE,
    "amount": {"amount_minor": 12000, "currency": "EUR"},
    "status": "queued",
    "reason": "",
}


class CaseOut(serializers.Serializer[CaseRow]):
    """A judgement that a person makes or made. What the evidence is stands on its page."""

    id = serializers.UUIDField(source="case.public_id")
    affiliate = NamedOut(source="case.affiliate")
    family = serializers.ChoiceField(Family.values, source="case.family")
    severity = serializers.ChoiceField(Severity.values, source="case.severity")
    status = serializers.ChoiceField(CaseStatus.values, source="case.status")
    signals = serializers.ListField(child=serializers.CharField(), source="codes")
    sales = serializers.IntegerField(help_text="How many it holds or held.")
    at_stake = MoneyOut(source="stakes", many=True, help_text="Held commissions, by currency.")
    assignee = serializers.CharField(source="case.assignee.name", allow_null=True)
    opened_at = Moment(source="case.opened_at")
    last_seen_at = Moment(source="case.last_seen_at")
    status_changed_at = Moment(source="case.status_changed_at")
    answer_due_at = Moment(
        source="case.answer_due_at", allow_null=True, help_text="The affiliate was asked."
    )
    message = serializers.CharField(source="case.message", help_text="What the affiliate was told.")


class CaseQuery(ListQuery):
    """Which cases."""

    status = serializers.ChoiceField(CaseStatus.values, required=False)
    family = serializers.ChoiceField(Family.values, required=False)
    affiliate = serializers.UUIDField(required=False)


class BatchOut(serializers.Serializer[Batch]):
    """A run of payouts."""

    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField()
    rail = serializers.ChoiceField(Rail.values)
    status = serializers.ChoiceField(BatchStatus.values)
    total = MoneyOut(help_text="Frozen when it is submitted; 0 before.")
    payouts = serializers.IntegerField(source="item_count", help_text="Likewise.")
    cutoff_at = Moment(help_text="What was validated before this moment is in.")
    execution_date = serializers.DateField()
    created_at = Moment()
    created_by = serializers.CharField(source="created_by.name")
    submitted_at = Moment(allow_null=True)
    status_changed_at = Moment()


class BatchItemOut(serializers.Serializer[Item]):
    """One payout of a batch. Where it goes stands on its page."""

    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField()
    affiliate = NamedOut()
    amount = MoneyOut(help_text="What leaves, with VAT.")
    status = serializers.ChoiceField(ItemStatus.values)
    reason = serializers.CharField()


class BatchQuery(ListQuery):
    """Which batches."""

    status = serializers.ChoiceField(BatchStatus.values, required=False)


class CaseList(Resource):
    @operation(
        "list_cases", "List cases", "Judgements about affiliates, the newest first.",
        scope=Scope.READ_CASES, tag="Cases", query=CaseQuery, answers=CaseOut, many=True,
        example=CASE_EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the cases."""
        asked = self.asked
        found = Case.objects.select_related("affiliate", "assignee")
        found = found.filter(**{one: asked[one] for one in ("status", "family") if one in asked})
        if "affiliate" in asked:
            found = found.filter(affiliate__public_id=asked["affiliate"])
        page = page_of(found, by="opened_at", cursor=asked["cursor"], limit=asked["limit"])
        return self.listed(CaseOut, case_rows(page.rows), page)


class CaseDetail(Resource):
    @operation(
        "get_case", "Read a case", "One judgement about an affiliate.",
        scope=Scope.READ_CASES, tag="Cases", answers=CaseOut, example=CASE_EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """Show one case."""
        rows = Case.objects.select_related("affiliate", "assignee")
        return self.shown(CaseOut, case_rows([get_object_or_404(rows, public_id=public_id)])[0])


class BatchList(Resource):
    @operation(
        "list_batches", "List payout batches", "Runs of payouts, the newest first.",
        scope=Scope.READ_BATCHES, tag="Batches", query=BatchQuery, answers=BatchOut, many=True,
        example=BATCH_EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the batches."""
        asked = self.asked
        found = batches(asked.get("status", ""))
        page = page_of(found, by="created_at", cursor=asked["cursor"], limit=asked["limit"])
        return self.listed(BatchOut, page.rows, page)


class BatchDetail(Resource):
    @operation(
        "get_batch", "Read a payout batch", "One run of payouts.",
        scope=Scope.READ_BATCHES, tag="Batches", answers=BatchOut, example=BATCH_EXAMPLE,
        refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """Show one batch."""
        return self.shown(BatchOut, get_object_or_404(batches(""), public_id=public_id))


class BatchItems(Resource):
    @operation(
        "list_batch_payouts", "List the payouts of a batch", "Whom a batch pays, and how much.",
        scope=Scope.READ_BATCHES, tag="Batches", query=ListQuery, answers=BatchItemOut,
        many=True, example=ITEM_EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """List the payouts of one batch."""
        batch = get_object_or_404(batches(""), public_id=public_id)
        found = Item.objects.select_related("affiliate").filter(batch=batch)
        page = page_of(found, by="", cursor=self.asked["cursor"], limit=self.asked["limit"])
        return self.listed(BatchItemOut, page.rows, page)
