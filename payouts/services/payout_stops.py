"""The kill switch: while it is on, no money leaves by any rail (rules P40 and P41)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, locks
from core.errors import DomainError
from core.models import User
from payouts.models import PayoutStop
from payouts.services.items import FourEyesRefused, required_reason

_STOP_LOCK = 0x53544F50


class PayoutsStopped(DomainError):
    """The kill switch is on: nothing leaves until another person lifts it."""

    code = "payouts_stopped"


class NotStopped(DomainError):
    """Payouts were to be let go on, and nothing stops them."""

    code = "not_stopped"


def live_stop() -> PayoutStop | None:
    """Return the stop that holds, with who began it; None while money may leave."""
    return PayoutStop.objects.select_related("began_by").filter(ended_at__isnull=True).first()


def refuse_while_stopped() -> None:
    """Do nothing while money may leave: everything that sends calls this first (P40).

    A stop that begins now waits until the caller's transaction has ended: once :func:`stop`
    returns, nothing that was under way before is still leaving.

    :raises PayoutsStopped: while a stop holds.
    """
    locks.share(_STOP_LOCK)
    stopped = live_stop()
    if stopped is not None:
        raise PayoutsStopped(
            _("All payouts are stopped: %(reason)s Another person lifts the stop.")
            % {"reason": stopped.reason}
        )


@transaction.atomic
def stop(*, actor_id: int, reason: str, now: datetime) -> PayoutStop:
    """Let nothing leave from now on. Anybody of finance may. Safe to repeat: one stop holds.

    :raises ReasonMissing: without a reason.
    """
    why = required_reason(reason)
    _wait_for_what_is_leaving()
    live = live_stop()
    if live is not None:
        return live
    actor = User.objects.get(pk=actor_id)
    begun = PayoutStop.objects.create(began_at=now, began_by=actor, reason=why)
    audit.record(actor=actor, verb="payouts.stopped", subject=begun, at=now, reason=why)
    return begun


@transaction.atomic
def resume(*, actor_id: int, reason: str, now: datetime) -> PayoutStop:
    """Let money leave again: by another person than who stopped it, for a reason (P41).

    :raises ReasonMissing: without a reason.
    :raises NotStopped: when nothing is stopped.
    :raises FourEyesRefused: for the person who stopped the payouts.
    """
    why = required_reason(reason)
    _wait_for_what_is_leaving()
    live = PayoutStop.objects.select_for_update().filter(ended_at__isnull=True).first()
    if live is None:
        raise NotStopped(_("Payouts are not stopped."))
    if live.began_by_id == actor_id:
        raise FourEyesRefused(_("You stopped the payouts: another person lets them go on."))
    actor = User.objects.get(pk=actor_id)
    live.ended_at, live.ended_by, live.end_reason = now, actor, why
    live.save(update_fields=["ended_at", "ended_by", "end_reason"])
    audit.record(actor=actor, verb="payouts.resumed", subject=live, at=now, reason=why)
    return live


def _wait_for_what_is_leaving() -> None:
    locks.hold(_STOP_LOCK)
