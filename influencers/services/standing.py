"""Marks that decide where a creator stands, and what the creator says against them.

Rules ST12 to ST24 of docs/rules/standing.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.queries import acts_for, people_of
from core import audit, staff
from core.errors import DomainError
from core.letters import tell
from influencers.domain.standing import Part
from influencers.models import MarkKind, StandingContest, StandingMark, StandingWeights
from influencers.queries.marks import FoundMark, found_marks
from influencers.services import profiles

#: What only a person can tell; the others follow from rows.
BY_PEOPLE = (MarkKind.MENTION, MarkKind.COMPLAINT, MarkKind.NEGATIVE, MarkKind.STRIKE)


class MarkRefused(DomainError):
    """A mark that people do not give, of a day to come, or without what it was seen in; or one's
    own."""

    code = "mark_refused"


class ContestRefused(DomainError):
    """Something is contested without a word, by somebody else, or already."""

    code = "contest_refused"


class WeightsRefused(DomainError):
    """Weights that do not sum to a hundred."""

    code = "weights_refused"


@transaction.atomic
def mark(
    affiliate_id: int, *, kind: str, source: str, on: date, note: str, by_id: int, now: datetime
) -> StandingMark:
    """Keep what a person saw a creator do. Safe to repeat: one source is one mark of a kind.

    The creator reads ``note``, so it says what was done, never what somebody is.

    :raises MarkRefused: see the class.
    :raises NoCreator: for an affiliate that is none.
    """
    profiles.of(affiliate_id, now=now)
    _demand_other(affiliate_id, by_id)
    if kind not in BY_PEOPLE:
        raise MarkRefused(_("This mark follows from what is stored: nobody gives it."))
    if on > now.date() or not source.strip() or not note.strip():
        raise MarkRefused(_("Say where and on which day it was seen, and what was done."))
    made, created = StandingMark.objects.get_or_create(
        affiliate_id=affiliate_id,
        kind=kind,
        source=source.strip()[:140],
        defaults={
            "on": on,
            "note": note.strip(),
            "confirmed_by_id": by_id,
            "created_at": now,
        },
    )
    if created:
        audit.record(
            actor=by_id, verb="standing.marked", subject=made, at=now,
            data={"kind": kind, "affiliate": affiliate_id},
        )  # fmt: skip
    return made


@transaction.atomic
def take_back(mark_id: int, *, reason: str, by_id: int, now: datetime) -> StandingMark:
    """Count a mark no more. Safe to repeat.

    :raises MarkRefused: without a reason, or by somebody who acts for the creator.
    """
    if not reason.strip():
        raise MarkRefused(_("Say why it is taken back."))
    found = StandingMark.objects.select_for_update().get(pk=mark_id)
    _demand_other(found.affiliate_id, by_id)
    if found.taken_back_at is None:
        found.taken_back_at = now
        found.save(update_fields=["taken_back_at"])
        audit.record(
            actor=by_id,
            verb="standing.mark_taken_back",
            subject=found,
            at=now,
            reason=reason.strip(),
        )
    return found


def mark_from_rows(*, now: datetime) -> int:
    """Give the marks that follow from looks, codes, campaigns and returns (ST16).

    Safe to repeat. Return how many are new.
    """
    return sum(_keep(one, now) for one in found_marks(now))


@transaction.atomic
def _keep(found: FoundMark, now: datetime) -> int:
    _made, created = StandingMark.objects.get_or_create(
        affiliate_id=found.affiliate_id,
        kind=found.kind,
        source=found.source,
        defaults={"on": found.on, "created_at": now},
    )
    return int(created)


@transaction.atomic
def contest(
    affiliate_id: int, *, mark_id: int | None, text: str, by_id: int, now: datetime
) -> StandingContest:
    """Keep what a creator says against a mark, or against the figures (``mark_id`` None).

    :raises ContestRefused: without a word, for a mark of somebody else, while an answer to the
        same is awaited, or by somebody who does not act for the creator.
    """
    if not acts_for(by_id, affiliate_id) or not text.strip():
        raise ContestRefused(_("Say what is not right."))
    theirs = StandingMark.objects.filter(affiliate=affiliate_id)
    if mark_id is not None and not theirs.filter(pk=mark_id).exists():
        raise ContestRefused(_("This mark is not about you."))
    made, created = StandingContest.objects.get_or_create(
        affiliate_id=affiliate_id,
        mark_id=mark_id,
        answered_at=None,
        defaults={"text": text.strip(), "asked_at": now, "asked_by_id": by_id},
    )
    if not created and made.text != text.strip():
        raise ContestRefused(_("The team has yet to answer what you said before."))
    if created:
        audit.record(actor=by_id, verb="standing.contested", subject=made, at=now)
        tell_contested(made, now=now)
    return made


@transaction.atomic
def answer(
    contest_id: int, *, text: str, takes_back: bool, by_id: int, now: datetime
) -> StandingContest:
    """Answer a creator; ``takes_back``: the mark counts no more. Safe to repeat.

    :raises ContestRefused: without a word.
    :raises MarkRefused: by somebody who acts for the creator.
    """
    if not text.strip():
        raise ContestRefused(_("Write the answer: the creator reads it."))
    found = StandingContest.objects.select_for_update(of=["self"]).get(pk=contest_id)
    _demand_other(found.affiliate_id, by_id)
    if found.answered_at is not None:
        return found
    found.answer, found.answered_at, found.answered_by_id = text.strip(), now, by_id
    found.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record(actor=by_id, verb="standing.answered", subject=found, at=now)
    if takes_back and found.mark_id is not None:
        take_back(found.mark_id, reason=text, by_id=by_id, now=now)
    tell_answered(found, now=now)
    return found


def tell_contested(made: StandingContest, *, now: datetime) -> None:
    """Tell the managers what a creator says about their standing."""
    tell(
        staff.of_role("manager"),
        f"standing-contest:{made.pk}",
        now,
        lambda: _("%(name)s contests the standing") % {"name": made.affiliate.name},
        lambda: [
            made.text,
            f"{settings.PUBLIC_URL}/manage/creators/{made.affiliate.public_id}/",
        ],
        kind="standing_contested",
    )


def tell_answered(found: StandingContest, *, now: datetime) -> None:
    """Tell a creator what we answer about their standing."""
    tell(
        people_of(found.affiliate_id, Ability.SEE_WORK),
        f"standing-contest:{found.pk}:answered",
        now,
        lambda: _("An answer about your standing"),
        lambda: [found.answer, f"{settings.PUBLIC_URL}/portal/creator/standing/"],
        kind="standing_answered",
    )


@transaction.atomic
def weigh(weights: Mapping[Part, int], *, by_id: int, now: datetime) -> StandingWeights:
    """Set what each part of the ranking weighs, from now on. Safe to repeat.

    :raises WeightsRefused: unless they are whole percents that sum to a hundred.
    """
    if set(weights) != set(Part) or min(weights.values()) < 0 or sum(weights.values()) != 100:
        raise WeightsRefused(_("The weights are percents and sum to a hundred."))
    wanted = {part.value: weight for part, weight in weights.items()}
    newest = StandingWeights.objects.first()
    if newest is not None and all(getattr(newest, key) == one for key, one in wanted.items()):
        return newest
    made = StandingWeights.objects.create(**wanted, set_at=now, set_by_id=by_id)
    audit.record(actor=by_id, verb="standing.weighed", subject=made, at=now, data=wanted)
    return made


def _demand_other(affiliate_id: int, by_id: int) -> None:
    """Refuse who acts for the creator: nobody of the team raises their own standing.

    :raises MarkRefused: see above.
    """
    if acts_for(by_id, affiliate_id):
        raise MarkRefused(_("Somebody else of the team has to decide about your own account."))
