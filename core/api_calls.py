"""Calls that are safe to repeat: the same Idempotency-Key has one effect and one answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.models import ApiCall

#: For how long a repeat gets the first answer; afterwards the key is a new one.
KEPT = timedelta(hours=24)
#: Longer than any call takes. What has no answer by then was stopped, and had no effect.
STOPPED = timedelta(minutes=5)


class KeyReused(DomainError):
    """An Idempotency-Key came again with another request."""

    code = "idempotency_key_reused"


class InFlight(DomainError):
    """An Idempotency-Key came again before its first call was answered."""

    code = "idempotency_in_flight"


def begin(*, api_key_id: int, key: str, fingerprint: str, now: datetime) -> ApiCall:
    """Return the call of an Idempotency-Key: a new one to be done, or one with its answer.

    To be called outside of any transaction, so that others see it at once. The caller does the
    work and ``finish`` in one transaction: a call without an answer had no effect.

    :raises KeyReused: when the key came before with another fingerprint.
    :raises InFlight: when the first call is still being worked on.
    """
    call, created = ApiCall.objects.get_or_create(
        api_key_id=api_key_id,
        idempotency_key=key,
        defaults={"fingerprint": fingerprint, "started_at": now},
    )
    if created:
        return call
    if call.started_at <= now - KEPT:
        ApiCall.objects.filter(pk=call.pk, started_at=call.started_at).delete()
        return begin(api_key_id=api_key_id, key=key, fingerprint=fingerprint, now=now)
    if call.fingerprint != fingerprint:
        raise KeyReused(
            _("This Idempotency-Key was used for another request. Take a new key for a new one.")
        )
    if call.finished_at is None:
        stopped = ApiCall.objects.filter(
            pk=call.pk, finished_at__isnull=True, started_at__lte=now - STOPPED
        )
        if not stopped.update(started_at=now):
            raise InFlight(_("The first request with this key is still running. Ask again soon."))
        call.started_at = now
    return call


def finish(
    call: ApiCall, *, status: int, headers: Mapping[str, str], body: str, now: datetime
) -> None:
    """Keep the answer of a call, in the transaction of its effect.

    :raises InFlight: when somebody took the call over meanwhile: the effect must not stand.
    """
    rows = ApiCall.objects.filter(pk=call.pk, started_at=call.started_at, finished_at__isnull=True)
    if not rows.update(status=status, headers=dict(headers), body=body, finished_at=now):
        raise InFlight(_("The first request with this key is still running. Ask again soon."))


def forget(call: ApiCall) -> None:
    """Let a call that broke be made again."""
    ApiCall.objects.filter(pk=call.pk, finished_at__isnull=True).delete()


def purge(*, now: datetime) -> int:
    """Delete the calls whose answers are not given again any more; return how many there were."""
    deleted, _by_model = ApiCall.objects.filter(started_at__lte=now - KEPT).delete()
    return deleted
