"""Ending the links and codes of an account that is erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from core.privacy.declaring import Person
from tracking.models import CodeRequest, CouponCode, Link
from tracking.models.link import CodeRequestStatus


def end_traffic(person: Person, _actor_id: int | None, now: datetime) -> None:
    """Archive the links of the accounts that go, end their codes, take back what they asked.

    A link still leads to the shop, without credit. Codes that have not begun end as they begin.
    """
    Link.objects.filter(affiliate__in=person.accounts, archived_at__isnull=True).update(
        archived_at=now
    )
    live = CouponCode.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now),
                                     affiliate__in=person.accounts)  # fmt: skip
    live.filter(valid_from__lt=now).update(valid_to=now)
    live.filter(valid_from__gte=now).update(valid_to=F("valid_from") + timedelta(microseconds=1))
    CodeRequest.objects.filter(affiliate__in=person.accounts, status=CodeRequestStatus.OPEN).update(
        status=CodeRequestStatus.WITHDRAWN, decided_at=now
    )
