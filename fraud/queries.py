"""What others ask about screenings and cases, and what the signals are given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from affiliates.queries import member_email_keys
from fraud.domain.evidence import Evidence
from shop.models import Order
from tracking.models import Credit, Touchpoint, TouchpointKind


def evidence_for(credits: Collection[Credit]) -> dict[int, Evidence]:
    """Return the facts about each credit, by credit id. Three queries for any number of credits.

    The credits come with their ``order`` and ``affiliate``.
    """
    click_ats = _click_ats(credits)
    emails = member_email_keys({credit.affiliate_id for credit in credits})
    refs = _customer_refs(credits, emails)
    return {
        credit.pk: Evidence(
            ordered_at=credit.order.placed_at,
            affiliate_kind=credit.affiliate.kind,
            click_ats=tuple(click_ats[credit.order_id, credit.affiliate_id]),
            order_email_key=credit.order.email_key,
            order_phone_key=credit.order.phone_key,
            order_address_key=credit.order.address_key,
            order_customer_ref=credit.order.customer_ref,
            is_new_customer=credit.order.is_new_customer,
            has_disposable_email=credit.order.has_disposable_email,
            member_email_keys=emails.get(credit.affiliate_id, frozenset()),
            member_customer_refs=frozenset(
                ref for email in emails.get(credit.affiliate_id, frozenset()) for ref in refs[email]
            ),
        )
        for credit in credits
    }


def _click_ats(credits: Iterable[Credit]) -> dict[tuple[int, int], list[datetime]]:
    rows = Touchpoint.objects.filter(
        kind=TouchpointKind.CLICK,
        attribution__order__in={credit.order_id for credit in credits},
    ).values_list("attribution__order", "affiliate", "at")
    found: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for order_id, affiliate_id, at in rows:
        found[order_id, affiliate_id].append(at)
    return found


def _customer_refs(
    credits: Iterable[Credit], emails: dict[int, frozenset[str]]
) -> dict[str, set[str]]:
    """Return the customer accounts, among those of these orders, that used each address."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = Order.objects.filter(
        email_key__in=set().union(*emails.values()),
        customer_ref__in={credit.order.customer_ref for credit in credits} - {""},
    ).values_list("email_key", "customer_ref")
    for email, ref in rows:
        found[email].add(ref)
    return found
