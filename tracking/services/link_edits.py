"""Changing a link that is in use. Every change is kept and shown (docs/rules/links.md, L13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from tracking.models import Link
from tracking.services.link_content import (
    checked_code,
    checked_destination,
    checked_expiry,
    checked_tags,
    checked_utm,
    text_content,
)
from tracking.services.links import require_active


class LinkArchived(DomainError):
    """An archived link was to be changed."""

    code = "link_archived"


@transaction.atomic
def edit(
    *,
    link_id: int,
    affiliate_id: int,
    actor_id: int,
    destination_url: str,
    label: str,
    note: str,
    tags: Iterable[str],
    utm_values: Mapping[str, str],
    expires_at: datetime | None,
    coupon_code_id: int | None,
    now: datetime,
) -> Link:
    """Give a link other content; its address and sub id stay. Safe to repeat.

    What has not changed is not checked again: a link that has expired can get another name.

    :raises Link.DoesNotExist: when it is another affiliate's.
    :raises AccountNotActive: for a suspended or closed account.
    :raises LinkArchived: for an archived one.
    :raises DomainError: for impossible content, see ``link_content``.
    """
    require_active(affiliate_id)
    link = (
        Link.objects.select_for_update(no_key=True, of=("self",))
        .select_related("shop")
        .get(pk=link_id, affiliate=affiliate_id)
    )
    if link.archived_at is not None:
        raise LinkArchived(_("This link is archived. Take it back into use before changing it."))
    wanted: dict[str, Any] = {
        "tags": checked_tags(tags),
        "utm": checked_utm(utm_values),
        **text_content(label=label, note=note),
    }
    if destination_url.strip() != link.destination_url:
        wanted["destination_url"] = checked_destination(destination_url, link.shop)
    if expires_at != link.expires_at:
        wanted["expires_at"] = checked_expiry(expires_at, now=now)
    if coupon_code_id != link.coupon_code_id:
        wanted["coupon_code"] = checked_code(
            coupon_code_id, affiliate_id=affiliate_id, shop_id=link.shop_id, now=now
        )
    changes = _apply(link, wanted)
    if changes:
        link.save(update_fields=list(changes))
        audit.record(
            actor=actor_id, verb="link.edited", subject=link, at=now,
            data=changes,
        )  # fmt: skip
    return link


@transaction.atomic
def set_campaign(
    *, link_ids: Collection[int], campaign: str, affiliate_id: int, actor_id: int, now: datetime
) -> int:
    """Give links in use another ``utm_campaign``, or none; return how many had another.

    Archived and others' links are left alone. Safe to repeat.

    :raises AccountNotActive: for a suspended or closed account.
    :raises InvalidUtm: for an impossible value.
    """
    require_active(affiliate_id)
    rows = Link.objects.select_for_update(no_key=True).filter(
        pk__in=link_ids, affiliate=affiliate_id, archived_at__isnull=True
    )
    changed = 0
    for link in rows.order_by("pk"):
        changes = _apply(link, {"utm": checked_utm({**link.utm, "utm_campaign": campaign})})
        if changes:
            link.save(update_fields=["utm"])
            audit.record(
                actor=actor_id, verb="link.edited", subject=link, at=now,
                data=changes,
            )  # fmt: skip
            changed += 1
    return changed


def _apply(link: Link, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set what differs; return ``[before, after]`` of each, as the audit trail keeps it."""
    changes = {}
    for field, value in wanted.items():
        before = getattr(link, field)
        if before != value:
            setattr(link, field, value)
            changes[field] = [_kept(before), _kept(value)]
    return changes


def _kept(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | list | dict) or value is None else str(value)
