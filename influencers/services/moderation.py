"""Deciding on what creators and customers send: approved, to be changed, refused.

Rules MD1 to MD6 of docs/rules/look-moderation.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from core import audit
from core.errors import DomainError
from influencers.domain.moderation import Check, Lack, Reason, lacks
from influencers.models import (
    Look,
    LookAct,
    LookComment,
    LookVersion,
    VersionStatus,
)
from influencers.queries.moderation import day_of, facts_of, open_remarks
from influencers.services import look_events, look_mails, look_states
from tracking.services import links

TEXT_LENGTH = 1_000
_DECIDED = ["status", "status_changed_at", "decided_at", "decided_by", "reason"]
#: What forbids to approve, as a moderator reads it.
LACKS: dict[str, Promise] = {
    Lack.OWN: gettext_lazy("You act for this creator: somebody else decides."),
    Lack.PHOTOS: gettext_lazy("It has no photo."),
    Lack.ALT: gettext_lazy("A photo lacks the words for who cannot see it."),
    Lack.PRODUCTS: gettext_lazy("No product that the shop sells is named."),
    Lack.DISCLOSURE: gettext_lazy("It does not say that it is advertising."),
    Lack.LICENCE: gettext_lazy(
        "A photo may not be shown on looks pages and product pages on the day it would appear."
    ),
}


class NotReady(DomainError):
    """Something forbids that a look is approved."""

    code = "look_not_ready"


class ChecklistOpen(DomainError):
    """Somebody approved without having looked at every point."""

    code = "checklist_open"


class RemarkMissing(DomainError):
    """Changes were asked for without saying which, or a remark has no words."""

    code = "remark_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody says of a version, and of which part of it.

    ``x`` and ``y`` are fractions of the uncropped picture.
    """

    text: str
    place: str = ""
    image_id: int | None = None
    slot_key: UUID | None = None
    x: Decimal | None = None
    y: Decimal | None = None


@transaction.atomic
def approve(
    version_id: int,
    *,
    publish_at: datetime | None,
    expires_at: datetime | None,
    by_id: int,
    now: datetime,
    checks: Collection[str] = tuple(Check),
) -> LookVersion:
    """Let a version be seen from ``publish_at`` (none: at once) to ``expires_at``. Repeatable.

    The first approval of a creator's look makes its link. The version that was published before
    gives way only now. ``checks``: what the moderator looked at, kept with the decision.

    :raises ChecklistOpen: unless every point was looked at.
    :raises NotReady: when something of it may not appear, or it is the moderator's own.
    :raises ScheduleRefused: see ``look_states.appear``.
    :raises InvalidTransition: when it is not in review.
    :raises AccountNotActive: when the creator's account is suspended or closed.
    """
    look, version = _locked(version_id)
    if version.status == VersionStatus.APPROVED:
        return version
    if set(Check) - set(checks):
        raise ChecklistOpen(_("Look at every point of the list first."))
    version.move_to(VersionStatus.APPROVED, at=now)
    appears = max(publish_at or now, now)
    lacking = lacks(facts_of(version, by_id=by_id, on=day_of(appears)))
    if lacking:
        raise NotReady(" ".join(str(LACKS[lack]) for lack in lacking))
    version.decided_at, version.decided_by_id = now, by_id
    version.save(update_fields=_DECIDED)
    open_remarks(version.pk).update(resolved_at=now, resolved_by=by_id)
    _make_link(look, version, now)
    look.live = version
    _note(
        version,
        LookAct.APPROVED,
        by_id,
        now,
        checks=sorted(checks),
        publish_at=appears.isoformat(),
        expires_at=expires_at.isoformat() if expires_at else "",
    )
    look_states.appear(look, at=appears, expires_at=expires_at, by_id=by_id, now=now)
    look_mails.approved(version, now=now)
    return version


@transaction.atomic
def ask_changes(
    version_id: int, comments: Sequence[Remark], *, by_id: int, now: datetime
) -> LookVersion:
    """Give a version back to its creator with what to change. Safe to repeat.

    Remarks made before, which ask for a change and are open, count as well.

    :raises RemarkMissing: when there is none.
    :raises InvalidTransition: when it is not in review.
    :raises NotReady: for a photo of a customer, whom nobody can ask.
    """
    look, version = _locked(version_id)
    if version.status == VersionStatus.CHANGES:
        return version
    if look.affiliate_id is None:
        raise NotReady(_("A customer cannot be asked: complete it yourself, or refuse it."))
    version.move_to(VersionStatus.CHANGES, at=now)
    for remark in comments:
        _add(version, remark, asks_for_change=True, by_id=by_id, now=now)
    remarks = list(open_remarks(version.pk))
    if not remarks:
        raise RemarkMissing(_("Say what to change: write a remark beside what it means."))
    version.decided_at, version.decided_by_id = now, by_id
    version.save(update_fields=_DECIDED)
    _note(version, LookAct.CHANGES, by_id, now, remarks=len(remarks))
    look_mails.changes(version, remarks, now=now)
    return version


@transaction.atomic
def refuse(version_id: int, code: str, note: str, *, by_id: int, now: datetime) -> LookVersion:
    """Do not accept a version; what is published stays. Safe to repeat.

    ``code``: one of ``Reason``; ``note`` is read by the creator.

    :raises ReasonMissing: for an unknown reason, or without words where the reason needs them.
    :raises InvalidTransition: when it is not in review.
    """
    look, version = _locked(version_id)
    if version.status == VersionStatus.REFUSED:
        return version
    note = note.strip()
    if code not in set(Reason) or (code == Reason.OTHER and not note):
        raise look_states.ReasonMissing(_("Choose a reason, or say it in your own words."))
    version.move_to(VersionStatus.REFUSED, at=now)
    version.decided_at, version.decided_by_id = now, by_id
    with override(look_states.language_of(look)):
        version.reason = note or look_mails.reason_sentence(code)
    version.save(update_fields=_DECIDED)
    _note(version, LookAct.REFUSED, by_id, now, code=code, note=version.reason)
    look_mails.refused(version, code, note, now=now)
    return version


@transaction.atomic
def comment(
    version_id: int, remark: Remark, *, asks_for_change: bool, by_id: int, now: datetime
) -> LookComment:
    """Keep a remark on a version that is in review or being changed. Safe to repeat.

    :raises RemarkMissing: without words, or of a photo that is not on it.
    :raises NotReady: when the version is decided.
    """
    _look, version = _locked(version_id)
    if version.status not in (*LookVersion.EDITABLE, VersionStatus.SUBMITTED):
        raise NotReady(_("It is decided already: remarks change nothing any more."))
    return _add(version, remark, asks_for_change=asks_for_change, by_id=by_id, now=now)


@transaction.atomic
def resolve(comment_id: int, *, by_id: int, now: datetime) -> LookComment:
    """Note that what a remark asked for is done. Safe to repeat."""
    found = LookComment.objects.select_for_update(no_key=True).get(pk=comment_id)
    if found.resolved_at is None:
        found.resolved_at, found.resolved_by_id = now, by_id
        found.save(update_fields=["resolved_at", "resolved_by"])
    return found


def _locked(version_id: int) -> tuple[Look, LookVersion]:
    """Return a version and its look: the look is locked first, always."""
    look_id = LookVersion.objects.values_list("look", flat=True).get(pk=version_id)
    look = look_states.locked(look_id)
    version = LookVersion.objects.select_for_update(no_key=True).get(pk=version_id)
    version.look = look
    return look, version


def _add(
    version: LookVersion, remark: Remark, *, asks_for_change: bool, by_id: int, now: datetime
) -> LookComment:
    text = remark.text.strip()[:TEXT_LENGTH]
    if not text:
        raise RemarkMissing(_("Write what is to be changed."))
    if remark.image_id is not None and not version.images.filter(pk=remark.image_id).exists():
        raise RemarkMissing(_("This photo is not on the look any more."))
    made, _created = LookComment.objects.get_or_create(
        version=version,
        text=text,
        place=remark.place,
        image_id=remark.image_id,
        slot_key=remark.slot_key,
        author_id=by_id,
        resolved_at=None,
        defaults={
            "x": remark.x,
            "y": remark.y,
            "asks_for_change": asks_for_change,
            "created_at": now,
        },
    )
    return made


def _make_link(look: Look, version: LookVersion, now: datetime) -> None:
    """Give a creator's look its link: to its page, where the shop's origin has one."""
    if look.affiliate_id is None or look.link_id is not None:
        return
    origin = look.shop.link_origin
    look.link = links.create(
        affiliate_id=look.affiliate_id,
        shop_id=look.shop_id,
        destination_url=look_mails.page_address(look) if origin else look.shop.home_url,
        sub_id=f"look-{look.pk}",
        surface=f"look:{look.pk}",
        label=version.title,
        now=now,
    )
    look.save(update_fields=["link"])


def _note(
    version: LookVersion,
    act: LookAct,
    by_id: int,
    now: datetime,
    *,
    code: str = "",
    note: str = "",
    **data: Any,
) -> None:
    look = version.look
    look_events.record(look, act, at=now, actor_id=by_id, version=version, code=code, note=note)
    audit.record(
        actor=by_id,
        verb=f"look.{act}",
        subject=look,
        at=now,
        reason=note,
        data={"version": version.number, "code": code, **data},
    )
