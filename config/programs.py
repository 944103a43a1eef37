"""The commands of the programs that a machine runs: what asks, what works, what ticks."""

from __future__ import annotations

import sys
from pathlib import Path

SITE = "config.wsgi:application"
REDIRECT = "tracking.redirect.rsgi:app"
_CELERY = [
    sys.executable, "-W", "ignore:::celery.platforms", "-m", "celery", "-q", "-A", "config",
]  # fmt: skip


def granian(
    target: str, port: int, *options: str, interface: str = "wsgi", workers: int = 1
) -> list[str]:
    """Return the command of what answers on a port of this machine."""
    fixed = f"--interface {interface} --host 127.0.0.1 --port {port} --workers {workers}"
    fixed += " --log-level warning --no-access-log"
    return [sys.executable, "-m", "granian", *fixed.split(), *options, target]


def shipper(*options: str) -> list[str]:
    """Return the command that takes clicks from the spool to the database."""
    return [sys.executable, "manage.py", "ship_clicks", *options]


def worker(queue: str, *, processes: int) -> list[str]:
    """Return the command of a worker that reads one queue; two on a machine need two names."""
    options = ["--queues", queue, "--hostname", f"{queue}@%h", "--concurrency", str(processes)]
    return [*_CELERY, "worker", *options, "--loglevel=warning"]


def beat(directory: Path) -> list[str]:
    """Return the command of the clock, which keeps what it did in the data ``directory``."""
    schedule = directory / "state" / "beat"
    return [*_CELERY, "beat", "--loglevel=warning", f"--schedule={schedule}", "--pidfile="]
