"""By which keyed hashes affiliates' people are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from affiliates.models import IdentityKey, IdentityKind
from affiliates.queries import member_email_keys
from shop.models import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The keyed hashes of an affiliate's people, and the customer accounts they ordered with."""

    email_keys: frozenset[str] = frozenset()
    phone_keys: frozenset[str] = frozenset()
    address_keys: frozenset[str] = frozenset()
    customer_refs: frozenset[str] = frozenset()


def people_of(affiliate_ids: Collection[int], customer_refs: Collection[str]) -> dict[int, People]:
    """Return the people of each affiliate. Three queries.

    Customer accounts are told of ``customer_refs`` only: those that ordered with an e-mail
    address of the affiliate's.
    """
    keys: dict[tuple[int, str], set[str]] = defaultdict(set)
    for affiliate_id, of_logins in member_email_keys(affiliate_ids).items():
        keys[affiliate_id, IdentityKind.EMAIL] |= of_logins
    rows = IdentityKey.objects.filter(affiliate__in=affiliate_ids)
    for affiliate_id, kind, key in rows.values_list("affiliate_id", "kind", "key"):
        keys[affiliate_id, kind].add(key)
    emails = {
        affiliate_id: keys[affiliate_id, IdentityKind.EMAIL] for affiliate_id in affiliate_ids
    }
    refs = _customer_refs(set().union(*emails.values()), customer_refs)
    return {
        affiliate_id: People(
            email_keys=frozenset(emails[affiliate_id]),
            phone_keys=frozenset(keys[affiliate_id, IdentityKind.PHONE]),
            address_keys=frozenset(keys[affiliate_id, IdentityKind.ADDRESS]),
            customer_refs=frozenset(
                ref for email in emails[affiliate_id] for ref in refs.get(email, ())
            ),
        )
        for affiliate_id in affiliate_ids
    }


def _customer_refs(emails: Collection[str], among: Collection[str]) -> dict[str, set[str]]:
    """Return the customer accounts, of those given, that used each address."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = Order.objects.filter(email_key__in=emails, customer_ref__in=among)
    for email, ref in rows.values_list("email_key", "customer_ref"):
        found[email].add(ref)
    return found
