"""What the bank said last of the account and the name that a payee has now (P65, P66)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, QuerySet

from payouts.models import NameCheck, NameVerdict


def newest_checks(affiliate_ids: Iterable[int] | None = None) -> QuerySet[NameCheck]:
    """Return the newest answer about each payee's present account and name; none for no payee.

    ``None``: of every payee. An answer about an account or a name of before says nothing any more.
    """
    checks = NameCheck.objects.filter(
        iban_hash=F("affiliate__payee__iban_hash"), name=F("affiliate__payee__legal_name")
    )
    if affiliate_ids is not None:
        checks = checks.filter(affiliate__in=affiliate_ids)
    return checks.order_by("affiliate", "-checked_on", "-pk").distinct("affiliate")


def mismatched(affiliate_ids: Iterable[int] | None = None) -> QuerySet[NameCheck]:
    """Return the newest answers that say that the account is somebody else's; None: of all."""
    newest = newest_checks(affiliate_ids).values("pk")
    return NameCheck.objects.filter(pk__in=newest, verdict=NameVerdict.NO_MATCH)


def doubtful(affiliate_ids: Iterable[int]) -> frozenset[int]:
    """Return the payees whose name is close to the bank's, and whom nobody accepted like that."""
    newest = newest_checks(affiliate_ids).values("pk")
    close = NameCheck.objects.filter(
        pk__in=newest, verdict=NameVerdict.CLOSE, accepted_at__isnull=True
    )
    return frozenset(close.values_list("affiliate_id", flat=True))
