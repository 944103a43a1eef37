"""Claims of an affiliate: listed, read with what our records say, and made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from affiliates.models import Programme
from core.errors import DomainError
from core.models import Scope
from core.money import Money
from payouts.models import Claim, ClaimKind, ClaimStatus
from payouts.queries.claim_view import affiliate_view
from payouts.queries.claims import claims_of
from payouts.services import claims
from payouts.services.claim_deadlines import reply_due
from payouts.services.claim_evidence import find_order, gather
from payouts.services.claim_rules import (
    AmountImpossible,
    DayOutside,
    NumberMissing,
    Wanted,
    WordsMissing,
)
from portal.api.fields import ListQuery, Moment, MoneyIn, MoneyOut, StatusOut, Strict, Text
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource, refused
from portal.claim_language import claim_status, found_sentences
from portal.display import StatusText
from portal.refusals import sentence
from portal.sale_references import credit_of
from portal.views.claims import currency_of

TAG = "Claims"
#: The field that each refusal of content belongs to; the others are of the claim as a whole.
_FIELDS: dict[type[DomainError], str] = {
    NumberMissing: "order_number",
    DayOutside: "ordered_on",
    AmountImpossible: "amount",
    WordsMissing: "text",
}
EXAMPLE: dict[str, Any] = {
    "id": "4b9a3f10-52d1-4f7e-8d53-0f0d5a6a9c22",
    "kind": "missing",
    "order_number": "FR-20417",
    "ordered_on": "2026-06-02",
    "amount": {"amount_minor": 8900, "currency": "EUR"},
    "text": "A reader sent me her receipt.",
    "status": {
        "code": "open",
        "label": "Being looked into",
        "sentence": "A person looks into it and answers by 29 June 2026.",
    },
    "granted": None,
    "answer": "",
    "created_at": "2026-06-15T10:00:00Z",
    "due_at": "2026-06-29T10:00:00Z",
}
DETAIL_EXAMPLE: dict[str, Any] = {
    **EXAMPLE,
    "found": [
        "We find no order with this number around this day. Orders can take up to 48 hours to"
        " reach us: we look again by ourselves. Check the number and the day meanwhile."
    ],
}


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as its affiliate reads it."""

    claim: Claim
    status: StatusText

    @classmethod
    def of(cls, claim: Claim, programme: Programme) -> Row:
        """Return a claim with its state in words."""
        due_at = reply_due(claim, programme) or claim.due_at
        return cls(claim, claim_status(claim.status, due_at=due_at, answer=claim.answer))

    @property
    def amount(self) -> Money | None:
        """The price paid without VAT, as the affiliate says."""
        minor = self.claim.amount_minor
        return Money(minor, self.claim.currency) if minor is not None else None

    @property
    def granted(self) -> Money | None:
        """What was granted."""
        is_granted = self.claim.status == ClaimStatus.GRANTED
        return self.claim.proposal.amount if is_granted and self.claim.proposal else None

    @property
    def found(self) -> list[str]:
        """What our records say of the order now."""
        claim = self.claim
        order = claim.order or find_order(claim.order_number, claim.ordered_on)
        return found_sentences(affiliate_view(gather(claim, order, now=timezone.now())))


class ClaimOut(serializers.Serializer[Row]):
    """What you say is missing, wrong or wrongly refused."""

    id = serializers.UUIDField(source="claim.public_id")
    kind = serializers.ChoiceField(ClaimKind.values, source="claim.kind")
    order_number = serializers.CharField(source="claim.order_number")
    ordered_on = serializers.DateField(source="claim.ordered_on")
    amount = MoneyOut(allow_null=True, help_text="Price paid without VAT, as you said.")
    text = serializers.CharField(source="claim.text")
    status = StatusOut()
    granted = MoneyOut(allow_null=True)
    answer = serializers.CharField(source="claim.answer")
    created_at = Moment(source="claim.created_at")
    due_at = Moment(source="claim.due_at", help_text="By when it is answered.")


class ClaimDetailOut(ClaimOut):
    """A claim, and what our records say of the order."""

    found = serializers.ListField(child=serializers.CharField(), help_text="In sentences.")


class ClaimQuery(ListQuery):
    """Which claims."""

    status = serializers.ChoiceField(ClaimStatus.values, required=False)


class ClaimIn(Strict):
    """A new claim. Files are added on its page."""

    kind = serializers.ChoiceField(ClaimKind.values)
    order_number = Text(max_length=64, help_text="Or the id of a sale of yours: S-1025.")
    ordered_on = serializers.DateField(help_text="The day of the order.")
    amount = MoneyIn(required=False, allow_null=True, help_text="Price paid without VAT.")
    text = Text(
        required=False, allow_blank=True, max_length=2_000,
        help_text="Needed unless the sale is missing.",
    )  # fmt: skip


class ClaimList(Resource):
    @operation(
        "list_claims", "List claims", "Your claims and where each stands, the newest first.",
        scope=Scope.READ_CLAIMS, tag=TAG, query=ClaimQuery, answers=ClaimOut, many=True,
        example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the caller's claims."""
        asked, found = self.asked, claims_of(self.affiliate.pk)
        if "status" in asked:
            found = found.filter(status=asked["status"])
        page = page_of(found, by="created_at", cursor=asked["cursor"], limit=asked["limit"])
        programme = Programme.get()
        return self.listed(ClaimOut, [Row.of(one, programme) for one in page.rows], page)

    @operation(
        "create_claim", "Make a claim",
        "Says that a sale is missing, that its amount is wrong, or that it was wrongly refused."
        " A person decides. The same claim, while it is open, is answered (200) rather than made"
        " again (201).",
        scope=Scope.WRITE_CLAIMS, tag=TAG, takes=ClaimIn,
        answers={201: ClaimDetailOut, 200: ClaimDetailOut}, example=DETAIL_EXAMPLE,
        asks={"kind": "missing", "order_number": "FR-20417", "ordered_on": "2026-06-02"},
    )  # fmt: skip
    def post(self, _request: Request) -> Response:
        """Make a claim."""
        said, now = self.said, timezone.now()
        amount, currency = said.get("amount"), currency_of(self.affiliate.pk, now)
        if amount is not None and amount["currency"] != currency:
            raise refused(
                {"amount.currency": _("Your amounts are in %(currency)s.") % {"currency": currency}}
            )
        wanted = Wanted(
            affiliate_id=self.affiliate.pk,
            kind=said["kind"],
            order_number=said["order_number"],
            ordered_on=said["ordered_on"],
            amount_minor=amount["amount_minor"] if amount is not None else None,
            text=said.get("text", ""),
            credit_id=credit_of(said["order_number"]),
        )
        try:
            claim = claims.open_claim(wanted, actor_id=self.user.pk, now=now)
        except tuple(_FIELDS) as refusal:
            field = next(name for kind, name in _FIELDS.items() if isinstance(refusal, kind))
            raise refused({field: sentence(refusal)}, refusal.code) from refusal
        where = f"{settings.PUBLIC_URL}{reverse('api:claim', args=[claim.public_id])}"
        return self.shown(
            ClaimDetailOut,
            Row.of(claim, Programme.get()),
            status=201 if claim.created_at == now else 200,
            location=where,
        )


class ClaimDetail(Resource):
    @operation(
        "get_claim", "Read a claim", "One of your claims, and what our records say of the order.",
        scope=Scope.READ_CLAIMS, tag=TAG, answers=ClaimDetailOut, example=DETAIL_EXAMPLE,
        refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """Show one claim."""
        claim = get_object_or_404(claims_of(self.affiliate.pk), public_id=public_id)
        return self.shown(ClaimDetailOut, Row.of(claim, Programme.get()))
