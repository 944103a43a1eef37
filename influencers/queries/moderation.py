"""What moderators ask about looks: the queue, what forbids a decision, the creator's past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from affiliates.queries import acts_for
from core.domain.paris import day_in_paris
from influencers.domain.moderation import Facts
from influencers.models import (
    ImageLicence,
    Look,
    LookAct,
    LookComment,
    LookEvent,
    LookImage,
    LookStatus,
    LookVersion,
    Scope,
    SlotOption,
    VersionStatus,
)
from influencers.queries.licences import in_force
from influencers.queries.looks import with_content

#: A look is shown on its own page and on product pages: its photos have to be allowed on both.
NEEDED = (Scope.SITE, Scope.PDP)
#: Looks that are shown, or will be by themselves.
SHOWN = (LookStatus.PUBLISHED, LookStatus.SCHEDULED)
WAITING, CUSTOMERS, CHANGES, REFUSED, ENDED = "waiting", "customers", "changes", "refused", "ended"
STATES = (
    WAITING,
    CUSTOMERS,
    CHANGES,
    LookStatus.SCHEDULED.value,
    LookStatus.PUBLISHED.value,
    LookStatus.PAUSED.value,
    REFUSED,
    ENDED,
)
_OVER = (LookStatus.EXPIRED, LookStatus.WITHDRAWN, LookStatus.REMOVED)
_UNSEEN = (VersionStatus.DRAFT, VersionStatus.DISCARDED)
_DECISIONS = (LookAct.APPROVED, LookAct.CHANGES, LookAct.REFUSED, LookAct.REMOVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was decided about a creator's looks: how often each, and the latest ones."""

    approved: int
    changes: int
    refused: int
    removed: int
    latest: tuple[LookEvent, ...]


def day_of(moment: datetime) -> date:
    """Return the day of a moment in the programme's time zone."""
    return day_in_paris(moment)


def unlicensed_pictures(version_id: int, on: date) -> set[int]:
    """Return the pictures of a version that may not be shown on ``on``."""
    bare = LookImage.objects.filter(_is_bare(on), version=version_id)
    return set(bare.values_list("picture", flat=True))


def unlicensed_looks(on: date) -> QuerySet[Look]:
    """Return looks that are shown, or will be, although a photo of theirs may not be on ``on``."""
    bare = LookImage.objects.filter(_is_bare(on), version=OuterRef("live"))
    return Look.objects.filter(Exists(bare), status__in=SHOWN)


def facts_of(version: LookVersion, *, by_id: int | None, on: date) -> Facts:
    """Return what is known of a version, of which ``by_id`` decides, for the day ``on``."""
    affiliate_id = version.look.affiliate_id
    images = LookImage.objects.filter(version=version)
    photos = images.aggregate(
        all=Count("pk"),
        without_alt=Count("pk", filter=Q(alt="")),
        bare=Count("pk", filter=_is_bare(on)),
    )
    placed = SlotOption.objects.filter(slot__version=version, product__is_active=True)
    return Facts(
        is_own=by_id is not None and affiliate_id is not None and acts_for(by_id, affiliate_id),
        is_customers=affiliate_id is None,
        has_disclosure=bool(version.disclosure),
        photos=photos["all"],
        without_alt=photos["without_alt"],
        products=placed.values("slot").distinct().count(),
        unlicensed=photos["bare"],
    )


def open_remarks(version_id: int) -> QuerySet[LookComment]:
    """Return the remarks of a version that ask for a change and are not done."""
    return LookComment.objects.filter(
        version=version_id, asks_for_change=True, resolved_at__isnull=True
    )


def queue(state: str, search: str = "") -> QuerySet[LookVersion]:
    """Return the versions in a state, as their list shows them.

    Those that wait come oldest first, the others newest first.
    """
    rows = _with_photos(LookVersion.objects.filter(_is(state)))
    if search:
        rows = rows.filter(
            Q(title__icontains=search)
            | Q(look__affiliate__name__icontains=search)
            | Q(look__slug__icontains=search)
        )
    if state in (WAITING, CUSTOMERS):
        return rows.order_by("submitted_at", "pk")
    return rows.order_by("-status_changed_at", "-pk")


def counts() -> Counter[str]:
    """Return how many versions are in each state."""
    found = LookVersion.objects.aggregate(
        **{state: Count("pk", filter=_is(state)) for state in STATES}
    )
    return Counter(found)


def neighbours(version: LookVersion) -> tuple[LookVersion | None, LookVersion | None]:
    """Return the versions before and after one in the queue of those that wait."""
    waiting = LookVersion.objects.filter(status=VersionStatus.SUBMITTED).exclude(pk=version.pk)
    waiting = waiting.select_related("look")
    at = version.submitted_at
    if at is None:
        return None, waiting.order_by("submitted_at", "pk").first()
    is_before = Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=version.pk)
    before = waiting.filter(is_before).order_by("-submitted_at", "-pk").first()
    after = waiting.exclude(is_before).order_by("submitted_at", "pk").first()
    return before, after


def shown_version(look: Look) -> LookVersion | None:
    """Return the version of a look that moderators see: the one in review, else the live one.

    Of a look that was never published, the newest that was sent. Drafts are nobody's but their
    creator's: None when there is nothing else. With all in it.
    """
    comments = LookComment.objects.select_related("author", "resolved_by", "image")
    rows = with_content(look.versions.select_related("decided_by")).prefetch_related(
        Prefetch("comments", comments)
    )
    known = {VersionStatus.SUBMITTED.value: 0, VersionStatus.CHANGES.value: 1}
    sent = look.versions.exclude(status__in=_UNSEEN).order_by("-number")
    states = list(sent.values_list("pk", "status"))
    states.sort(key=lambda one: (known.get(one[1], 3), one[0] != look.live_id))
    return rows.get(pk=states[0][0]) if states else None


def past_of(look: Look) -> Past:
    """Return what was decided about the looks of the same creator, the newest first."""
    rows = LookEvent.objects.filter(act__in=_DECISIONS)
    if look.affiliate_id is None:
        rows = rows.filter(look=look)
    else:
        rows = rows.filter(look__affiliate=look.affiliate_id)
    numbers = rows.aggregate(**{act.value: Count("pk", filter=Q(act=act)) for act in _DECISIONS})
    latest = rows.select_related("look", "version", "actor").order_by("-at", "-pk")[:6]
    return Past(**numbers, latest=tuple(latest))


def looks_with(picture_ids: Iterable[int], *, besides: int) -> QuerySet[LookImage]:
    """Return where pictures are used in other looks that were sent, once for each look."""
    rows = LookImage.objects.filter(picture__in=picture_ids).exclude(version__look=besides)
    rows = rows.exclude(version__status__in=_UNSEEN)
    rows = rows.select_related("version__look__affiliate", "picture")
    return rows.order_by("version__look", "-version__number").distinct("version__look")


def licences_of(picture_ids: Iterable[int]) -> QuerySet[ImageLicence]:
    """Return the licences of pictures, the newest first."""
    return ImageLicence.objects.filter(picture__in=picture_ids).order_by("-granted_at", "-pk")


def _with_photos(rows: QuerySet[LookVersion]) -> QuerySet[LookVersion]:
    images = LookImage.objects.select_related("picture")
    return rows.select_related(
        "look__affiliate", "look__shop", "look__customer_photo", "decided_by"
    ).prefetch_related(Prefetch("images", images))


def _is(state: str) -> Q:
    of_customer = Q(look__affiliate__isnull=True)
    is_live = Q(pk=F("look__live"))
    return {
        WAITING: Q(status=VersionStatus.SUBMITTED),
        CUSTOMERS: Q(status=VersionStatus.SUBMITTED) & of_customer,
        CHANGES: Q(status=VersionStatus.CHANGES),
        REFUSED: Q(status=VersionStatus.REFUSED),
        ENDED: is_live & Q(look__status__in=_OVER),
    }.get(state) or is_live & Q(look__status=state)


def _is_bare(on: date) -> Q:
    """Tell that a scope that is needed is not covered on a day. About rows of ``LookImage``."""
    bare = Q(picture__deleted_at__isnull=False)
    for scope in NEEDED:
        holds = in_force(on).filter(picture=OuterRef("picture"), scopes__contains=[scope])
        bare |= ~Q(Exists(holds))
    return bare
