from contextlib import contextmanager

import pytest
from django.db import transaction


@pytest.fixture
def as_savepoint(db):
    """``with as_savepoint():`` undoes what the block stored, so that examples do not meet."""

    @contextmanager
    def undone():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return undone
