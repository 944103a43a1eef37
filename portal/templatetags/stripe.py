"""``{% load stripe %}``: the card of the payee's page, and how far a batch is."""

from __future__ import annotations

from typing import Any

from django import template

from payouts.gateways.stripe import is_configured
from payouts.models import Batch, Capability, StripeAccount
from payouts.services.stripe_accounts import why_not
from portal.access import current_affiliate
from portal.queries.staff_stripe import run_of

register = template.Library()


@register.inclusion_tag("affiliate/_stripe_card.html", takes_context=True)
def stripe_card(context: template.Context) -> dict[str, Any]:
    """Draw "Be paid through Stripe" for who is signed in; nothing where it is not configured."""
    affiliate = current_affiliate(context["request"])
    shown = is_configured() and not affiliate.is_employee
    account = StripeAccount.objects.filter(affiliate=affiliate).first() if shown else None
    return {
        "shown": shown,
        "account": account,
        "is_active": account is not None and account.capability == Capability.ACTIVE,
        "why_not": why_not(affiliate) if shown and account is None else "",
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("finance/_stripe_run.html", takes_context=True)
def stripe_run(context: template.Context, batch: Batch) -> dict[str, Any]:
    """Draw how far a Stripe batch is, with what can be done to it."""
    return {**run_of(batch), "csrf_token": context.get("csrf_token")}
