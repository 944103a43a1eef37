"""The processor time of each component: of its processes and of those that they outlived."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from config.chaos import machine as programs
from config.chaos.machine import Machine

TICK = os.sysconf("SC_CLK_TCK")
#: What each component is called, and its programs.
COMPONENTS = {
    "redirect": (programs.REDIRECT,),
    "web": (programs.WEB,),
    "workers": (programs.WORKER, programs.SLOW_WORKER, programs.BEAT),
    "shipper": (programs.SHIPPER,),
    "PostgreSQL": (programs.POSTGRES,),
    "Valkey": (programs.VALKEY,),
}
#: Those of which a machine has one process, on one processor.
SINGLE = ("shipper", "Valkey")


def spent(machine: Machine) -> dict[str, float]:
    """Return what each component has taken since it began, in seconds."""
    return {
        name: processor_seconds(pid for program in parts for pid in machine.pids(program))
        for name, parts in COMPONENTS.items()
    }


def processor_seconds(pids: Iterable[int]) -> float:
    """Return what these processes and their children that ended have taken."""
    return sum(map(_seconds, pids))


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICK
