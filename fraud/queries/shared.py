"""What identifies an affiliate's people and other accounts have too, closed ones included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from affiliates.models import Affiliate, IdentityKey, IdentityKind, Payee, Property
from affiliates.queries import member_email_keys
from fraud.domain.evidence import SharedIdentity
from fraud.domain.hosts import declared_as

IBAN, SITE = "iban", "site"


def shared_identities() -> dict[int, tuple[SharedIdentity, ...]]:
    """Return what each account shares with others, and with which. Five queries."""
    owners: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, key, affiliate_id in _told():
        owners[kind, key].add(affiliate_id)
    others: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for (kind, _key), found in owners.items():
        if len(found) > 1:
            for affiliate_id in found:
                others[affiliate_id][kind] |= found - {affiliate_id}
    return {
        affiliate_id: tuple(
            SharedIdentity(kind=kind, affiliate_ids=tuple(sorted(found)))
            for kind, found in sorted(kinds.items())
        )
        for affiliate_id, kinds in others.items()
    }


def _told() -> Iterable[tuple[str, str, int]]:
    everybody = list(Affiliate.objects.values_list("pk", flat=True))
    for affiliate_id, emails in member_email_keys(everybody).items():
        for email in emails:
            yield IdentityKind.EMAIL.value, email, affiliate_id
    yield from IdentityKey.objects.values_list("kind", "key", "affiliate")
    for key, affiliate_id in Payee.objects.values_list("iban_hash", "affiliate"):
        yield IBAN, key, affiliate_id
    for url, affiliate_id in Property.objects.standing().values_list("url", "affiliate"):
        yield SITE, declared_as(url), affiliate_id
