"""Sales of an affiliate, and what each earned line by line. No cost is among it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Sum
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from affiliates.queries import terms_for
from core.api import Refusal
from core.models import Scope
from core.money import Money
from payouts.models import Adjustment, CommissionStatus
from payouts.queries.commissions import sale as priced_sale
from portal.adjustment_language import public_reason, story_title, with_text
from portal.api.fields import Moment, MoneyOut, PeriodQuery, StatusOut
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource
from portal.queries.sales import SaleFilters, SaleState, approved_at, payouts_of, sales
from portal.sale_display import Sale, commission_of, show_sales, source_label
from portal.sale_references import credit_of, sale_reference
from portal.sale_story import attribution_sentence
from shop.models import LineKind, OrderLine, ReturnLine
from tracking.models import CouponCode, Credit, Link

if TYPE_CHECKING:
    from portal.queries.sales import SaleCredit

TAG = "Sales"
EXAMPLE: dict[str, Any] = {
    "id": "S-1025",
    "order_reference": "•••• 1001",
    "placed_at": "2026-06-14T16:20:00Z",
    "link": "spring-letter",
    "promo_code": None,
    "source": "Spring letter",
    "sub_id": "letter-5",
    "share_bps": 10000,
    "items": 2,
    "basket": {"amount_minor": 20000, "currency": "EUR"},
    "status": {
        "code": "pending",
        "label": "Pending",
        "sentence": "Waiting for the end of the return period, on 14 July 2026.",
    },
    "reason": None,
    "earned": {"amount_minor": 2000, "currency": "EUR"},
    "computed": {"amount_minor": 2000, "currency": "EUR"},
    "validation_at": "2026-07-14T16:20:00Z",
    "payout": None,
}
LINE_EXAMPLE: dict[str, Any] = {
    "title": "Linen dress",
    "quantity": 2,
    "returned": 0,
    "net": {"amount_minor": 20000, "currency": "EUR"},
}
DETAIL_EXAMPLE: dict[str, Any] = {
    **EXAMPLE,
    "why": "Your link “Spring letter” was the last one to lead to this order: 1 hour before it,"
    " within the window of 30 days.",
    "lines": [LINE_EXAMPLE],
}
COMMISSION_EXAMPLE: dict[str, Any] = {
    "sale": "S-1025",
    "amount": {"amount_minor": 2000, "currency": "EUR"},
    "earned": {"amount_minor": 2000, "currency": "EUR"},
    "basis": "reference",
    "terms": 12,
    "computed_at": "2026-06-14T16:25:00Z",
    "hold_until": "2026-07-14T16:20:00Z",
    "approved_at": None,
    "lines": [
        {
            **LINE_EXAMPLE,
            "amount": {"amount_minor": 2000, "currency": "EUR"},
            "sentences": ["Price paid without VAT: €200.00", "20% of the margin: €20.00"],
        }
    ],
    "changes": [],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A sale as its partner reads it, and what the program that asks wants to know of it."""

    sale: Sale
    credit: SaleCredit
    payout: UUID | None

    @property
    def reason(self) -> str | None:
        """The code of why a sale does not stand."""
        commission = commission_of(self.credit)
        if commission is None or commission.status != CommissionStatus.REVERSED:
            return None
        return str(commission.reversal_reason)

    @property
    def computed(self) -> Money | None:
        """What was computed first."""
        commission = commission_of(self.credit)
        return commission.amount if commission else None


class SaleOut(serializers.Serializer[Row]):
    """An order that is credited to you, all of it or a part."""

    id = serializers.CharField(source="sale.question_reference", help_text="As in a claim.")
    order_reference = serializers.CharField(
        source="sale.reference", help_text="The end of the order's number."
    )
    placed_at = Moment(source="sale.placed_at")
    link = serializers.CharField(source="credit.touchpoint.link.code", allow_null=True)
    promo_code = serializers.CharField(source="credit.touchpoint.coupon_code.code", allow_null=True)
    source = serializers.SerializerMethodField(  # type: ignore[assignment]
        help_text="What brought it, in words."
    )
    sub_id = serializers.CharField(source="credit.sub_id", help_text="Your own mark.")
    share_bps = serializers.IntegerField(
        source="credit.share_bps", help_text="Your part of the order: 10000 is all of it."
    )
    items = serializers.IntegerField(source="sale.items", help_text="Units of products.")
    basket = MoneyOut(source="sale.basket", help_text="Products, without VAT and discounts.")
    status = StatusOut(source="sale.status")
    reason = serializers.CharField(
        allow_null=True, help_text="Why it does not stand: returned, cancelled, self_purchase…"
    )
    earned = MoneyOut(
        source="sale.earned",
        allow_null=True,
        help_text="Now, every change taken in; null: not yet.",
    )
    computed = MoneyOut(allow_null=True, help_text="What was computed first.")
    validation_at = Moment(
        source="sale.validation_at", allow_null=True, help_text="When the return period ends."
    )
    payout = serializers.UUIDField(allow_null=True, help_text="The payout that it is in.")

    def get_source(self, row: Row) -> str:
        """Return the label of the link, or the promo code."""
        return source_label(row.credit.touchpoint)


class LineOut(serializers.Serializer[Any]):
    """One line of the order."""

    title = serializers.CharField()
    quantity = serializers.IntegerField()
    returned = serializers.IntegerField(help_text="Of them, how many came back.")
    net = MoneyOut(help_text="Without VAT and discounts.")


class SaleDetailOut(SaleOut):
    """A sale with its lines, and why it is yours."""

    why = serializers.CharField(help_text="Why the order is credited to you; empty: unknown.")
    lines = LineOut(many=True)


class CommissionLineOut(LineOut):
    """What one line earned, and how that was computed."""

    amount = MoneyOut()
    sentences = serializers.ListField(child=serializers.CharField())


class ChangeOut(serializers.Serializer[Any]):
    """A later plus or minus."""

    at = Moment(source="effective_at")
    amount = MoneyOut()
    reason = serializers.CharField(help_text="return, cancellation, refund, correction, bonus…")
    text = serializers.CharField(source="said", help_text="The reason in words.")


class CommissionOut(serializers.Serializer[Any]):
    """What a sale earns, line by line."""

    sale = serializers.CharField()
    amount = MoneyOut(help_text="What was computed first.")
    earned = MoneyOut(help_text="Now, every change taken in.")
    basis = serializers.CharField(help_text="The margin it is a share of: reference or actual.")
    terms = serializers.IntegerField(help_text="The id of the terms of the order's date.")
    computed_at = Moment()
    hold_until = Moment()
    approved_at = Moment(allow_null=True)
    lines = CommissionLineOut(many=True)
    changes = ChangeOut(many=True)


class SaleQuery(PeriodQuery):
    """Which sales, by the time of their orders."""

    state = serializers.ChoiceField([one.value for one in SaleState], required=False)
    link = serializers.SlugField(required=False, max_length=40)
    promo_code = serializers.CharField(required=False, max_length=64)


class OfSales(Resource):
    """What the addresses of sales have in common."""

    def rows(self, credits: Sequence[SaleCredit]) -> list[Row]:
        """Return sales as they are shown: three queries, however many."""
        now = timezone.now()
        shown = show_sales(credits, terms=terms_for(self.affiliate.pk, now), now=now)
        paid = payouts_of(credits)
        return [
            Row(
                sale=sale,
                credit=credit,
                payout=paid[credit.pk].public_id if credit.pk in paid else None,
            )
            for sale, credit in zip(shown, credits, strict=True)
        ]

    def own(self, reference: str) -> SaleCredit:
        """Return one of the caller's sales.

        :raises Http404: when there is none, or it belongs to somebody else.
        """
        pk = credit_of(reference)
        if pk is None:
            raise Http404
        return get_object_or_404(sales(self.affiliate.pk, SaleFilters()), pk=pk)


class SaleList(OfSales):
    @operation(
        "list_sales", "List sales",
        "Orders credited to you, the newest first, with what each earns and why it stands where"
        " it stands.",
        scope=Scope.READ_SALES, tag=TAG, query=SaleQuery, answers=SaleOut, many=True,
        example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the caller's sales."""
        asked = self.asked
        filters = SaleFilters(
            since=asked.get("since"),
            until=asked.get("until"),
            state=asked.get("state", ""),
            link_id=self._link(asked["link"]) if "link" in asked else None,
            code_id=self._code(asked["promo_code"]) if "promo_code" in asked else None,
        )
        found = sales(self.affiliate.pk, filters)
        page = page_of(found, by="order__placed_at", cursor=asked["cursor"], limit=asked["limit"])
        return self.listed(SaleOut, self.rows(page.rows), page)

    def _link(self, code: str) -> int:
        return get_object_or_404(Link, affiliate=self.affiliate, code=code).pk

    def _code(self, code: str) -> int:
        rows = CouponCode.objects.filter(affiliate=self.affiliate, code__iexact=code)
        found = rows.order_by("pk").first()
        if found is None:
            raise Http404
        return found.pk


class SaleDetail(OfSales):
    @operation(
        "get_sale", "Read a sale", "One of your sales, with its lines and why it is yours.",
        scope=Scope.READ_SALES, tag=TAG, answers=SaleDetailOut, example=DETAIL_EXAMPLE,
        refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, reference: str) -> Response:
        """Show one sale."""
        credit = self.own(reference)
        return self.shown(SaleDetailOut, _Detail(self.rows([credit])[0]))


class SaleCommission(OfSales):
    @operation(
        "get_commission", "Read what a sale earns",
        "The commission of a sale, line by line, each with the sentences that compute it. 404"
        " with the code `not_computed` while nothing is computed yet.",
        scope=Scope.READ_SALES, tag=TAG, answers=CommissionOut, example=COMMISSION_EXAMPLE,
        refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, reference: str) -> Response:
        """Show the commission of one sale."""
        credit = self.own(reference)
        if commission_of(credit) is None:
            raise Refusal(404, "not_computed", _("What this sale earns is not computed yet."))
        return self.shown(CommissionOut, _commission(credit, self.affiliate.pk))


class _Detail:
    """A row with what only the page of one sale says."""

    def __init__(self, row: Row) -> None:
        self.sale, self.credit, self.payout = row.sale, row.credit, row.payout
        self.reason, self.computed = row.reason, row.computed
        commission = commission_of(row.credit)
        placed_at = row.credit.order.placed_at
        terms = commission.terms if commission else terms_for(row.credit.affiliate_id, placed_at)
        self.why = attribution_sentence(row.credit, terms) if terms else ""
        self.lines = _lines(row.credit)


def _lines(credit: Credit) -> list[dict[str, Any]]:
    lines = list(
        OrderLine.objects.filter(order=credit.order_id, kind=LineKind.PRODUCT).order_by("pk")
    )
    back = dict(
        ReturnLine.objects.filter(line__in=lines).values_list("line").annotate(n=Sum("quantity"))
    )
    return [
        {
            "title": line.title,
            "quantity": line.quantity,
            "returned": back.get(line.pk, 0),
            "net": Money(line.net_minor, credit.order.currency),
        }
        for line in lines
    ]


def _commission(credit: SaleCredit, affiliate_id: int) -> dict[str, Any]:
    priced = priced_sale(affiliate_id, credit.pk)
    commission = priced.commission
    validated: datetime | None = approved_at(commission)
    return {
        "sale": sale_reference(credit.pk),
        "amount": commission.amount,
        "earned": Money(credit.earned_minor or 0, commission.currency),
        "basis": commission.basis,
        "terms": commission.terms_id,
        "computed_at": commission.accrued_at,
        "hold_until": commission.hold_until,
        "approved_at": validated,
        "lines": priced.lines,
        "changes": [_change(one) for one in priced.adjustments if one.amount_minor],
    }


def _change(one: Adjustment) -> dict[str, Any]:
    return {
        "effective_at": one.effective_at,
        "amount": one.amount,
        "reason": public_reason(one.reason),
        "said": with_text(story_title(one), one.text),
    }
