"""Child processes that never outlive us, and what /proc says about others."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

TETHER = Path(__file__).with_name("tether.py")


@dataclass(frozen=True)
class Identity:
    """The unprivileged user that a server runs as."""

    uid: int
    gid: int


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    output: IO[str] | IO[bytes] | int,
    identity: Identity | None = None,
    on_parent_death: signal.Signals = signal.SIGTERM,
    held: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start ``command`` in its own process group, tied to the life of this process.

    ``held`` are descriptors it keeps open, so that a lock outlives us exactly as long as it does.
    """
    who = f"{identity.uid}:{identity.gid}" if identity else "-"
    tether = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), str(int(on_parent_death))]
    return subprocess.Popen(
        [*tether, who, *map(str, command)],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=held,
    )


def stop(child: subprocess.Popen[bytes], how: signal.Signals, *, patience: float) -> None:
    """Ask ``child`` to stop, wait ``patience`` seconds, then kill what is left of its group."""
    if child.poll() is None:
        child.send_signal(how)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    kill_group(child.pid)


def kill_group(group: int) -> None:
    """Kill every process still in the group that ``spawn`` made."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def kill_holders(lock: Path) -> None:
    """Kill every other process that keeps ``lock`` locked; one that just ended is no error."""
    for pid in holders(lock):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def started_at(pid: int) -> str:
    """Return the kernel's start time of process ``pid`` (a pid alone can be reused), or ''."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def holders(lock: Path) -> list[int]:
    """Return the processes, other than this one, that keep ``lock`` locked."""
    wanted = lock.stat()
    others = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [
        int(process.name)
        for process in others
        if int(process.name) != os.getpid() and _locks(process, wanted)
    ]


def _locks(process: Path, wanted: os.stat_result) -> bool:
    try:
        for descriptor in (process / "fd").iterdir():
            seen = descriptor.stat()
            if (seen.st_dev, seen.st_ino) == (wanted.st_dev, wanted.st_ino):
                return "FLOCK" in (process / "fdinfo" / descriptor.name).read_text()
    except OSError:
        return False
    return False
