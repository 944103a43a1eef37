"""Moving an affiliate to another group: told of in time, like new terms. Rule T13 of
docs/rules/terms.md.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from affiliates.domain.terms_content import content_of
from affiliates.domain.terms_diff import Change, Effect, differences, is_worse
from affiliates.models import (
    Affiliate,
    AffiliateStatus,
    Basis,
    Group,
    GroupMove,
    Programme,
    Terms,
)
from affiliates.services import terms_notices, terms_words
from core import audit
from core.errors import DomainError

log = logging.getLogger(__name__)


class MoveRefused(DomainError):
    """A move to where nobody can be: the same group, one without terms, a closed account."""

    code = "move_refused"


class MoveUnderWay(DomainError):
    """An affiliate was to move that moves already."""

    code = "move_under_way"


class MovesInPast(DomainError):
    """A move was to begin before now, where sales have their terms."""

    code = "moves_in_past"


class MovesTooEarly(DomainError):
    """A move after which something is worse, sooner than the days of notice."""

    code = "moves_too_early"


class MovePromised(DomainError):
    """A move was to be taken back that promised something better, too late to tell."""

    code = "move_promised"


class NoMoveToCome(DomainError):
    """A move was to be taken back that is not there, or has begun."""

    code = "no_move_to_come"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a move would do. ``first_at``: when its terms differ first; ``after``: those of then.

    ``changes`` are those of that moment. ``is_worse``: at any moment, later ones included.
    ``earliest``: from then on it may begin.
    """

    begins_at: datetime
    changes: tuple[Change, ...]
    first_at: datetime | None
    after: Terms | None
    is_worse: bool
    earliest: datetime


@dataclass(frozen=True, slots=True)
class _Difference:
    at: datetime
    changes: tuple[Change, ...]
    after: Terms


def examine(
    *, affiliate_id: int, group_id: int, begins_at: datetime | None, now: datetime
) -> Examined:
    """Return what a move to a group would change for an affiliate, at once or from a moment on.

    Whether there is notice enough is not looked at.

    :raises MoveRefused: to its own group, one without terms or whose terms it must not have; for a
        closed account.
    :raises MoveUnderWay: when another move is announced.
    :raises MovesInPast: before now.
    """
    affiliate = Affiliate.objects.select_related("group").get(pk=affiliate_id)
    begins = begins_at or now
    if begins < now:
        raise MovesInPast(_("Choose a day to come: past sales keep their terms."))
    if GroupMove.objects.to_come().filter(affiliate=affiliate).exists():
        raise MoveUnderWay(_("A move is announced already: take it back first."))
    group = Group.objects.get(pk=group_id)
    _check(affiliate, group)
    found = _differences(affiliate, group, begins)
    worse = [one.at for one in found if is_worse(one.changes)]
    notice = now + timedelta(days=Programme.get().notice_days)
    too_early = any(moment < notice for moment in worse)
    first = found[0] if found else None
    return Examined(
        begins_at=begins,
        changes=first.changes if first else (),
        first_at=first.at if first else None,
        after=first.after if first else None,
        is_worse=bool(worse),
        earliest=notice if too_early else now,
    )


@transaction.atomic
def move(
    *, affiliate_id: int, group_id: int, begins_at: datetime | None, actor_id: int, now: datetime
) -> GroupMove:
    """Move an affiliate to a group, at once or from ``begins_at`` on, and tell its people.

    Safe to repeat: the move that is announced to the same group for the same moment is returned.

    :raises MovesTooEarly: when something is worse within the programme's days of notice.
    :raises MoveRefused, MoveUnderWay, MovesInPast: see ``examine``.
    """
    affiliate = _locked(affiliate_id, group_id)
    announced = GroupMove.objects.to_come().filter(affiliate=affiliate).first()
    if announced and (announced.after_id, announced.begins_at) == (group_id, begins_at):
        return announced
    found = examine(affiliate_id=affiliate_id, group_id=group_id, begins_at=begins_at, now=now)
    if found.begins_at < found.earliest:
        raise MovesTooEarly(
            _("Something becomes worse, and its people are told %(days)s before: begin after"
              " %(day)s, or give it terms of its own until then.")
            % {"days": terms_words.days(Programme.get().notice_days),
               "day": terms_words.day_of(found.earliest)}
        )  # fmt: skip
    made = GroupMove.objects.create(
        affiliate=affiliate,
        before_id=affiliate.group_id,
        after_id=group_id,
        begins_at=found.begins_at,
        is_worse=found.is_worse,
        told_at=now,
        author_id=actor_id,
    )
    audit.record(
        actor=actor_id, verb="affiliate.move_announced", subject=affiliate,
        at=now, data={
            "before": made.before.slug, "after": made.after.slug, "is_worse": made.is_worse,
            "begins_at": made.begins_at.isoformat(),
        },
    )  # fmt: skip
    terms_notices.moved(made, found.changes, terms=found.after, first_at=found.first_at, now=now)
    if made.begins_at <= now:
        _carry_out(made, now)
    return made


@transaction.atomic
def cancel(*, affiliate_id: int, actor_id: int, now: datetime) -> GroupMove:
    """Take back a move that has not begun, and tell the people of the affiliate.

    :raises NoMoveToCome: when there is none, or it has begun.
    :raises MovePromised: when it promised something better, within the days of notice.
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    announced = GroupMove.objects.to_come().filter(affiliate=affiliate, begins_at__gt=now).first()
    if announced is None:
        raise NoMoveToCome(_("No move is to come."))
    promised = any(
        change.effect == Effect.BETTER
        for one in _differences(affiliate, announced.after, announced.begins_at)
        for change in one.changes
    )
    notice = timedelta(days=Programme.get().notice_days)
    if promised and announced.begins_at < now + notice:
        raise MovePromised(
            _("Its people were promised something better, too soon to take it back: let it begin,"
              " then move it again.")
        )  # fmt: skip
    announced.cancelled_at = now
    announced.save(update_fields=["cancelled_at"])
    audit.record(
        actor=actor_id, verb="affiliate.move_cancelled", subject=affiliate,
        at=now, data={"after": announced.after.slug},
    )  # fmt: skip
    terms_notices.stays(announced, now=now)
    return announced


def begin_due(*, now: datetime) -> int:
    """Carry out the moves that have begun; return how many. Safe to repeat and to race."""
    begun = 0
    due = GroupMove.objects.to_come().filter(begins_at__lte=now)
    for pk in due.order_by("begins_at", "pk").values_list("pk", flat=True)[:500]:
        try:
            begun += _begin(pk, now)
        except DatabaseError:  # Its group must not know costs any more, say: the others still move.
            log.exception("Move %s could not be carried out.", pk)
    return begun


@transaction.atomic
def _begin(pk: int, now: datetime) -> bool:
    waiting = GroupMove.objects.to_come().select_for_update(of=("self",), no_key=True)
    found = waiting.filter(pk=pk).first()
    if found is not None:
        _carry_out(found, now)
    return found is not None


def _check(affiliate: Affiliate, group: Group) -> None:
    if affiliate.status == AffiliateStatus.CLOSED:
        raise MoveRefused(_("The account is closed."))
    if affiliate.group_id == group.pk:
        raise MoveRefused(_("It is in this group already: choose another."))
    own = Terms.objects.filter(affiliate=affiliate, basis=Basis.ACTUAL)
    if not group.sees_costs and own.exists():
        raise MoveRefused(
            _("It has, or had, terms of its own on actual margin, which people of that group may"
              " not know.")
        )  # fmt: skip


def _differences(affiliate: Affiliate, group: Group, begins: datetime) -> list[_Difference]:
    """Return at which moments the terms after a move differ from those without, and how.

    Own terms go before both groups', so that they bridge as long as they hold.

    :raises MoveRefused: where the group has no terms.
    """
    own = Terms.objects.filter(affiliate=affiliate)
    was = Terms.objects.filter(group=affiliate.group_id)
    will = Terms.objects.filter(group=group)
    changing = (*own, *was, *will)
    ends = (end for one in changing for end in (one.valid_from, one.valid_to) if end is not None)
    found = []
    for moment in sorted({begins, *(end for end in ends if end > begins)}):
        if own.at(moment).exists():
            continue
        after, before = will.at(moment).first(), was.at(moment).first()
        if after is None:
            raise MoveRefused(
                _("That group has no terms on %(day)s.") % {"day": terms_words.day_of(moment)}
            )
        changes = differences(content_of(before), content_of(after)) if before else ()
        if changes:
            found.append(_Difference(moment, changes, after))
    return found


def _locked(affiliate_id: int, group_id: int) -> Affiliate:
    """Lock both groups, so that neither publishes meanwhile, then the affiliate."""
    groups = [group_id, Affiliate.objects.values_list("group", flat=True).get(pk=affiliate_id)]
    list(Group.objects.select_for_update(no_key=True).filter(pk__in=groups).order_by("pk"))
    return Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)


def _carry_out(made: GroupMove, now: datetime) -> None:
    made.done_at = now
    made.save(update_fields=["done_at"])
    Affiliate.objects.filter(pk=made.affiliate_id).update(group=made.after_id)
    audit.record(
        actor=None, verb="affiliate.moved", subject=made.affiliate, at=now,
        data={"before": made.before.slug, "after": made.after.slug},
    )  # fmt: skip
