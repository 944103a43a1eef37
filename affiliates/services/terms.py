"""Publishing terms: versions that follow each other, are told of in time and never change.

Rules T10 and T11 of docs/rules/terms.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from affiliates import queries
from affiliates.domain.terms_content import TermsContent, columns, content_of, read_content
from affiliates.domain.terms_diff import Change, differences, is_worse
from affiliates.domain.terms_document import rules_json
from affiliates.models import (
    Affiliate,
    Basis,
    DraftStatus,
    Group,
    Programme,
    Terms,
    TermsDraft,
)
from affiliates.services import terms_notices, terms_words
from core import audit
from core.errors import DomainError


class BeginsInPast(DomainError):
    """Terms were to begin before now, where sales have theirs."""

    code = "begins_in_past"


class BeginsTooEarly(DomainError):
    """Terms that are worse were to begin before everybody had notice of them."""

    code = "begins_too_early"


class BeginsBeforeLast(DomainError):
    """Terms were to begin before others that are published."""

    code = "begins_before_last"


class ChangesNothing(DomainError):
    """Terms say what those before them say."""

    code = "changes_nothing"


class ActualMarginForbidden(DomainError):
    """Terms on actual margin for people who may not know costs."""

    code = "actual_margin_forbidden"


class WaitsForAnswer(DomainError):
    """An offer was to be published without the affiliate's yes."""

    code = "waits_for_answer"


class AlreadyEnded(DomainError):
    """Own terms were to end that have an end, or are not one affiliate's own."""

    code = "already_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What publishing a draft would do. ``earliest``: from then on it may begin."""

    content: TermsContent
    before: Terms | None
    changes: tuple[Change, ...]
    is_worse: bool
    told: int
    earliest: datetime


def preview(*, draft_id: int, now: datetime) -> Examined:
    """Return what a draft would change if it were published now, for whom, and from when."""
    draft = TermsDraft.objects.select_related("group", "affiliate__group").get(pk=draft_id)
    last = _last(draft)
    return _examined(draft, max(now, last.valid_from if last else now), now)


def examine(draft: TermsDraft, *, valid_from: datetime, now: datetime) -> Examined:
    """Return what a draft changes on its first day, or refuse it. Notice is not looked at.

    :raises BeginsInPast, BeginsBeforeLast, ChangesNothing, ActualMarginForbidden: see ``publish``.
    :raises TermsRefused: for content that cannot be read.
    """
    if valid_from < now:
        raise BeginsInPast(_("Choose a day to come: past sales keep their terms."))
    last = _last(draft)
    if last is not None and valid_from < last.valid_from:
        raise BeginsBeforeLast(
            _("Version %(version)s begins on %(day)s: begin then, to replace it, or later.")
            % {"version": last.version, "day": terms_words.day_of(last.valid_from)}
        )
    found = _examined(draft, valid_from, now)
    if found.content.basis == Basis.ACTUAL and not _may_know_costs(draft):
        raise ActualMarginForbidden(
            _("Only groups whose people may know costs are paid on actual margin.")
        )
    if found.before is not None and not found.changes:
        raise ChangesNothing(_("This is what the terms say already: change something first."))
    return found


@transaction.atomic
def publish(*, draft_id: int, valid_from: datetime | None, actor_id: int, now: datetime) -> Terms:
    """Publish a draft: it holds from ``valid_from`` on, or at once, and is never changed.

    The version before it ends where it begins. Everybody concerned is told by mail in the same
    transaction. Safe to repeat: a published draft has its terms.

    :raises BeginsInPast: before now.
    :raises BeginsBeforeLast: before the last version begins. On its first day: replaces it.
    :raises BeginsTooEarly: worse terms, sooner than the programme's days of notice.
    :raises ChangesNothing: when it says what holds already.
    :raises ActualMarginForbidden: actual margin for people who may not know costs.
    :raises WaitsForAnswer: when it is offered, or was declined.
    :raises InvalidTransition: when it was discarded.
    :raises TermsRefused: for content that cannot be read.
    """
    draft = _locked(draft_id)
    if draft.terms is not None:
        return draft.terms
    if draft.status in {DraftStatus.OFFERED, DraftStatus.DECLINED}:
        raise WaitsForAnswer(_("It begins when the affiliate accepts. Or take the offer back."))
    begins = valid_from or now
    found = examine(draft, valid_from=begins, now=now)
    if found.is_worse and found.told and begins < found.earliest:
        raise BeginsTooEarly(
            _("Something becomes worse, and those concerned are told %(days)s before:"
              " begin after %(day)s.")
            % {
                "days": terms_words.days(Programme.get().notice_days),
                "day": terms_words.day_of(found.earliest),
            }
        )  # fmt: skip
    made = _write(draft, found, begins, actor_id, now)
    terms_notices.tell(made, found.changes, now=now)
    return made


def publish_accepted(
    draft: TermsDraft, *, valid_from: datetime, actor_id: int, now: datetime
) -> Terms:
    """Publish an offer that its affiliate accepts. The caller holds affiliate and draft locked.

    :raises BeginsBeforeLast, ChangesNothing, ActualMarginForbidden: see ``publish``.
    """
    found = examine(draft, valid_from=valid_from, now=now)
    made = _write(draft, found, valid_from, actor_id, now)
    terms_notices.accepted_offer(made, actor_id=actor_id, was_worse=found.is_worse, now=now)
    return made


@transaction.atomic
def end_own(*, terms_id: int, valid_to: datetime, actor_id: int, now: datetime) -> Terms:
    """End an affiliate's own terms: from then on it has its group's. Safe to repeat.

    :raises AlreadyEnded: when they end otherwise already, or are a group's.
    :raises BeginsInPast: when they would end before now, or before they begin.
    :raises BeginsTooEarly: when the group's are worse and the days of notice are not kept.
    """
    held = Terms.objects.select_related("affiliate").get(pk=terms_id)
    if held.affiliate is None:
        raise AlreadyEnded(_("Terms of a group end when the next ones begin."))
    owner = Affiliate.objects.select_for_update(no_key=True).get(pk=held.affiliate.pk)
    held = Terms.objects.select_for_update(no_key=True).get(pk=terms_id)
    if held.valid_to == valid_to:
        return held
    if held.valid_to is not None:
        raise AlreadyEnded(_("These terms have an end already."))
    if valid_to < max(now, held.valid_from):
        raise BeginsInPast(_("Choose a day to come: past sales keep their terms."))
    after = queries.TermsIndex([owner.pk]).of_group_at(owner.pk, valid_to)
    changes = differences(content_of(held), content_of(after)) if after else ()
    earliest = now + timedelta(days=Programme.get().notice_days)
    if is_worse(changes) and valid_to < earliest:
        raise BeginsTooEarly(
            _("The terms of the group are worse in something: end these after %(day)s.")
            % {"day": terms_words.day_of(earliest)}
        )
    held.valid_to = valid_to
    held.save(update_fields=["valid_to"])
    audit.record(
        actor=actor_id, verb="terms.ended", subject=held, at=now,
        data={"valid_to": valid_to.isoformat()},
    )  # fmt: skip
    terms_notices.ended(held, changes, now=now)
    return held


def next_version(draft: TermsDraft) -> int:
    """Return the number that a draft would have if it were published now."""
    newest: int = _published(draft).aggregate(found=Max("version"))["found"] or 0
    return newest + 1


def _examined(draft: TermsDraft, valid_from: datetime, now: datetime) -> Examined:
    content = read_content(draft.content)
    before = _before(draft, valid_from)
    changes = differences(content_of(before), content) if before else ()
    worse = is_worse(changes)
    last = _last(draft)
    if last is not None and last.valid_from == valid_from:  # Replaced, though it was promised.
        promised = differences(content_of(last), content)
        changes, worse = changes or promised, worse or is_worse(promised)
    told = queries.concerned_by(draft, valid_from).count() if before else 0
    notice = timedelta(days=Programme.get().notice_days)
    return Examined(
        content=content,
        before=before,
        changes=changes,
        is_worse=worse,
        told=told,
        earliest=now + notice if worse and told else now,
    )


def _may_know_costs(draft: TermsDraft) -> bool:
    """Tell whether those whom a draft is for may know costs, in a group to come too."""
    if draft.affiliate_id is None:
        return draft.group is not None and draft.group.sees_costs
    groups = {one.group_id for one in queries.groups_of([draft.affiliate_id])[draft.affiliate_id]
              if one.until is None}  # fmt: skip
    groups.add(Affiliate.objects.values_list("group", flat=True).get(pk=draft.affiliate_id))
    return not Group.objects.filter(pk__in=groups, sees_costs=False).exists()


def _before(draft: TermsDraft, moment: datetime) -> Terms | None:
    """Return what holds until ``moment``: own terms, or for the first of them the group's.

    Terms that begin at that very moment are replaced, so that what counts is what they followed.
    """
    earlier = Terms.objects.filter(valid_from__lt=moment)
    still = earlier.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=moment))
    ordered = still.order_by("-valid_from", "-version")
    if draft.affiliate is not None:
        own = ordered.filter(affiliate=draft.affiliate_id).first()
        return own or ordered.filter(group=queries.group_at(draft.affiliate.pk, moment)).first()
    return ordered.filter(group=draft.group_id).first()


def _last(draft: TermsDraft) -> Terms | None:
    return _published(draft).order_by("-valid_from", "-version").first()


def _published(draft: TermsDraft) -> QuerySet[Terms]:
    if draft.affiliate_id is not None:
        return Terms.objects.filter(affiliate=draft.affiliate_id)
    return Terms.objects.filter(group=draft.group_id)


def _locked(draft_id: int) -> TermsDraft:
    """Lock first whom the terms are for, so that two drafts never publish side by side."""
    draft = TermsDraft.objects.get(pk=draft_id)
    if draft.affiliate_id is not None:
        Affiliate.objects.select_for_update(no_key=True).get(pk=draft.affiliate_id)
    else:
        Group.objects.select_for_update(no_key=True).get(pk=draft.group_id or 0)
    return TermsDraft.objects.select_for_update(no_key=True).get(pk=draft_id)


def _write(
    draft: TermsDraft, found: Examined, begins: datetime, actor_id: int, now: datetime
) -> Terms:
    last = _last(draft)
    if last is not None and (last.valid_to is None or last.valid_to > begins):
        last.valid_to = begins
        last.save(update_fields=["valid_to"])
    made = Terms.objects.create(
        group_id=draft.group_id,
        affiliate_id=draft.affiliate_id,
        version=next_version(draft),
        valid_from=begins,
        rules=rules_json(found.content.rules),
        change_note=draft.change_note,
        published_at=now,
        **columns(found.content),
    )
    draft.move_to(DraftStatus.PUBLISHED, at=now)
    draft.terms, draft.valid_from = made, begins
    draft.save(update_fields=["status", "status_changed_at", "terms", "valid_from"])
    data: dict[str, Any] = {
        "draft": draft.pk,
        "version": made.version,
        "valid_from": begins.isoformat(),
        "before": found.before.pk if found.before else None,
        "is_worse": found.is_worse,
        "told": found.told,
    }
    audit.record(actor=actor_id, verb="terms.published", subject=made, at=now, data=data)
    return made
