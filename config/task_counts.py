"""How often tasks ran, failed, and how long they took: counted by each worker process."""

from __future__ import annotations

import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from celery import Task, current_app
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from django.conf import settings

from core.counters import Counters

KIND = "tasks"
#: The header that says when a task was asked for, in seconds since 1970: portal.metrics.work.
SENT_AT = "apport_sent_at"
RESULTS = {"SUCCESS": "succeeded", "FAILURE": "failed"}
_began: dict[str, int] = {}


@before_task_publish.connect  # type: ignore[untyped-decorator]
def stamp(headers: dict[str, Any], **_kwargs: Any) -> None:
    """Write into a task when it was asked for, so that a queue's age can be read from outside."""
    headers[SENT_AT] = time.time()


@setup_logging.connect  # type: ignore[untyped-decorator]
def keep_our_logging(**_kwargs: Any) -> None:
    """Let Celery leave the logs alone: with a listener here it sets nothing up."""


@task_prerun.connect  # type: ignore[untyped-decorator]
def begin(task_id: str, **_kwargs: Any) -> None:
    """Note when a task began."""
    _began[task_id] = time.perf_counter_ns()


@task_postrun.connect  # type: ignore[untyped-decorator]
def end(task_id: str, task: Task, state: str | None = None, **_kwargs: Any) -> None:
    """Count a task that ended, and its time."""
    began = _began.pop(task_id, None)
    counters = _own_counters(settings.COUNTERS_DIR)
    try:
        counters.add(counters.slot(f"{task.name}.{RESULTS.get(state or '', 'other')}"))
        if began is not None:
            counters.add(counters.slot(f"{task.name}.ns"), time.perf_counter_ns() - began)
    except KeyError:  # Registered after we began to count, as only tests do.
        return


@cache
def _own_counters(directory: Path) -> Counters:
    names = sorted(name for name in current_app.tasks if not name.startswith("celery."))
    results = (*RESULTS.values(), "other", "ns")
    return Counters(directory, KIND, [f"{name}.{what}" for name in names for what in results])


def _after_fork() -> None:
    _own_counters.cache_clear()
    _began.clear()


os.register_at_fork(after_in_child=_after_fork)
