"""How a task works off what waits: in bounded batches, until nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

BATCH, BATCHES = 500, 20
#: The tick looks back this far. What a longer standstill left behind, the nightly sweep finds.
LOOK_BACK = timedelta(days=7)


def drain(pull: Callable[[int], int]) -> int:
    """Call ``pull(limit)`` until a batch is not full, 20 times at most; return how many were done.

    What is left then waits for the next tick, so that no task runs for ever.
    """
    done = 0
    for _batch in range(BATCHES):
        count = pull(BATCH)
        done += count
        if count < BATCH:
            break
    return done
