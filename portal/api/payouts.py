"""Payouts of an affiliate: what was paid or is about to be, line by line, with its statement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Refusal
from core.models import Scope
from payouts.models import Item
from portal.api.fields import ListQuery, Moment, MoneyOut, StatusOut
from portal.api.operation import operation
from portal.api.paging import Page, page_of
from portal.api.resource import Resource
from portal.queries.payouts import Line, line_rows, payouts_of, show_lines
from portal.sale_references import sale_reference
from portal.status_language import payout_status

TAG = "Payouts"
EXAMPLE: dict[str, Any] = {
    "id": "0c7e1c9a-3a0e-4a6b-9d3c-0b8a5f6f2a11",
    "reference": "AP0000000042",
    "status": {
        "code": "sent",
        "label": "Sent",
        "sentence": "Sent to your bank, which may need up to two working days.",
    },
    "method": "sepa",
    "amount": {"amount_minor": 12000, "currency": "EUR"},
    "net": {"amount_minor": 10000, "currency": "EUR"},
    "vat": {"amount_minor": 2000, "currency": "EUR"},
    "execution_date": "2026-06-10",
    "account_last4": "0189",
    "lines": 5,
    "first_order_at": "2026-04-02T09:00:00Z",
    "last_order_at": "2026-05-04T18:30:00Z",
    "statement": "ST-AP0000000042",
}
LINE_EXAMPLE: dict[str, Any] = {
    "sale": "S-1025",
    "order_reference": "•••• 1001",
    "at": "2026-04-02T09:00:00Z",
    "what": "Commission",
    "amount": {"amount_minor": 2000, "currency": "EUR"},
}


class PayoutOut(serializers.Serializer[Item]):
    """One payment to you."""

    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField(help_text="As on your bank statement.")
    status = serializers.SerializerMethodField()
    method = serializers.CharField(source="batch.rail", help_text="sepa, payroll, stripe, manual.")
    amount = MoneyOut(help_text="What leaves, with VAT.")
    net = MoneyOut(help_text="The sum of its lines.")
    vat = MoneyOut(help_text="On top of them.")
    execution_date = serializers.DateField(source="batch.execution_date")
    account_last4 = serializers.CharField(source="iban_last4", help_text="Of the account.")
    lines = serializers.IntegerField(source="line_count")
    first_order_at = Moment(source="first_order", allow_null=True)
    last_order_at = Moment(source="last_order", allow_null=True)
    statement = serializers.SerializerMethodField(help_text="Its number; null: not issued yet.")

    @extend_schema_field(StatusOut)
    def get_status(self, item: Item) -> dict[str, str]:
        """Return the state in words."""
        return dict(StatusOut(payout_status(item.status)).data)

    def get_statement(self, item: Item) -> str | None:
        """Return the number of the statement, if there is one."""
        return item.statement.number if hasattr(item, "statement") else None


class PayoutLineOut(serializers.Serializer[Line]):
    """A commission or a later plus or minus in a payout."""

    sale = serializers.SerializerMethodField(help_text="Null when it is about no sale.")
    order_reference = serializers.CharField(source="reference", help_text="Empty without a sale.")
    at = Moment(help_text="When the order was placed.")
    what = serializers.CharField()
    amount = MoneyOut()

    def get_sale(self, line: Line) -> str | None:
        """Return the reference of the sale."""
        return None if line.credit_id is None else sale_reference(line.credit_id)


class OfPayouts(Resource):
    """What the addresses of payouts have in common."""

    def own(self, public_id: UUID) -> Item:
        """Return one of the caller's payouts.

        :raises Http404: when there is none, or it belongs to somebody else.
        """
        return get_object_or_404(payouts_of(self.affiliate.pk), public_id=public_id)


class PayoutList(OfPayouts):
    @operation(
        "list_payouts", "List payouts", "What was paid to you or is about to be, newest first.",
        scope=Scope.READ_PAYOUTS, tag=TAG, query=ListQuery, answers=PayoutOut, many=True,
        example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the caller's payouts."""
        found = payouts_of(self.affiliate.pk).defer("statement__body")
        page = page_of(
            found, by="batch__execution_date", cursor=self.asked["cursor"],
            limit=self.asked["limit"],
        )  # fmt: skip
        return self.listed(PayoutOut, page.rows, page)


class PayoutDetail(OfPayouts):
    @operation(
        "get_payout", "Read a payout", "One of your payouts.",
        scope=Scope.READ_PAYOUTS, tag=TAG, answers=PayoutOut, example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """Show one payout."""
        return self.shown(PayoutOut, self.own(public_id))


class PayoutLines(OfPayouts):
    @operation(
        "list_payout_lines", "List the lines of a payout",
        "The commissions and later changes that a payout is made of, the newest first. They sum"
        " to its `net`.",
        scope=Scope.READ_PAYOUTS, tag=TAG, query=ListQuery, answers=PayoutLineOut, many=True,
        example=LINE_EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """List what one payout is made of."""
        item = self.own(public_id)
        page = page_of(
            line_rows(item), by="", cursor=self.asked["cursor"], limit=self.asked["limit"]
        )
        shown = show_lines(page.rows, item.currency)
        return self.listed(PayoutLineOut, shown, Page(shown, page.next_cursor))


class PayoutStatement(OfPayouts):
    @operation(
        "get_statement", "Download a statement",
        "The statement of a payout as a PDF, byte for byte as it was issued. 404 with the code"
        " `not_issued` before it is.",
        scope=Scope.READ_PAYOUTS, tag=TAG, answers=None, example=None, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> HttpResponse:
        """Send the statement of one payout."""
        item = self.own(public_id)
        if not hasattr(item, "statement"):
            raise Refusal(404, "not_issued", _("The statement is issued when the payout is sent."))
        made = item.statement
        return HttpResponse(
            bytes(made.body),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{made.number}.pdf"'},
        )
