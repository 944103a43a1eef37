"""What the programme knows of a creator: the public page, themes and tags, notes, the store.

Rules PR1 to PR7 of docs/rules/standing.md.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus
from core import audit
from core.errors import DomainError
from influencers.models import Influencer, InfluencerNote, Look, Picture, Store
from influencers.services import bios, look_cache, stores
from shop.models import Shop
from tracking.domain import slugs
from tracking.domain.slugs import SlugProblem

CREATORS = (AffiliateKind.INFLUENCER, AffiliateKind.EMPLOYEE)
#: Six colours that keep their contrast in both themes.
ACCENTS = ("rust", "moss", "ink", "plum", "ocean", "ochre")
#: Words of addresses below /looks/by/ that are or may become pages.
RESERVED = frozenset({"all", "by", "me", "new", "widget", "pictures", "looks", "admin"})
_HANDLE_LENGTH = 40


class NoCreator(DomainError):
    """The affiliate is neither an influencer nor an employee, or the account is closed."""

    code = "no_creator"


class HandleTaken(DomainError):
    """Somebody else has the address, or nobody may."""

    code = "handle_taken"


class ProfileRefused(DomainError):
    """What was typed cannot be kept."""

    code = "profile_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a creator says on the public page."""

    handle: str
    bio: str
    accent: str
    is_public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the team keeps to find a creator again."""

    themes: Collection[str]
    tags: Collection[str]
    region: str


@transaction.atomic
def of(affiliate_id: int, *, now: datetime) -> Influencer:
    """Return the profile of a creator, made when there is none yet. Safe to repeat.

    An employee's store is the one that the account names.

    :raises NoCreator: see the class.
    """
    known = Influencer.objects.filter(affiliate=affiliate_id).select_related("affiliate").first()
    if known is not None:
        return known
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if affiliate.kind not in CREATORS or affiliate.status == AffiliateStatus.CLOSED:
        raise NoCreator(_("Only influencers and store employees have a creator's profile."))
    known = Influencer.objects.filter(affiliate=affiliate_id).select_related("affiliate").first()
    if known is not None:  # Made while we waited for the lock.
        return known
    store = stores.named(affiliate.store) if affiliate.is_employee else None
    return Influencer.objects.create(
        affiliate=affiliate, handle=_free_handle(affiliate.name), store=store, created_at=now
    )


@transaction.atomic
def change_page(affiliate_id: int, page: Page, *, by_id: int, now: datetime) -> Influencer:
    """Change what the public page says. A new text waits until the team has read it (PR8).

    :raises NoCreator: see ``of``.
    :raises HandleTaken: for an address that is somebody else's, the shop's, or offends.
    :raises ProfileRefused: for an address without letters, or an unknown colour.
    """
    profile = _locked(affiliate_id, now)
    handle = slugify(page.handle)[:_HANDLE_LENGTH].strip("-")
    if len(handle) < 3 or page.accent not in ACCENTS:
        raise ProfileRefused(_("The address needs at least three letters or digits."))
    taken = Influencer.objects.filter(handle=handle).exclude(pk=profile.pk).exists()
    if taken or (handle != profile.handle and _is_kept(handle)):
        raise HandleTaken(_("“%(handle)s” is taken: choose another address.") % {"handle": handle})
    bios.take(profile, page.bio, now=now)
    profile.handle, profile.accent = handle, page.accent
    profile.is_page_public = page.is_public
    profile.save(
        update_fields=["handle", "bio", "wished_bio", "bio_wished_at", "accent", "is_page_public"]
    )
    _note(profile, "creator.page_changed", by_id, now, handle=handle, is_public=page.is_public)
    _shown_anew(affiliate_id)
    return profile


@transaction.atomic
def show_picture(
    affiliate_id: int, picture_id: int | None, *, place: str, by_id: int, now: datetime
) -> Influencer:
    """Put one of the creator's own pictures on the page; None takes it off.

    ``place``: ``avatar`` or ``cover``.

    :raises ProfileRefused: for another place, or a picture that is not theirs or deleted.
    """
    profile = _locked(affiliate_id, now)
    theirs = Picture.objects.filter(affiliate=affiliate_id, deleted_at__isnull=True)
    if place not in {"avatar", "cover"}:
        raise ProfileRefused(_("A page has a portrait and a cover."))
    if picture_id is not None and not theirs.filter(pk=picture_id).exists():
        raise ProfileRefused(_("This picture is not there any more: send it again."))
    setattr(profile, f"{place}_id", picture_id)
    profile.save(update_fields=[place])
    _note(profile, "creator.picture_changed", by_id, now, place=place, picture=picture_id)
    _shown_anew(affiliate_id)
    return profile


@transaction.atomic
def put_first(affiliate_id: int, look_id: int, *, now: datetime) -> Influencer:
    """Let the page begin with a look. The others keep their order. Safe to repeat.

    :raises ProfileRefused: for a look of somebody else.
    """
    profile = _locked(affiliate_id, now)
    if not Look.objects.filter(pk=look_id, affiliate=affiliate_id).exists():
        raise ProfileRefused(_("This look is not yours."))
    profile.first_looks = [look_id, *(one for one in profile.first_looks if one != look_id)]
    profile.save(update_fields=["first_looks"])
    _shown_anew(affiliate_id)
    return profile


@transaction.atomic
def describe(affiliate_id: int, known: Known, *, by_id: int, now: datetime) -> Influencer:
    """Keep themes, tags and region. The creator sees them."""
    profile = _locked(affiliate_id, now)
    profile.themes, profile.tags = list(known.themes), list(known.tags)
    profile.region = known.region.strip()
    profile.save(update_fields=["themes", "tags", "region"])
    _note(
        profile, "creator.described", by_id, now,
        themes=profile.themes, tags=profile.tags, region=profile.region,
    )  # fmt: skip
    return profile


@transaction.atomic
def tag(affiliate_ids: Collection[int], word: str, *, by_id: int, now: datetime) -> int:
    """Add a tag to many creators. Return to how many. Safe to repeat."""
    added = 0
    for affiliate_id in sorted(affiliate_ids):
        profile = _locked(affiliate_id, now)
        if word and word not in profile.tags:
            profile.tags = [*profile.tags, word]
            profile.save(update_fields=["tags"])
            _note(profile, "creator.tagged", by_id, now, tag=word)
            added += 1
    return added


@transaction.atomic
def write_down(affiliate_id: int, text: str, *, by_id: int, now: datetime) -> InfluencerNote:
    """Add a note of the team. It is never edited; the person may ask to read it.

    :raises ProfileRefused: for an empty one.
    :raises NoCreator: see ``of``.
    """
    if not text.strip():
        raise ProfileRefused(_("Write the note first."))
    profile = of(affiliate_id, now=now)
    return InfluencerNote.objects.create(
        affiliate_id=profile.affiliate_id, text=text.strip(), author_id=by_id, at=now
    )


@transaction.atomic
def agree(
    affiliate_id: int,
    *,
    store_id: int,
    agreed_by: str,
    agreed_on: date | None,
    working_time: str,
    by_id: int,
    now: datetime,
) -> Influencer:
    """Keep an employee's store, which manager agreed when, and when looks are made.

    The account carries the store's name from then on, so that payroll and league agree.

    :raises ProfileRefused: for somebody who is no employee, a closed store, or a day to come.
    """
    profile = _locked(affiliate_id, now)
    store = Store.objects.get(pk=store_id)
    if not profile.affiliate.is_employee:
        raise ProfileRefused(_("Only store employees need a manager's agreement."))
    if store.closed_on is not None and store.closed_on <= now.date():
        raise ProfileRefused(_("This store is closed: choose another one."))
    if agreed_on is not None and (agreed_on > now.date() or not agreed_by.strip()):
        raise ProfileRefused(_("Say who agreed, and on which day that is not still to come."))
    profile.store, profile.agreed_by, profile.agreed_on = store, agreed_by.strip(), agreed_on
    profile.working_time = working_time.strip()
    profile.save(update_fields=["store", "agreed_by", "agreed_on", "working_time"])
    Affiliate.objects.filter(pk=affiliate_id).update(store=store.name)
    _note(
        profile, "creator.agreed", by_id, now,
        store=store.code, agreed_by=profile.agreed_by,
        agreed_on=agreed_on.isoformat() if agreed_on else None,
    )  # fmt: skip
    return profile


def _locked(affiliate_id: int, now: datetime) -> Influencer:
    profile = of(affiliate_id, now=now)
    rows = Influencer.objects.select_for_update(of=["self"]).select_related("affiliate")
    return rows.get(pk=profile.pk)


def _free_handle(name: str) -> str:
    words = slugify(name)[: _HANDLE_LENGTH - 5].strip("-")
    base = words if len(words) >= 3 and not _is_kept(words) else f"{words or 'look'}-creator"
    taken = set(Influencer.objects.filter(handle__startswith=base).values_list("handle", flat=True))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in count(2) if f"{base}-{n}" not in taken)


def _is_kept(handle: str) -> bool:
    """Tell whether an address is the programme's or a shop's own, or could offend somebody."""
    shops = Shop.objects.values_list("name", "code")
    own = {slugify(word).replace("-", "") for shop in shops for word in shop}
    return (
        handle in RESERVED
        or handle.replace("-", "") in own
        or slugs.problem(handle) in {SlugProblem.RESERVED, SlugProblem.RUDE}
    )


def _shown_anew(affiliate_id: int) -> None:
    looks = Look.objects.filter(affiliate=affiliate_id)
    look_cache.purge_looks(list(looks.values_list("pk", flat=True)))


def _note(profile: Influencer, verb: str, by_id: int, now: datetime, **data: object) -> None:
    audit.record(actor=by_id, verb=verb, subject=profile, at=now, data=data)
