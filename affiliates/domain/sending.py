"""How an event reaches an endpoint: when it is tried again, and when nobody tries any more."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

#: Between two attempts of one delivery: 30 s, then twice as long each time, at most 12 hours.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=12)
#: An attempt moves by up to a fifth of its wait, so that what failed together comes apart.
JITTER_PARTS = 5
#: No delivery is tried for longer; no endpoint may fail for longer.
GIVE_UP_AFTER = timedelta(days=3)
#: An endpoint that failed rests, so that a dead one takes nobody's time.
LONGEST_REST = timedelta(hours=4)
#: What one endpoint gets in its turn. No request begins that might not end within it.
TURN, LONGEST_REQUEST, MOST_IN_A_TURN = timedelta(seconds=20), timedelta(seconds=10), 50
#: A turn was slow when its answers took longer than this on average: the endpoint rests too.
SLOW = timedelta(seconds=5)
#: Slow turns that are remembered. Each turn that is not slow takes one back.
MOST_SLOW_TURNS = 12
#: Somebody who asks ends the rest after failures; that of a slow endpoint lasts this long yet.
SHORTEST_REST_OF_SLOW = timedelta(minutes=1)
#: What people ask for (a try, or to send again) is counted in windows of this length.
ASKING = timedelta(minutes=1)
#: Failures in a row at which the owners are warned, and at which nothing is sent any more.
WARN_AT = (5, 10, 15)
DISABLE_AT = 20
#: The old secret signs for so long beside a new one.
OVERLAP = timedelta(hours=24)
#: A program reads a secret within this time after it was made; a person sees it once.
READABLE = timedelta(hours=1)
MOST_ENDPOINTS = 5


class Outcome(StrEnum):
    """What an answer means."""

    TAKEN = "taken"
    FAILED = "failed"
    GONE = "gone"  # Nobody is there for good.


def outcome_of(status: int) -> Outcome:
    """Return what an HTTP status means (0: no answer): 2xx took it, 410 wants nothing ever again.

    A redirect is a failure: what it points to was never agreed on.
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome.TAKEN
    return Outcome.GONE if status == HTTPStatus.GONE else Outcome.FAILED


def retry_wait(attempts: int, *, seed: str) -> timedelta:
    """Return how long to wait after the ``attempts``-th failure, within a fifth around its rule.

    The same ``seed`` and number give the same wait.
    """
    wait = min(FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 30)), LONGEST_WAIT)
    drawn = hashlib.sha256(f"{seed}:{attempts}".encode()).digest()
    parts = int.from_bytes(drawn[:2]) - 2**15  # Even between the two ends.
    return wait + wait * parts // (2**15 * JITTER_PARTS)


def rest_after(failures: int) -> timedelta:
    """Return how long an endpoint rests after ``failures`` in a row."""
    return min(FIRST_WAIT * (1 << min(failures - 1, 30)), LONGEST_REST)


def has_time_left(taken: timedelta) -> bool:
    """Tell whether one more request may begin in a turn that has taken so long."""
    return taken + LONGEST_REQUEST <= TURN


def is_slow(answers: int, took: timedelta) -> bool:
    """Tell whether the answers of a turn were slow on average. ``took``: all of them together."""
    return took > SLOW * answers


def slow_turns_after(slow_turns: int, *, is_slow: bool) -> int:
    """Return how many slow turns are remembered after one more turn."""
    return min(slow_turns + 1, MOST_SLOW_TURNS) if is_slow else max(slow_turns - 1, 0)


def rest_when_asked(
    rests_until: datetime | None, *, is_slow: bool, now: datetime
) -> datetime | None:
    """Return until when an endpoint rests after somebody asked for something to be sent."""
    if rests_until is None or not is_slow:
        return None
    return min(rests_until, now + SHORTEST_REST_OF_SLOW)


def is_given_up(first_due: datetime, next_attempt: datetime) -> bool:
    """Tell whether the next attempt of a delivery would come too late."""
    return next_attempt - first_due > GIVE_UP_AFTER


def is_dead(failures: int, failing_since: datetime | None, now: datetime) -> bool:
    """Tell whether an endpoint failed so often, or for so long, that nothing is sent any more."""
    is_long = failing_since is not None and now - failing_since >= GIVE_UP_AFTER
    return failures >= DISABLE_AT or is_long


def signature(secrets: Iterable[str], *, timestamp: int, body: bytes) -> str:
    """Return ``t=…,v1=…`` with one ``v1`` per secret, the newest first.

    Each is the hex HMAC-SHA256 of the Unix time, a dot and the body, under that secret.
    """
    message = str(timestamp).encode() + b"." + body
    signed = [hmac.new(one.encode(), message, hashlib.sha256).hexdigest() for one in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={one}" for one in signed)])
