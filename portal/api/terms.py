"""Terms of an affiliate: what holds, what comes, what held."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from affiliates.domain.terms_content import content_of
from affiliates.queries import HeldTerms, terms_history
from core.models import Scope
from core.money import Money
from portal.api.fields import ListQuery, Moment, MoneyOut, SaidOut
from portal.api.operation import operation
from portal.api.paging import part_of
from portal.api.resource import Resource
from portal.queries.terms import in_full, period_status

TAG = "Terms"
EXAMPLE: dict[str, Any] = {
    "id": 12,
    "version": 3,
    "is_own": False,
    "state": "live",
    "since": "2026-01-01T00:00:00Z",
    "until": None,
    "basis": "reference",
    "rate_bps": 2000,
    "window_days": 30,
    "hold_days": 30,
    "minimum_payout": {"amount_minor": 2000, "currency": "EUR"},
    "payment_days": [10, 25],
    "change_note": "",
}
DETAIL_EXAMPLE: dict[str, Any] = {
    **EXAMPLE,
    "in_words": [{"label": "Rate", "text": "20% of the margin"}],
    "rules": [
        {
            "name": "New customers",
            "pays": "25% of the margin",
            "conditions": [{"label": "Customer", "text": "new"}],
        }
    ],
    "bonuses": [{"name": "Welcome", "text": "€20.00 for your first sale"}],
}


class TermsOut(serializers.Serializer[Any]):
    """One version of your terms, and when it is yours."""

    id = serializers.IntegerField()
    version = serializers.IntegerField()
    is_own = serializers.BooleanField(help_text="Yours alone, rather than your group's.")
    state = serializers.ChoiceField(["live", "future", "over", "replaced"])
    since = Moment()
    until = Moment(allow_null=True)
    basis = serializers.CharField(help_text="The margin it is a share of: reference or actual.")
    rate_bps = serializers.IntegerField(help_text="The base rate, of the margin.")
    window_days = serializers.IntegerField(help_text="From a click to the order.")
    hold_days = serializers.IntegerField(help_text="Until a commission is validated.")
    minimum_payout = MoneyOut()
    payment_days = serializers.ListField(
        child=serializers.IntegerField(), help_text="Days of the month on which we pay."
    )
    change_note = serializers.CharField()


class RuleOut(serializers.Serializer[Any]):
    """A rule of the terms, in words."""

    name = serializers.CharField()
    pays = serializers.CharField()
    conditions = SaidOut(many=True)


class BonusOut(serializers.Serializer[Any]):
    """A bonus, in words."""

    name = serializers.CharField()
    text = serializers.CharField()


class TermsDetailOut(TermsOut):
    """One version of your terms, with everything it says in words."""

    in_words = SaidOut(many=True)
    rules = RuleOut(many=True)
    bonuses = BonusOut(many=True)


class TermsList(Resource):
    @operation(
        "list_terms", "List terms", "Every version that was, is or will be yours, newest first.",
        scope=Scope.READ_TERMS, tag=TAG, query=ListQuery, answers=TermsOut, many=True,
        example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the caller's terms."""
        page = part_of(
            terms_history(self.affiliate), cursor=self.asked["cursor"], limit=self.asked["limit"]
        )
        return self.listed(TermsOut, [_shown(one) for one in page.rows], page)


class TermsDetail(Resource):
    @operation(
        "get_terms", "Read terms", "One version of your terms, with every rule in words.",
        scope=Scope.READ_TERMS, tag=TAG, answers=TermsDetailOut, example=DETAIL_EXAMPLE,
        refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, pk: int) -> Response:
        """Show one version."""
        known = (one for one in terms_history(self.affiliate) if one.terms.pk == pk)
        held = next(known, None)
        if held is None:
            raise Http404
        return self.shown(TermsDetailOut, {**_shown(held), **_in_words(held)})


def _shown(held: HeldTerms) -> dict[str, Any]:
    terms = held.terms
    names = ("version", "basis", "rate_bps", "window_days", "hold_days", "payment_days")
    return {
        **{name: getattr(terms, name) for name in (*names, "change_note")},
        "id": terms.pk,
        "is_own": terms.affiliate_id is not None,
        "state": period_status(held.since, held.until, timezone.now()).code,
        "since": held.since,
        "until": held.until,
        "minimum_payout": Money(terms.minimum_payout_minor, terms.currency),
    }


def _in_words(held: HeldTerms) -> dict[str, Any]:
    text = in_full(content_of(held.terms))
    return {
        "in_words": [{"label": label, "text": said} for label, said in text.base],
        "rules": [
            {
                "name": rule.name,
                "pays": rule.pays,
                "conditions": [{"label": label, "text": said} for label, said in rule.conditions],
            }
            for rule in text.rules
        ],
        "bonuses": [{"name": name, "text": said} for _key, name, said in text.bonuses],
    }
