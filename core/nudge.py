"""Wake the next pull after a commit, so that nobody waits for the clock's tick."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import Task, current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from kombu.pools import producers

log = logging.getLogger(__name__)
_is_quiet = ContextVar("is_quiet", default=False)

#: One attempt: without these Kombu tries to reach a dead broker for six seconds.
ONE_ATTEMPT = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


def nudge(task: Task | str, *arguments: object) -> None:
    """Ask for a run of ``task`` once the current transaction has committed.

    A pull that lives in a higher app is given by its name, for its module may not be imported
    from below. A broker that does not answer is logged and forgotten: the next tick runs the
    same pull, so a lost nudge costs a minute and never the fact.
    """
    if _is_quiet.get():
        return
    name = task if isinstance(task, str) else str(task.name)
    transaction.on_commit(lambda: _send(name, arguments))


@contextmanager
def quiet() -> Iterator[None]:
    """Let nobody be woken meanwhile: what is done stands in a database that no worker knows."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def _send(name: str, arguments: tuple[object, ...]) -> None:
    broker = current_app.connection_for_write(transport_options=ONE_ATTEMPT)
    try:
        with producers[broker].acquire(block=True) as producer:
            current_app.send_task(name, args=arguments, producer=producer)
    except OperationalError as error:
        log.warning("No nudge for %s, it waits for the next tick: %s", name, error)
