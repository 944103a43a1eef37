"""Drafts of terms: written by managers, offered to one affiliate, answered by its people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates import queries
from affiliates.domain.terms_content import TermsContent, content_json, content_of, read_content
from affiliates.models import Affiliate, DraftStatus, Group, Terms, TermsDraft
from affiliates.services import terms, terms_notices
from core import audit
from core.errors import DomainError

NAME_LENGTH = 80
NOTE_LENGTH = 500
#: What a group without any terms begins with.
FIRST = TermsContent(
    rate_bps=1_000, window_days=30, hold_days=30, minimum_payout_minor=5_000, currency="EUR",
    payment_days=(5,),
)  # fmt: skip


class DraftUnnamed(DomainError):
    """A draft without a name, or with one that is too long."""

    code = "draft_unnamed"


class NoteTooLong(DomainError):
    """A note about what changes that nobody would read."""

    code = "note_too_long"


class DraftChanged(DomainError):
    """Somebody else changed the draft since this person read it."""

    code = "draft_changed"


class DraftClosed(DomainError):
    """A draft was to be changed that is offered, published, declined or discarded."""

    code = "draft_closed"


class OfferToGroup(DomainError):
    """Terms of a group are announced to it, not offered."""

    code = "offer_to_group"


class NotOffered(DomainError):
    """An affiliate was to answer an offer that is not there, or not its own."""

    code = "not_offered"


class NotYours(DomainError):
    """Somebody who does not act for the affiliate answered for it."""

    code = "not_yours"


@transaction.atomic
def create(
    *,
    name: str,
    actor_id: int,
    now: datetime,
    group_id: int | None = None,
    affiliate_id: int | None = None,
) -> TermsDraft:
    """Begin a draft for a group or an affiliate, with what holds for it last.

    :raises DraftUnnamed: without a name of 1 to 80 signs.
    """
    holder: Group | Affiliate
    if affiliate_id is not None:
        holder = Affiliate.objects.select_related("group").get(pk=affiliate_id)
        last = _last(affiliate=holder) or _last(group=holder.group)
    else:
        holder = Group.objects.get(pk=group_id or 0)
        last = _last(group=holder) or queries.programme_terms(now)
    draft = TermsDraft.objects.create(
        name=_named(name),
        group_id=group_id if affiliate_id is None else None,
        affiliate_id=affiliate_id,
        content=content_json(content_of(last) if last else FIRST),
        status_changed_at=now,
        author_id=actor_id,
        created_at=now,
        updated_at=now,
    )
    _keep(draft, "created", actor_id, now, data={"name": draft.name, "for": str(holder)})
    return draft


@transaction.atomic
def change(
    *,
    draft_id: int,
    content: Mapping[str, Any],
    name: str,
    change_note: str,
    seen: datetime,
    actor_id: int,
    now: datetime,
) -> TermsDraft:
    """Replace what a draft says. Safe to repeat: the same content again changes nothing.

    ``seen`` is the draft's ``updated_at`` that the person had on the screen.

    :raises DraftClosed: when it is not a draft any more.
    :raises DraftChanged: when somebody else changed it since.
    :raises TermsRefused: for content that cannot be read.
    :raises DraftUnnamed: without a name of 1 to 80 signs.
    :raises NoteTooLong: for a note of more than 500 signs.
    """
    draft = _open(draft_id)
    said, name, note = content_json(read_content(content)), _named(name), change_note.strip()
    if len(note) > NOTE_LENGTH:
        raise NoteTooLong(_("Say what changes in at most 500 signs."))
    if (draft.content, draft.name, draft.change_note) == (said, name, note):
        return draft
    if draft.updated_at != seen:
        raise DraftChanged(
            _("Somebody changed this draft in the meantime. Reload the page and change it again.")
        )
    before = draft.content
    draft.content, draft.name, draft.change_note, draft.updated_at = said, name, note, now
    draft.save(update_fields=["content", "name", "change_note", "updated_at"])
    _keep(draft, "changed", actor_id, now, data={"before": before, "after": said})
    return draft


@transaction.atomic
def discard(*, draft_id: int, actor_id: int, now: datetime) -> TermsDraft:
    """Throw a draft away; an offer is withdrawn by it. Safe to repeat.

    :raises InvalidTransition: when it was published.
    """
    draft = _locked(draft_id)
    if draft.status != DraftStatus.DISCARDED:
        _move(draft, DraftStatus.DISCARDED, actor_id, now)
    return draft


@transaction.atomic
def offer(
    *, draft_id: int, valid_from: datetime | None, actor_id: int, now: datetime
) -> TermsDraft:
    """Offer terms of its own to an affiliate: they begin when it accepts, or on the day given.

    Safe to repeat. Everybody who acts for the affiliate is told by mail.

    :raises OfferToGroup: for the terms of a group.
    :raises BeginsInPast: when they would begin before now.
    :raises ChangesNothing: when they say what holds already.
    :raises ActualMarginForbidden: for a basis that the affiliate must not know.
    :raises InvalidTransition: when it is not a draft.
    """
    draft = _locked(draft_id)
    if draft.affiliate_id is None:
        raise OfferToGroup(_("Terms of a group are published: its affiliates are told of them."))
    if draft.status == DraftStatus.OFFERED and draft.valid_from == valid_from:
        return draft
    found = terms.examine(draft, valid_from=valid_from or now, now=now)
    draft.valid_from = valid_from
    _move(draft, DraftStatus.OFFERED, actor_id, now)
    terms_notices.offered(draft, found.changes, now=now)
    return draft


@transaction.atomic
def take_back(*, draft_id: int, actor_id: int, now: datetime) -> TermsDraft:
    """Make an offer, or what was declined, a draft again. Safe to repeat.

    :raises InvalidTransition: when it is published or discarded.
    """
    draft = _locked(draft_id)
    if draft.status != DraftStatus.DRAFT:
        _move(draft, DraftStatus.DRAFT, actor_id, now)
    return draft


@transaction.atomic
def accept(*, draft_id: int, affiliate_id: int, actor_id: int, now: datetime) -> Terms:
    """Accept an offer for an affiliate: its own terms begin, now or on their day. Repeatable.

    :raises NotYours: when the person does not act for the affiliate.
    :raises NotOffered: when the affiliate has no such offer.
    """
    _acts(actor_id, affiliate_id)
    draft = _offered(draft_id, affiliate_id)
    if draft.terms is not None:
        return draft.terms
    begins = max(draft.valid_from or now, now)
    made = terms.publish_accepted(draft, valid_from=begins, actor_id=actor_id, now=now)
    _keep(draft, "accepted", actor_id, now, data={"terms": made.pk})
    return made


@transaction.atomic
def decline(
    *, draft_id: int, affiliate_id: int, actor_id: int, reason: str, now: datetime
) -> TermsDraft:
    """Decline an offer for an affiliate: nothing changes. ``reason`` may be empty. Repeatable.

    :raises NotYours: when the person does not act for the affiliate.
    :raises NotOffered: when the affiliate has no such offer.
    """
    _acts(actor_id, affiliate_id)
    draft = _offered(draft_id, affiliate_id)
    if draft.status == DraftStatus.PUBLISHED:
        raise NotOffered(_("These terms are accepted already."))
    if draft.status != DraftStatus.DECLINED:
        _move(draft, DraftStatus.DECLINED, actor_id, now, reason=reason.strip())
    return draft


def _last(**holder: Any) -> Terms | None:
    return Terms.objects.filter(**holder).order_by("-valid_from", "-version").first()


def _named(name: str) -> str:
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise DraftUnnamed(_("Give the draft a name of at most 80 signs."))
    return name.strip()


def _locked(draft_id: int) -> TermsDraft:
    return TermsDraft.objects.select_for_update(no_key=True).get(pk=draft_id)


def _open(draft_id: int) -> TermsDraft:
    draft = _locked(draft_id)
    if draft.status != DraftStatus.DRAFT:
        raise DraftClosed(
            _("This draft is %(status)s: it cannot be changed.")
            % {"status": draft.get_status_display().lower()}
        )
    return draft


def _acts(actor_id: int, affiliate_id: int) -> None:
    if not queries.acts_for(actor_id, affiliate_id):
        raise NotYours(_("Only people of the account answer for it."))


def _offered(draft_id: int, affiliate_id: int) -> TermsDraft:
    """Return the offer locked, after whoever publishes for the same affiliate."""
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    draft = (
        TermsDraft.objects.select_for_update(no_key=True)
        .filter(pk=draft_id, affiliate=affiliate_id)
        .first()
    )
    answered = {DraftStatus.OFFERED, DraftStatus.PUBLISHED, DraftStatus.DECLINED}
    if draft is None or draft.status not in answered:
        raise NotOffered(_("This offer was withdrawn."))
    return draft


def _move(
    draft: TermsDraft, status: DraftStatus, actor_id: int, now: datetime, *, reason: str = ""
) -> None:
    draft.move_to(status, at=now)
    draft.updated_at = now
    draft.save(update_fields=["status", "status_changed_at", "updated_at", "valid_from"])
    verb = "taken_back" if status == DraftStatus.DRAFT else status.value
    _keep(draft, verb, actor_id, now, reason=reason)


def _keep(
    draft: TermsDraft,
    verb: str,
    actor_id: int,
    now: datetime,
    *,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor_id, verb=f"terms_draft.{verb}", subject=draft, at=now,
        reason=reason, data=data,
    )  # fmt: skip
