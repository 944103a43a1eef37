"""Run the same step in many threads that start at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(count: int, step: Callable[[int], Any]) -> list[Any]:
    """Call ``step(number)`` in ``count`` threads at once; return answers, or exceptions raised."""
    barrier = Barrier(count)

    def run(number: int) -> Any:
        try:
            barrier.wait(timeout=30)
            return step(number)
        except Exception as error:  # noqa: BLE001 the caller looks at what each thread met
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def raised(answers: list[Any]) -> list[Exception]:
    """Return the exceptions among the answers of ``at_once``."""
    return [answer for answer in answers if isinstance(answer, Exception)]
