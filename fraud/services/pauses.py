"""Exceptions: a signal says nothing of one affiliate, until a day. Rule CA12."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from fraud.domain.signals import SIGNALS
from fraud.models import SignalPause

LONGEST = timedelta(days=180)
REASON_LENGTH = 300


class PauseRefused(DomainError):
    """A signal cannot be paused as asked for."""

    code = "pause_refused"


@transaction.atomic
def pause(
    *, affiliate_id: int, code: str, until: datetime, reason: str, actor_id: int, now: datetime
) -> SignalPause:
    """Let a signal say nothing of an affiliate until a day, at most 180 ahead. Repeatable.

    What it said before stays; decide its cases.

    :raises PauseRefused: for an unknown signal, a day out of bounds, no reason, the own account.
    """
    why = reason.replace("\0", "").strip()[:REASON_LENGTH]
    if code not in SIGNALS:
        raise PauseRefused(_("There is no such signal."))
    if not why:
        raise PauseRefused(_("Say why this affiliate is an exception: it is kept."))
    if not now < until <= now + LONGEST:
        raise PauseRefused(_("Choose the day on which the exception ends, within 180 days."))
    if acts_for(actor_id, affiliate_id):
        raise PauseRefused(_("Somebody else must decide: this is about your own account."))
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    live = SignalPause.objects.filter(affiliate=affiliate, code=code, until__gt=now)
    same = live.filter(until=until, reason=why, author=actor_id).first()
    if same is not None:
        return same
    made = SignalPause.objects.create(
        affiliate=affiliate, code=code, until=until, created_at=now, author_id=actor_id, reason=why
    )
    audit.record(
        actor=actor_id, verb="signal.paused", subject=affiliate, at=now,
        reason=why, data={"code": code, "until": until.isoformat()},
    )  # fmt: skip
    return made


@transaction.atomic
def end(*, affiliate_id: int, code: str, actor_id: int, now: datetime) -> int:
    """Let a paused signal speak again; return how many exceptions that ended. Safe to repeat.

    :raises PauseRefused: about the own account.
    """
    if acts_for(actor_id, affiliate_id):
        raise PauseRefused(_("Somebody else must decide: this is about your own account."))
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    live = SignalPause.objects.filter(
        affiliate=affiliate, code=code, until__gt=now, created_at__lt=now
    )
    ended = live.update(until=now)
    if ended:
        audit.record(
            actor=actor_id, verb="signal.resumed", subject=affiliate, at=now,
            data={"code": code},
        )  # fmt: skip
    return ended
