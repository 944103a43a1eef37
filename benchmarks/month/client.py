"""Connections that ask one thing after the other, at a pace, and note how long each took."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import Counter
from collections.abc import Callable, Generator
from enum import StrEnum

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length: "
#: Seconds after which whoever keeps step looks whether it may go on.
LOOKS_AGAIN = 0.01


class Kind(StrEnum):
    """What is asked for."""

    LANDING = "landing"
    JOURNEY = "journey"
    ORDER = "order"
    RETURN = "return"


class Clock:
    """How long each answer took, in ms, and what was answered instead of what was wanted."""

    def __init__(self) -> None:
        self.took = {kind: array("f") for kind in Kind}
        self.refused: Counter[str] = Counter()

    def note(self, kind: Kind, seconds: float, status: bytes) -> None:
        """Note one answer."""
        self.took[kind].append(seconds * 1_000)
        if status not in {b"200", b"302"}:
            self.refused[f"{kind} {status.decode()}"] += 1

    def figures(self, seconds: float) -> dict[str, dict[str, float]]:
        """Return of each kind how many a second, and the percentiles of their times."""
        found = {}
        for kind, took in self.took.items():
            if not took:
                continue
            times = sorted(took)
            found[kind.value] = {
                "requests": len(times),
                "per_second": round(len(times) / seconds, 1),
                "p50_ms": round(times[len(times) // 2], 2),
                "p99_ms": round(times[int(len(times) * 0.99)], 2),
                "most_ms": round(times[-1], 1),
                "errors": sum(n for name, n in self.refused.items() if name.startswith(kind)),
            }
        return found


class Pace:
    """Hands out numbers, each at its time: ``total`` in ``seconds``, and none after them."""

    def __init__(self, total: int, seconds: float) -> None:
        self.total = total
        self.every = seconds / max(total, 1)
        self.began = time.monotonic()
        self.ends = self.began + seconds
        self.taken = 0
        #: How far behind its time the last number was taken, at most.
        self.late = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the last number is taken, or the time is up."""
        return self.taken >= self.total or time.monotonic() > self.ends

    @property
    def may_take(self) -> bool:
        """Whether the next number may be taken already."""
        return not self.is_over

    def wait(self) -> float:
        """Take the next number; return in how many seconds its time comes."""
        now = time.monotonic()
        due = self.began + self.taken * self.every
        self.taken += 1
        self.late = max(self.late, now - due)
        return max(due - now, 0.0)


class InStep(Pace):
    """Keeps step with another pace: of its numbers the same part is taken, however slow that is."""

    def __init__(self, total: int, leader: Pace) -> None:
        super().__init__(total, leader.ends - leader.began)
        self.leader = leader

    @property
    def is_over(self) -> bool:
        """Whether as large a part is taken as the leader took in the end."""
        return self.leader.is_over and not self._is_behind

    @property
    def may_take(self) -> bool:
        """Whether the leader is ahead."""
        return self._is_behind

    @property
    def _is_behind(self) -> bool:
        return self.taken * self.leader.total < self.leader.taken * self.total

    def wait(self) -> float:
        """Take the next number: its time is now."""
        self.taken += 1
        return 0.0


class Lane(asyncio.Protocol):
    """One connection: runs a script (requests out, heads of answers in), then the next one."""

    def __init__(
        self,
        pace: Pace,
        clock: Clock,
        scripts: Callable[[], Generator[tuple[Kind, bytes], bytes, None]],
    ) -> None:
        self.pace = pace
        self.clock = clock
        self.scripts = scripts
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self.loop.create_future()
        self.buffer = b""
        self.asked: tuple[Kind, float] | None = None
        self.script: Generator[tuple[Kind, bytes], bytes, None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._next()

    def connection_lost(self, _exc: Exception | None) -> None:
        """End; what was asked and not answered counts as refused."""
        if self.asked:
            self.clock.refused[f"{self.asked[0]} unanswered"] += 1
        if not self.done.done():
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Go on with the script once an answer is whole."""
        self.buffer = data = self.buffer + data if self.buffer else data
        end = data.find(END_OF_HEAD)
        if end < 0 or self.asked is None:
            return
        at = data.find(LENGTH, 0, end)
        body = int(data[at + len(LENGTH) : data.find(b"\r\n", at)]) if at > 0 else 0
        if len(data) < end + len(END_OF_HEAD) + body:
            return
        kind, began = self.asked
        self.clock.note(kind, time.perf_counter() - began, data[9:12])
        self.buffer, self.asked = b"", None
        self._go_on(data[:end])

    def _next(self) -> None:
        if self.pace.is_over:
            self.transport.close()
        elif not self.pace.may_take:
            self.loop.call_later(LOOKS_AGAIN, self._next)
        elif wait := self.pace.wait():
            self.loop.call_later(wait, self._begin)
        else:
            self.loop.call_soon(self._begin)

    def _begin(self) -> None:
        self.script = self.scripts()
        self._go_on(None)

    def _go_on(self, head: bytes | None) -> None:
        assert self.script is not None  # noqa: S101 - begun just above
        try:
            kind, request = next(self.script) if head is None else self.script.send(head)
        except StopIteration:
            self._next()
            return
        self.asked = (kind, time.perf_counter())
        self.transport.write(request)
