"""Making, copying and putting away links (docs/rules/attribution.md and links.md, L1 to L12)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core import audit
from core.errors import DomainError
from core.models import User
from shop.models import Shop
from tracking.domain import codes, utm
from tracking.models import CouponCode, Link
from tracking.services import slugs
from tracking.services.link_content import (
    LABEL_LENGTH,
    CodeNotYours,
    DestinationRefused,
    InvalidSubId,
    checked_code,
    checked_destination,
    checked_expiry,
    checked_sub_id,
    checked_tags,
    checked_utm,
    text_content,
)

__all__ = [
    "CodeNotYours",
    "DestinationRefused",
    "InvalidSubId",
    "archive",
    "archive_many",
    "create",
    "duplicate",
    "require_active",
    "restore",
    "tag_many",
    "untag_many",
]


class AccountNotActive(DomainError):
    """A suspended or closed account was to get something to promote with."""

    code = "account_not_active"


class DailyLimitReached(DomainError):
    """An account that has made as many links today as a day allows."""

    code = "daily_limit_reached"


@transaction.atomic
def create(
    *,
    affiliate_id: int,
    shop_id: int,
    destination_url: str,
    now: datetime,
    sub_id: str = "",
    label: str = "",
    note: str = "",
    tags: Iterable[str] = (),
    campaign: str = "",
    utm_values: Mapping[str, str] | None = None,
    expires_at: datetime | None = None,
    coupon_code_id: int | None = None,
    slug: str = "",
    proposal: str = "",
    surface: str = "",
) -> Link:
    """Make a link to a page of the shop. Safe to repeat: the same live link is returned.

    ``utm_values`` wins over what the group's template makes of the affiliate, ``campaign`` and
    sub id; a value that is empty leaves the parameter out. Without a ``slug`` the end of the
    address is eight signs that cannot be misread: ``proposal``, made by us, while it is free.
    ``surface`` is ``look:<id>`` for the link of a look: its taps on the shop's own pages count.

    :raises AccountNotActive: for a suspended or closed account.
    :raises DestinationRefused: for an address outside the shop's hosts, or too long.
    :raises InvalidSubId, InvalidTags, InvalidUtm, InvalidExpiry, CodeNotYours: for one of these.
    :raises InvalidSlug, SlugTaken: see ``slugs.require_free``.
    :raises DailyLimitReached: after as many new links in a day as the programme allows.
    """
    affiliate = require_active(affiliate_id)
    shop, slug, sub_id = Shop.objects.get(pk=shop_id), slugs.normalized(slug), sub_id.strip()
    template = utm.filled(
        affiliate.group.utm_template,
        affiliate=affiliate.name,
        campaign=campaign,
        sub_id=checked_sub_id(sub_id),
    )
    wanted: dict[str, Any] = {
        "destination_url": checked_destination(destination_url, shop),
        "sub_id": sub_id,
        "surface": surface,
        "tags": checked_tags(tags),
        "utm": checked_utm({**template, **(utm_values or {})}),
        "expires_at": checked_expiry(expires_at, now=now),
        "coupon_code": checked_code(
            coupon_code_id, affiliate_id=affiliate.pk, shop_id=shop.pk, now=now
        ),
        **text_content(label=label, note=note),
    }
    # The account's row is locked: two equal requests come one after the other.
    live = Link.objects.filter(affiliate=affiliate, shop=shop, archived_at__isnull=True, **wanted)
    same = live.filter(code=slug).first() if slug else live.first()
    if same is not None:
        return same
    if slug:
        slugs.require_free(slug, affiliate_name=affiliate.name, now=now)
    _require_room(affiliate, now)
    return _create(affiliate, shop, slug, proposal, wanted, now)


@transaction.atomic
def duplicate(*, link_id: int, affiliate_id: int, now: datetime) -> Link:
    """Make a link like another one of the affiliate's, with an address of its own.

    A copy that nobody has changed yet is given again. It does not end with its model.

    :raises Link.DoesNotExist: when it is another affiliate's.
    :raises DomainError: see ``create``.
    """
    model = Link.objects.select_related("coupon_code").get(pk=link_id, affiliate=affiliate_id)
    mark = _("(copy)")
    name = model.label or model.destination_url.rstrip("/").rpartition("/")[2]
    return create(
        affiliate_id=affiliate_id,
        shop_id=model.shop_id,
        destination_url=model.destination_url,
        sub_id=model.sub_id,
        label=f"{name[: LABEL_LENGTH - len(mark) - 1]} {mark}",
        note=model.note,
        tags=model.tags,
        utm_values={name: model.utm.get(name, "") for name in utm.PARAMETERS},
        coupon_code_id=_working_code(model.coupon_code, now),
        now=now,
    )


def archive(*, link_id: int, affiliate_id: int, now: datetime, actor_id: int | None = None) -> Link:
    """Take a link out of use; it still leads to the shop, without credit. Safe to repeat.

    :raises Link.DoesNotExist: when it is another affiliate's.
    """
    Link.objects.get(pk=link_id, affiliate=affiliate_id)
    archive_many(link_ids=[link_id], affiliate_id=affiliate_id, now=now, actor_id=actor_id)
    return Link.objects.get(pk=link_id)


@transaction.atomic
def archive_many(
    *, link_ids: Collection[int], affiliate_id: int, now: datetime, actor_id: int | None = None
) -> int:
    """Take links out of use; return how many were. Another's are left alone. Safe to repeat."""
    links = _own(link_ids, affiliate_id).filter(archived_at__isnull=True)
    for link in (found := list(links)):
        link.archived_at = now
        link.save(update_fields=["archived_at"])
        _record("link.archived", link, actor_id, now)
    return len(found)


@transaction.atomic
def restore(*, link_id: int, affiliate_id: int, now: datetime, actor_id: int | None = None) -> Link:
    """Take an archived link back into use. Safe to repeat.

    :raises Link.DoesNotExist: when it is another affiliate's.
    :raises AccountNotActive: for a suspended or closed account.
    """
    require_active(affiliate_id)
    link = Link.objects.select_for_update(no_key=True).get(pk=link_id, affiliate=affiliate_id)
    if link.archived_at is not None:
        link.archived_at = None
        link.save(update_fields=["archived_at"])
        _record("link.restored", link, actor_id, now)
    return link


@transaction.atomic
def tag_many(
    *, link_ids: Collection[int], tag: str, affiliate_id: int, now: datetime, actor_id: int | None
) -> int:
    """Put a tag on links; return how many got it. Another's are left alone. Safe to repeat.

    :raises InvalidTags: for an impossible tag, or a link that would have too many.
    """
    return _retag(link_ids, affiliate_id, now, actor_id, lambda tags: checked_tags([*tags, tag]))


@transaction.atomic
def untag_many(
    *, link_ids: Collection[int], tag: str, affiliate_id: int, now: datetime, actor_id: int | None
) -> int:
    """Take a tag off links, whatever its case; return how many had it. Safe to repeat."""
    unwanted = " ".join(tag.split()).casefold()
    return _retag(
        link_ids,
        affiliate_id,
        now,
        actor_id,
        lambda tags: [one for one in tags if one.casefold() != unwanted],
    )


def require_active(affiliate_id: int) -> Affiliate:
    """Return the account with its group, its row locked.

    :raises AccountNotActive: when it is suspended or closed.
    """
    rows = Affiliate.objects.select_related("group").select_for_update(no_key=True, of=("self",))
    affiliate = rows.get(pk=affiliate_id)
    if not affiliate.is_active:
        raise AccountNotActive(_("This account is not active: it cannot promote."))
    return affiliate


def made_today(affiliate_id: int, now: datetime) -> int:
    """Return how many links the account has made since midnight, archived ones too."""
    return Link.objects.filter(affiliate=affiliate_id, created_at__gte=_midnight(now)).count()


def _require_room(affiliate: Affiliate, now: datetime) -> None:
    if made_today(affiliate.pk, now) < settings.LINKS_PER_DAY:
        return
    again = _midnight(now) + timedelta(days=1)
    raise DailyLimitReached(
        _("You have made %(limit)s links today, which is the limit. Go on from %(again)s.")
        % {"limit": settings.LINKS_PER_DAY, "again": date_format(again, "SHORT_DATETIME_FORMAT")}
    )


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _working_code(code: CouponCode | None, now: datetime) -> int | None:
    works = code is not None and (code.valid_to is None or code.valid_to > now)
    return code.pk if code is not None and works else None


def _own(link_ids: Collection[int], affiliate_id: int) -> QuerySet[Link]:
    rows = Link.objects.select_for_update(no_key=True).order_by("pk")
    return rows.filter(pk__in=link_ids, affiliate=affiliate_id)


def _retag(
    link_ids: Collection[int],
    affiliate_id: int,
    now: datetime,
    actor_id: int | None,
    change: Callable[[list[str]], list[str]],
) -> int:
    changed = 0
    for link in _own(link_ids, affiliate_id):
        before, link.tags = link.tags, change(link.tags)
        if link.tags != before:
            link.save(update_fields=["tags"])
            _record("link.edited", link, actor_id, now, {"tags": [before, link.tags]})
            changed += 1
    return changed


def _record(
    verb: str, link: Link, actor_id: int | None, now: datetime, data: dict[str, Any] | None = None
) -> None:
    actor = User.objects.get(pk=actor_id) if actor_id is not None else None
    audit.record(actor=actor, verb=verb, subject=link, at=now, data=data)


def _create(
    affiliate: Affiliate,
    shop: Shop,
    slug: str,
    proposal: str,
    wanted: dict[str, Any],
    now: datetime,
) -> Link:
    code = slug or proposal
    while True:
        link, created = Link.objects.get_or_create(
            code=code or codes.spelled(secrets.randbits(64), codes.LINK_CODE_LENGTH),
            defaults={"affiliate": affiliate, "shop": shop, "created_at": now, **wanted},
        )
        if created:
            return link
        if slug:
            raise slugs.taken(slug, affiliate_name=affiliate.name, now=now)
        code = ""
