"""When a call is made again, and after how long."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from apport_client.errors import Problem, Unreachable

#: Too many calls; a gateway without its server; a server that is not ready.
PASSING = frozenset({429, 502, 503, 504})
#: Our own first attempt is still being worked on.
IN_FLIGHT = "idempotency_in_flight"
#: Nobody waits longer for one attempt; a limit of a minute is over by then. In seconds.
LONGEST_WAIT = 120.0
_FIRST_WAIT, _LONGEST_BACKOFF = 0.5, 30.0


def wait_before(attempt: int, failure: Problem | Unreachable) -> float | None:
    """Return the seconds to wait before attempt number ``attempt`` (2 is the first repeat).

    None: another attempt would fail likewise, or would come too late. What the answer says about
    waiting holds; else it is twice as long each time, less something by lot, so that many clients
    do not come back together.
    """
    if isinstance(failure, Unreachable):
        return _backoff(attempt) if failure.may_pass else None
    if failure.status not in PASSING and failure.code != IN_FLIGHT:
        return None
    if failure.retry_after is None:
        return _backoff(attempt)
    return failure.retry_after if failure.retry_after <= LONGEST_WAIT else None


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that ``Retry-After`` says, a number or a date; None: nothing it says."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)


def _backoff(attempt: int) -> float:
    longest = min(_FIRST_WAIT * 2.0 ** (attempt - 2), _LONGEST_BACKOFF)
    return longest * (secrets.randbelow(500) + 501) / 1000
