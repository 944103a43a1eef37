"""Recording landings: with consent a row and a token, without it only a count."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from tracking.domain.references import new_reference, to_uuid
from tracking.models import Click, ClickCount, Link
from tracking.queries import LinkSnapshot


def record(
    *,
    link: LinkSnapshot | Link,
    consent: bool,
    navigation: str,
    referrer_host: str,
    now: datetime,
) -> str | None:
    """Record one landing through ``link``; return the visitor's reference, or None without consent.

    The reference is 128 random bits and says nothing. Without consent nothing is kept that could
    tell one visitor from another: the hour's count grows by one.
    """
    if not consent:
        _count(link, navigation, referrer_host, now)
        return None
    reference = new_reference()
    Click.objects.create(
        visitor=to_uuid(reference),
        clicked_at=now,
        link_id=link.pk,
        affiliate_id=link.affiliate_id,
        sub_id=link.sub_id,
        navigation=navigation,
        referrer_host=referrer_host,
    )
    return reference


@transaction.atomic
def _count(link: LinkSnapshot | Link, navigation: str, referrer_host: str, now: datetime) -> None:
    key = {
        "link_id": link.pk,
        "hour": now.replace(minute=0, second=0, microsecond=0),
        "navigation": navigation,
        "referrer_host": referrer_host,
    }
    grow = {"count": F("count") + 1}
    if ClickCount.objects.filter(**key).update(**grow):
        return
    _row, created = ClickCount.objects.get_or_create(
        **key, defaults={"affiliate_id": link.affiliate_id, "count": 1}
    )
    if not created:
        ClickCount.objects.filter(**key).update(**grow)
