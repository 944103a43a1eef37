from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import translation

from tests.payouts.paydays import PAYDAY
from tests.portal.partner_world import make_world
from tests.portal_api.keys import Api, key_of, make_key


@pytest.fixture
def payday():
    """The clock stands still on a payday, and nobody has called yet."""
    cache.clear()
    with time_machine.travel(PAYDAY, tick=False), translation.override("en"):
        yield PAYDAY


@pytest.fixture
def world(db, payday):
    return make_world()


@pytest.fixture
def ada(client, world):
    """Ada's program, with every scope."""
    return Api(client, key_of(world.ada))


@pytest.fixture
def mallory(client, world):
    """Somebody else's program."""
    return Api(client, key_of(world.mallory))


@pytest.fixture
def sam(client, world):
    """A programme manager's program."""
    return Api(client, make_key(world.people["sam"]))


@pytest.fixture
def fin(client, world):
    """A program of finance."""
    return Api(client, make_key(world.people["fin"]))


@pytest.fixture
def time_machine_at(payday):
    """``with time_machine_at(61):`` moves the clock so many seconds from the payday."""
    return lambda seconds: time_machine.travel(payday + timedelta(seconds=seconds), tick=False)
