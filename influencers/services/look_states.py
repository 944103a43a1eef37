"""What the public sees of a look: it appears, pauses, goes on, ends, is removed.

Rules MD7 to MD9 and LC1 to LC3 of docs/rules/look-moderation.md.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from affiliates import queries
from core import audit
from core.errors import DomainError
from influencers.domain.moderation import Reason
from influencers.models import Look, LookAct, LookStatus, LookVersion, VersionStatus
from influencers.queries.moderation import SHOWN, day_of, unlicensed_pictures
from influencers.services import look_cache, look_events, look_mails

#: The code of an event whose cause is that a photo may not be shown any more.
LICENCE = "licence"
_FIELDS = ["status", "status_changed_at", "status_reason"]


class RightsMissing(DomainError):
    """A look was to appear with a photo that may not be shown."""

    code = "rights_missing"


class ScheduleRefused(DomainError):
    """A look was to end before it begins, or to begin although it is published already."""

    code = "schedule_refused"


class ReasonMissing(DomainError):
    """A look was to be paused or removed without words for its creator."""

    code = "reason_missing"


@transaction.atomic
def publish(look_id: int, *, by_id: int | None, now: datetime) -> Look:
    """Show the approved version of a scheduled look. Safe to repeat.

    :raises InvalidTransition: when nothing is approved, or it was taken down.
    :raises RightsMissing: when a photo may not be shown today.
    :raises ScheduleRefused: when its last day is over.
    """
    look = locked(look_id)
    if look.status == LookStatus.PUBLISHED:
        return look
    _show(look, by_id=by_id, now=now)
    look_mails.published(look, live_of(look), now=now)
    return look


@transaction.atomic
def resume(look_id: int, *, by_id: int, now: datetime, expires_at: datetime | None = None) -> Look:
    """Show a paused or expired look again, until ``expires_at`` (none: without end).

    Safe to repeat. Raises what ``publish`` raises.
    """
    look = locked(look_id)
    if look.status == LookStatus.PUBLISHED:
        return look
    look.expires_at = expires_at
    _show(look, by_id=by_id, now=now)
    look_mails.published(look, live_of(look), now=now)
    return look


@transaction.atomic
def pause(look_id: int, *, reason: str, by_id: int | None, now: datetime, code: str = "") -> Look:
    """Show a look no more for now; ``reason`` is read by its creator. Safe to repeat.

    :raises ReasonMissing: without words.
    :raises InvalidTransition: when it is neither shown nor scheduled.
    """
    look = locked(look_id)
    if look.status == LookStatus.PAUSED:
        return look
    _move(look, LookStatus.PAUSED, LookAct.PAUSED, _words(reason), by_id, now, code=code)
    look_mails.paused(look, live_of(look), now=now)
    return look


@transaction.atomic
def remove(look_id: int, code: str, note: str, *, by_id: int, now: datetime) -> Look:
    """Take a look down for good and send the statement of reasons. Safe to repeat.

    ``code``: one of ``Reason``. What of it waits for a decision is refused with it.

    :raises ReasonMissing: without words, or for an unknown reason.
    :raises InvalidTransition: when it was never published, or its creator withdrew it.
    """
    look = locked(look_id)
    if look.status == LookStatus.REMOVED:
        return look
    if code not in set(Reason):
        raise ReasonMissing(_("Choose a reason."))
    note = _words(note)
    _move(look, LookStatus.REMOVED, LookAct.REMOVED, note, by_id, now, code=code)
    close_open(look, reason=note, by_id=by_id, now=now)
    look_mails.removed(look, live_of(look), code, note, now=now)
    return look


@transaction.atomic
def expire(look_id: int, *, now: datetime) -> Look:
    """Show a look no more whose end has come. Safe to repeat; before its end nothing happens."""
    look = locked(look_id)
    is_over = look.expires_at is not None and look.expires_at <= now
    if is_over and LookStatus.EXPIRED in Look.ARROWS[LookStatus(look.status)]:
        _move(look, LookStatus.EXPIRED, LookAct.EXPIRED, "", None, now)
    return look


def unpublish_unlicensed(look_ids: Collection[int], *, now: datetime) -> int:
    """Pause those of the looks that show, or will, what may not be shown today.

    One transaction for each look; returns how many were paused. Safe to repeat.
    """
    return sum(_pause_unlicensed(look_id, now) for look_id in sorted(look_ids))


@transaction.atomic
def _pause_unlicensed(look_id: int, now: datetime) -> bool:
    look = locked(look_id)
    if look.status not in SHOWN or look.live_id is None:
        return False
    if not unlicensed_pictures(look.live_id, day_of(now)):
        return False
    with override(language_of(look)):
        reason = _("The rights in a photo have ended or were taken back.")
    pause(look.pk, reason=reason, by_id=None, now=now, code=LICENCE)
    return True


def locked(look_id: int) -> Look:
    """Return a look whose row nobody else changes meanwhile."""
    rows = Look.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("affiliate", "shop", "live").get(pk=look_id)


def language_of(look: Look) -> str:
    """Return the language of the people who read why a look is where it is."""
    if look.affiliate_id is None:
        return queries.DEFAULT_LANGUAGE
    return queries.language_of(look.affiliate_id)


def live_of(look: Look) -> LookVersion:
    """Return the version of a look that the public sees, or saw last.

    :raises LookVersion.DoesNotExist: when none was ever approved.
    """
    if look.live is None:
        raise LookVersion.DoesNotExist(f"{look} has no version that was approved.")
    look.live.look = look
    return look.live


def appear(
    look: Look, *, at: datetime, expires_at: datetime | None, by_id: int, now: datetime
) -> None:
    """Show a locked look that has just been approved: now, or at a later moment.

    :raises ScheduleRefused: when it ends before it begins, or is to begin again later.
    :raises InvalidTransition: when it was withdrawn or removed.
    """
    look.expires_at = expires_at
    if expires_at is not None and expires_at <= max(at, now):
        raise ScheduleRefused(_("It would end before it appears: choose a later end."))
    if at <= now:
        _show(look, by_id=by_id, now=now)
        return
    if look.status not in (LookStatus.DRAFT, LookStatus.SCHEDULED):
        raise ScheduleRefused(
            _("It has been published before: what you approve of it appears at once.")
        )
    look.publish_at = at
    if look.status == LookStatus.DRAFT:
        look.move_to(LookStatus.SCHEDULED, at=now)
    look.save(update_fields=[*_FIELDS, "live", "publish_at", "expires_at"])
    _note(look, LookAct.SCHEDULED, "", by_id, now)


def close_open(look: Look, *, reason: str, by_id: int | None, now: datetime) -> None:
    """Let nothing of a locked look wait any more: refuse what is in review, discard a draft."""
    open_ones = look.versions.select_for_update(no_key=True).filter(
        status__in=[*LookVersion.EDITABLE, VersionStatus.SUBMITTED]
    )
    for version in open_ones:
        if version.status == VersionStatus.SUBMITTED:
            version.move_to(VersionStatus.REFUSED, at=now)
            version.decided_at, version.decided_by_id, version.reason = now, by_id, reason
        else:
            version.move_to(VersionStatus.DISCARDED, at=now)
        version.save(
            update_fields=["status", "status_changed_at", "decided_at", "decided_by", "reason"]
        )


def _show(look: Look, *, by_id: int | None, now: datetime) -> None:
    if look.live_id is None or unlicensed_pictures(look.live_id, day_of(now)):
        raise RightsMissing(_("A photo of it may not be shown: its licence has ended or is gone."))
    if look.expires_at is not None and look.expires_at <= now:
        raise ScheduleRefused(_("Its last day is over: choose a later end."))
    is_seen = look.status == LookStatus.PUBLISHED
    if not is_seen:
        look.move_to(LookStatus.PUBLISHED, at=now)
    look.status_reason, look.publish_at = "", min(look.publish_at or now, now)
    look.published_at = look.published_at or now
    look.save(update_fields=[*_FIELDS, "live", "publish_at", "expires_at", "published_at"])
    look_cache.purge([look.shop_id])
    if not is_seen:
        _note(look, LookAct.PUBLISHED, "", by_id, now)


def _move(
    look: Look,
    status: LookStatus,
    act: LookAct,
    note: str,
    by_id: int | None,
    now: datetime,
    *,
    code: str = "",
) -> None:
    look.move_to(status, at=now)
    look.status_reason = note
    look.save(update_fields=_FIELDS)
    _note(look, act, note, by_id, now, code=code)


def _note(
    look: Look, act: LookAct, note: str, by_id: int | None, now: datetime, *, code: str = ""
) -> None:
    look_events.record(look, act, at=now, actor_id=by_id, version=look.live, code=code, note=note)
    look_cache.purge([look.shop_id])
    data = {"code": code} if code else {}
    audit.record(actor=by_id, verb=f"look.{act}", subject=look, at=now, reason=note, data=data)


def _words(text: str) -> str:
    if not text.strip():
        raise ReasonMissing(_("Say why: the creator reads it."))
    return text.strip()
