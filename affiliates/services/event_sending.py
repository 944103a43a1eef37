"""Events on their way out: at least once, each endpoint in its turn, none waiting for a slow one.

A delivery is claimed and committed before it is sent. If the worker dies in between, the claim
lapses and it is sent again: whoever listens knows an event by its id (HK15-HK19).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from affiliates.domain import postbacks, sending
from affiliates.domain.event_types import PING
from affiliates.domain.sending import Outcome
from affiliates.gateways.hooks import Answer
from affiliates.models import (
    DisabledBecause,
    Endpoint,
    EndpointStatus,
    Event,
    EventDelivery,
    EventDeliveryStatus,
)
from affiliates.services import endpoint_mails, endpoints
from affiliates.services.events import body_of
from core.errors import DomainError
from core.nudge import nudge

#: A claim lapses after more than the longest that one request can take.
CLAIM = timedelta(seconds=60)
MOST_ENDPOINTS_AT_ONCE = 200
KEPT_OF_ANSWER = 2_048


class CannotResend(DomainError):
    """Something was to be sent again to an endpoint that nothing is sent to."""

    code = "cannot_resend"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request as it leaves, but for the signature."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class Sender(Protocol):
    """What carries a request to another server: ``affiliates.gateways.hooks``."""

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Send one request and return what came back."""
        ...


def due_endpoints(*, now: datetime) -> list[int]:
    """Return the endpoints that something may be sent to now, whose oldest has waited longest."""
    rows = (
        EventDelivery.objects.due(now)
        .values("endpoint")
        .annotate(first=Min("next_attempt_at"))
        .order_by("first", "endpoint")
    )
    return [row["endpoint"] for row in rows[:MOST_ENDPOINTS_AT_ONCE]]


def send_turn(*, endpoint_id: int, hooks: Sender, clock: Callable[[], datetime]) -> int:
    """Send what is due to one endpoint for one turn, until something fails; return how many went.

    One request at a time goes to an endpoint. Which event comes first is not promised. An endpoint
    whose answers were slow rests after its turn.
    """
    begun, sent, waited = clock(), 0, timedelta()
    while sent < sending.MOST_IN_A_TURN and sending.has_time_left(clock() - begun):
        delivery = _claim(endpoint_id, clock())
        if delivery is None:
            break
        asked_at = clock()
        try:
            answer = _send(delivery, hooks, asked_at)
        except Exception:  # Above all that the time of the task is over: that is a failure too.
            settle(delivery_id=delivery.pk, answer=Answer(error="slow"), now=clock())
            raise
        sent, waited = sent + 1, waited + (clock() - asked_at)
        if settle(delivery_id=delivery.pk, answer=answer, now=clock()) != Outcome.TAKEN:
            break
    if sent:
        _note_pace(endpoint_id, is_slow=sending.is_slow(sent, waited), now=clock())
    return sent


@transaction.atomic
def _note_pace(endpoint_id: int, *, is_slow: bool, now: datetime) -> None:
    """Let an endpoint rest whose answers were slow: it holds a worker up as one that fails does."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    before = endpoint.slow_turns
    endpoint.slow_turns = sending.slow_turns_after(before, is_slow=is_slow)
    if is_slow:
        rest = now + sending.rest_after(endpoint.slow_turns)
        endpoint.rests_until = max(endpoint.rests_until or rest, rest)
    if is_slow or endpoint.slow_turns != before:
        endpoint.save(update_fields=["slow_turns", "rests_until"])


@transaction.atomic
def _claim(endpoint_id: int, now: datetime) -> EventDelivery | None:
    rows = Endpoint.objects.select_for_update(no_key=True, skip_locked=True)
    if rows.filter(pk=endpoint_id).first() is None:
        return None  # Somebody else decides about it at this moment.
    mine = EventDelivery.objects.filter(endpoint=endpoint_id)
    if mine.filter(status=EventDeliveryStatus.WAITING, claimed_until__gt=now).exists():
        return None
    due = mine.due(now).select_for_update(of=("self",)).select_related("event", "endpoint")
    delivery = due.order_by("next_attempt_at", "pk").first()
    if delivery is not None:
        delivery.claimed_until, delivery.last_attempt_at = now + CLAIM, now
        delivery.attempts += 1
        delivery.save(update_fields=["claimed_until", "last_attempt_at", "attempts"])
    return delivery


def outgoing(event: Event, endpoint: Endpoint) -> Outgoing:
    """Return what an endpoint is sent of an event, without the signature."""
    said = body_of(event)
    if endpoint.is_postback:
        return Outgoing(endpoint.method, postbacks.fill(endpoint.url, said), {}, b"")
    headers = {
        "Content-Type": "application/json",
        "Apport-Event-Id": str(event.public_id),
        "Apport-Event-Type": event.type,
    }
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return Outgoing(endpoint.method, endpoint.url, headers, body)


def _send(delivery: EventDelivery, hooks: Sender, now: datetime) -> Answer:
    what = outgoing(delivery.event, delivery.endpoint)
    headers = dict(what.headers)
    secrets = delivery.endpoint.secrets_at(now)
    if secrets:
        headers["Apport-Signature"] = sending.signature(
            secrets, timestamp=int(now.timestamp()), body=what.body
        )
    return hooks.send(what.method, what.url, headers=headers, body=what.body)


@transaction.atomic
def settle(*, delivery_id: int, answer: Answer, now: datetime) -> Outcome:
    """Keep what was answered, and decide what comes next. Safe to repeat for what is settled."""
    of = EventDelivery.objects.values_list("endpoint_id", flat=True).get(pk=delivery_id)
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=of)
    delivery = (
        EventDelivery.objects.select_for_update(of=("self",))
        .select_related("event")
        .get(pk=delivery_id)
    )
    outcome = sending.outcome_of(answer.status)
    if delivery.status != EventDeliveryStatus.WAITING:
        return outcome
    delivery.http_status, delivery.duration_ms = answer.status, answer.duration_ms
    delivery.error, delivery.claimed_until = answer.error, None
    delivery.answer = _shown(answer.body)
    if outcome == Outcome.TAKEN:
        delivery.move_to(EventDeliveryStatus.TAKEN, at=now)
        endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
        endpoint.save(update_fields=["failures", "failing_since", "rests_until"])
    else:
        _put_off(delivery, endpoint, outcome, now)
    delivery.save()
    if outcome != Outcome.TAKEN and delivery.event.type != PING:
        _count_failure(endpoint, outcome, now)
    return outcome


def _shown(body: bytes) -> str:
    return (
        body[:KEPT_OF_ANSWER].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    )


def _put_off(delivery: EventDelivery, endpoint: Endpoint, outcome: Outcome, now: datetime) -> None:
    """Try again later; never what a person tried by hand, nor what would come too late."""
    wait = sending.retry_wait(delivery.attempts, seed=f"{delivery.pk}")
    again = max(now + wait, delivery.first_due_at)
    is_over = outcome == Outcome.GONE or delivery.event.type == PING
    if is_over or endpoint.deleted_at or sending.is_given_up(delivery.first_due_at, again):
        delivery.move_to(EventDeliveryStatus.FAILED, at=now)
    else:
        delivery.next_attempt_at = again


def _count_failure(endpoint: Endpoint, outcome: Outcome, now: datetime) -> None:
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.rests_until = now + sending.rest_after(endpoint.failures)
    endpoint.save(update_fields=["failures", "failing_since", "rests_until"])
    if endpoint.status != EndpointStatus.ACTIVE or endpoint.deleted_at:
        return
    if outcome == Outcome.GONE:
        endpoints.disable(endpoint, DisabledBecause.GONE, now=now)
        endpoint_mails.disabled(endpoint, now=now)
    elif sending.is_dead(endpoint.failures, endpoint.failing_since, now):
        endpoints.disable(endpoint, DisabledBecause.FAILURES, now=now)
        endpoint_mails.disabled(endpoint, now=now)
    elif endpoint.failures in sending.WARN_AT:
        endpoint_mails.failing(endpoint, now=now)


@transaction.atomic
def resend(*, delivery_id: int, now: datetime) -> EventDelivery:
    """Send an event to its endpoint once more, whatever became of it. Safe to repeat.

    :raises CannotResend: when its endpoint is not active.
    :raises AskedTooOften: when this minute's tries and repetitions are used up.
    """
    of = EventDelivery.objects.values_list("endpoint_id", flat=True).get(pk=delivery_id)
    endpoint = _active(of, now)
    delivery = EventDelivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.status != EventDeliveryStatus.WAITING:
        delivery.move_to(EventDeliveryStatus.WAITING, at=now)
        delivery.attempts, delivery.error, delivery.claimed_until = 0, "", None
        delivery.first_due_at = now
    delivery.next_attempt_at = now
    delivery.save()
    _wake(endpoint, now)
    return delivery


@transaction.atomic
def resend_failed(*, endpoint_id: int, since: datetime, now: datetime) -> int:
    """Send whatever failed since a moment once more; return how many.

    :raises CannotResend: when the endpoint is not active.
    :raises AskedTooOften: when this minute's tries and repetitions are used up.
    """
    endpoint = _active(endpoint_id, now)
    rows = EventDelivery.objects.filter(
        endpoint=endpoint, status=EventDeliveryStatus.FAILED, created_at__gte=since
    ).exclude(event__type=PING)
    count = rows.update(
        status=EventDeliveryStatus.WAITING, status_changed_at=now, attempts=0, error="",
        claimed_until=None, first_due_at=now, next_attempt_at=now,
    )  # fmt: skip
    _wake(endpoint, now)
    return count


def _active(endpoint_id: int, now: datetime) -> Endpoint:
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    if not endpoint.is_active or endpoint.deleted_at is not None:
        raise CannotResend(_("Let the address go on first: nothing is sent to it now."))
    endpoints.count_asking(endpoint, now=now)
    return endpoint


def _wake(endpoint: Endpoint, now: datetime) -> None:
    endpoint.wake(now)
    endpoint.save(update_fields=["rests_until"])
    nudge(endpoints.SEND)
