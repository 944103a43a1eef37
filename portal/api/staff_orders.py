"""Orders for the team: who brought them and what that earned. Costs only when asked, and kept."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Refusal
from core.models import Scope
from portal.api.fields import Flag, Moment, MoneyOut, NamedOut, PeriodQuery, Strict
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource
from portal.margin_access import look_at_costs
from portal.queries.order_credits import CreditView
from portal.queries.staff_orders import (
    Filters,
    OrderRow,
    order_rows,
    order_view,
    orders,
    outcomes,
)
from shop.models import LineKind, Order

TAG = "Orders"
_EUR = {"currency": "EUR"}
EXAMPLE: dict[str, Any] = {
    "id": 40217,
    "number": "FR-1001",
    "shop": "atelier",
    "placed_at": "2026-06-14T16:20:00Z",
    "received_at": "2026-06-14T16:21:04Z",
    "country": "FR",
    "is_test": False,
    "net": {"amount_minor": 20000, **_EUR},
    "outcome": "attributed",
    "affiliates": ["Le Carnet d'Ada"],
    "commission": {"amount_minor": 2000, **_EUR},
    "has_returns": False,
}
DETAIL_EXAMPLE: dict[str, Any] = {
    **EXAMPLE,
    "lines": [
        {
            "sku": "LIN-042",
            "title": "Linen dress",
            "kind": "product",
            "quantity": 2,
            "returned": 0,
            "net": {"amount_minor": 20000, **_EUR},
            "order_cost": {"amount_minor": 450, **_EUR},
            "reference_margin": {"amount_minor": 9550, **_EUR},
            "unit_cost": None,
            "actual_margin": None,
        }
    ],
    "credits": [
        {
            "affiliate": {"id": "2b1d6a44-9c8e-4a1d-9a55-1d2c3b4a5f66", "name": "Le Carnet d'Ada"},
            "share_bps": 10000,
            "checks": "clear",
            "commission_status": "pending",
            "commission": {"amount_minor": 2000, **_EUR},
            "outstanding": {"amount_minor": 2000, **_EUR},
            "is_held": False,
        }
    ],
}


class OrderOut(serializers.Serializer[OrderRow]):
    """An order of the shop. Nothing of the customer."""

    id = serializers.IntegerField(source="order.pk")
    number = serializers.CharField(source="order.number")
    shop = serializers.CharField(source="order.shop.code")
    placed_at = Moment(source="order.placed_at")
    received_at = Moment(source="order.received_at")
    country = serializers.CharField(source="order.country", help_text="Empty: not told.")
    is_test = serializers.BooleanField(source="order.is_test")
    net = MoneyOut(help_text="All lines, without VAT and discounts.")
    outcome = serializers.ChoiceField(outcomes())
    affiliates = serializers.ListField(child=serializers.CharField(), help_text="By name.")
    commission = MoneyOut(source="earned", allow_null=True, help_text="As it was computed first.")
    has_returns = serializers.BooleanField(source="returned")


class OrderLineOut(serializers.Serializer[Any]):
    """A line of the order."""

    sku = serializers.CharField(source="line.sku")
    title = serializers.CharField(source="line.title")
    kind = serializers.ChoiceField(LineKind.values, source="line.kind")
    quantity = serializers.IntegerField(source="line.quantity")
    returned = serializers.IntegerField()
    net = MoneyOut()
    order_cost = MoneyOut(help_text="Its share of the order's costs, by the shop's tariff.")
    reference_margin = MoneyOut(source="reference", allow_null=True)
    unit_cost = MoneyOut(allow_null=True, help_text="Null unless costs were asked for.")
    actual_margin = MoneyOut(
        source="actual", allow_null=True, help_text="Null unless costs were asked for."
    )


class OrderCreditOut(serializers.Serializer[CreditView]):
    """One affiliate's part of the order."""

    affiliate = NamedOut(source="credit.affiliate")
    share_bps = serializers.IntegerField(source="credit.share_bps")
    checks = serializers.CharField(
        source="screening.decision", allow_null=True, help_text="clear, info, review, hold, refuse."
    )
    commission_status = serializers.CharField(source="commission.status", allow_null=True)
    commission = MoneyOut(source="commission.amount", allow_null=True)
    outstanding = MoneyOut(allow_null=True, help_text="What is left of it.")
    is_held = serializers.BooleanField()


class OrderDetailOut(OrderOut):
    """An order with its lines, and who brought it."""

    lines = OrderLineOut(many=True)
    credits = OrderCreditOut(many=True)


class OrderQuery(PeriodQuery):
    """Which orders, by the time they were placed."""

    outcome = serializers.ChoiceField(outcomes(), required=False)
    has = serializers.ChoiceField(["returns", "blocks", "test"], required=False)
    number = serializers.CharField(
        required=False, max_length=64, help_text="The order's number, or S-1025."
    )


class CostQuery(Strict):
    """Whether costs are asked for."""

    costs = Flag(
        required=False,
        help_text="Unit costs and actual margins too. Needs the permission; every look is kept.",
    )


class OrderList(Resource):
    @operation(
        "list_orders", "List orders", "Orders of the shops, the newest first, without any cost.",
        scope=Scope.READ_ORDERS, tag=TAG, query=OrderQuery, answers=OrderOut, many=True,
        example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the orders."""
        asked = self.asked
        found = orders(
            Filters(
                outcome=asked.get("outcome", ""),
                has=asked.get("has", ""),
                search=asked.get("number", "").removeprefix("#"),
            )
        )
        if "since" in asked:
            found = found.filter(placed_at__gte=asked["since"])
        if "until" in asked:
            found = found.filter(placed_at__lt=asked["until"])
        page = page_of(found, by="placed_at", cursor=asked["cursor"], limit=asked["limit"])
        return self.listed(OrderOut, order_rows(page.rows), page)


class OrderDetail(Resource):
    @operation(
        "get_order", "Read an order",
        "One order with its lines and who brought it. With `costs=true` unit costs and actual"
        " margins too, for those who may see them: that look is written into the audit trail.",
        scope=Scope.READ_ORDERS, tag=TAG, query=CostQuery, answers=OrderDetailOut,
        example=DETAIL_EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> Response:
        """Show one order."""
        order = get_object_or_404(Order.objects.select_related("shop"), pk=pk)
        wants_costs = self.asked.get("costs") == "true"
        if wants_costs and not look_at_costs(
            request._request, order, now=timezone.now(), api_key=self.caller.key.name
        ):
            raise Refusal(403, "costs_hidden", _("The owner of this key may not see costs."))
        row = order_rows([order])[0]
        view = order_view(order, shows_costs=wants_costs)
        names = ("order", "net", "outcome", "affiliates", "earned", "returned")
        shown = {name: getattr(row, name) for name in names}
        return self.shown(OrderDetailOut, {**shown, "lines": view.lines, "credits": view.credits})
