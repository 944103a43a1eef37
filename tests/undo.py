"""A block of which nothing stays in the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Undo what the block stored, so that examples and runs do not meet."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
