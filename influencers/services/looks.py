"""Looks of creators: begun, changed in their next version, copied, put out of sight.

Rules LE10 and LE12 to LE14 of docs/rules/look-versions.md.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus
from core.errors import DomainError
from influencers.domain.look import TITLE_LENGTH, Content, Spot
from influencers.models import Look, LookAct, LookStatus, LookVersion, Picture, VersionStatus
from influencers.queries.looks import OPEN, content_of, with_content
from influencers.services import look_events
from influencers.services.look_saving import check_person, write

CREATORS = (AffiliateKind.INFLUENCER, AffiliateKind.EMPLOYEE)
GONE = (LookStatus.WITHDRAWN, LookStatus.REMOVED)
#: How many looks one creator begins within 24 hours.
MOST_IN_A_DAY = 100
_SLUG_WORDS = 60
_SLUG_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


class NotACreator(DomainError):
    """Looks are made by influencers and store employees whose account is open."""

    code = "not_a_creator"


class TooManyLooks(DomainError):
    """A creator began more looks within a day than anybody makes."""

    code = "too_many_looks"


class LookIsGone(DomainError):
    """It was withdrawn or removed: nothing of it changes any more."""

    code = "look_is_gone"


class LookIsShown(DomainError):
    """What the public sees is not put out of sight."""

    code = "look_is_shown"


@transaction.atomic
def create(*, affiliate_id: int | None, shop_id: int, by_id: int | None, now: datetime) -> Look:
    """Begin a look with an empty draft. Without an affiliate it is a customer's.

    :raises NotACreator: for an affiliate of another kind, or an account that is not active.
    :raises NotTheirLook: when the person does not act for the affiliate.
    :raises TooManyLooks: from the most of a day on.
    """
    if affiliate_id is not None:
        affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
        if affiliate.kind not in CREATORS or affiliate.status != AffiliateStatus.ACTIVE:
            raise NotACreator(_("Looks are for influencers and employees with an active account."))
        since = now - timedelta(days=1)
        if affiliate.looks.filter(created_at__gt=since).count() >= MOST_IN_A_DAY:
            raise TooManyLooks(_("You have begun many looks today: go on tomorrow."))
    look = Look(
        affiliate_id=affiliate_id,
        shop_id=shop_id,
        slug=new_slug(""),
        status_changed_at=now,
        created_at=now,
    )
    check_person(look, by_id)
    look.save()
    version = _new_version(look, 1, now)
    look_events.record(look, LookAct.CREATED, at=now, actor_id=by_id, version=version)
    return look


@transaction.atomic
def next_version(look_id: int, *, by_id: int | None, now: datetime) -> LookVersion:
    """Return the version that can be changed: the open one, or a copy of the last one.

    What the public sees stays as it is until the copy is approved. Safe to repeat.

    :raises NotTheirLook: when the person does not act for the look's creator.
    :raises LookIsGone: once it was withdrawn or removed.
    """
    look = _locked(look_id, by_id)
    if look.status in GONE:
        raise LookIsGone(_("This look is gone for good: duplicate it and send the copy."))
    known = look.versions.filter(status__in=OPEN).first()
    if known is not None:
        return known
    last = _source(look)
    version = _new_version(look, look.versions.count() + 1, now)
    write(version, _still_there(look, content_of(last)))
    if look.archived_at is not None:
        look.archived_at = None
        look.save(update_fields=["archived_at"])
    return version


@transaction.atomic
def duplicate(look_id: int, *, by_id: int | None, now: datetime) -> Look:
    """Begin another look with the same photos, products and words, to be changed and sent.

    :raises NotTheirLook: when the person does not act for the look's creator.
    :raises NotACreator: when the account may not make looks any more.
    """
    look = _locked(look_id, by_id)
    content = _still_there(look, content_of(_newest(look)))
    copy = create(affiliate_id=look.affiliate_id, shop_id=look.shop_id, by_id=by_id, now=now)
    title = _("%(title)s (copy)") % {"title": content.title} if content.title else ""
    write(copy.versions.get(), _with_new_keys(replace(content, title=title[:TITLE_LENGTH])))
    return copy


@transaction.atomic
def archive(look_id: int, *, by_id: int | None, now: datetime) -> Look:
    """Put a look that is not shown out of its creator's sight. Safe to repeat.

    :raises NotTheirLook: when the person does not act for the look's creator.
    :raises LookIsShown: while it is published, scheduled or in review.
    """
    look = _locked(look_id, by_id)
    shown = look.status in {LookStatus.PUBLISHED, LookStatus.SCHEDULED}
    if shown or look.versions.filter(status=VersionStatus.SUBMITTED).exists():
        raise LookIsShown(_("Withdraw it first, or take it back from review."))
    if look.archived_at is None:
        look.archived_at = now
        look.save(update_fields=["archived_at"])
    return look


@transaction.atomic
def restore(look_id: int, *, by_id: int | None) -> Look:
    """Bring an archived look back into its creator's list. Safe to repeat.

    :raises NotTheirLook: when the person does not act for the look's creator.
    """
    look = _locked(look_id, by_id)
    look.archived_at = None
    look.save(update_fields=["archived_at"])
    return look


def new_slug(title: str) -> str:
    """Return the end of a public address: words of the title and signs that nobody guesses."""
    signs = "".join(secrets.choice(_SLUG_SIGNS) for _sign in range(7))
    words = slugify(title)[:_SLUG_WORDS].strip("-")
    return f"{words or 'look'}-{signs}"


def _locked(look_id: int, by_id: int | None) -> Look:
    look = Look.objects.select_for_update(of=["self"]).get(pk=look_id)
    check_person(look, by_id)
    return look


def _new_version(look: Look, number: int, now: datetime) -> LookVersion:
    return LookVersion.objects.create(look=look, number=number, status_changed_at=now, saved_at=now)


def _source(look: Look) -> LookVersion:
    """Return what the next version begins with: the last one that was not thrown away."""
    kept = look.versions.exclude(status=VersionStatus.DISCARDED).order_by("-number")
    return with_content(kept).first() or _newest(look)


def _newest(look: Look) -> LookVersion:
    return with_content(look.versions.order_by("-number"))[0]


def _still_there(look: Look, content: Content) -> Content:
    """Leave out the photos whose files were deleted meanwhile."""
    names = [photo.picture for photo in content.photos]
    rows = Picture.objects.filter(
        public_id__in=names, affiliate=look.affiliate_id, deleted_at__isnull=True
    )
    left = set(rows.values_list("public_id", flat=True))
    return replace(content, photos=tuple(one for one in content.photos if one.picture in left))


def _with_new_keys(content: Content) -> Content:
    """Give every slot a key of its own: figures of the copy are not those of the original."""
    keys: dict[UUID, UUID] = {slot.key: uuid4() for slot in content.slots}
    return replace(
        content,
        slots=tuple(replace(slot, key=keys[slot.key]) for slot in content.slots),
        photos=tuple(
            replace(
                photo,
                spots=tuple(Spot(keys[spot.slot], spot.x, spot.y) for spot in photo.spots),
            )
            for photo in content.photos
        ),
    )
