import pytest
import time_machine
from django.utils import translation

from tests.payouts.paydays import PAYDAY
from tests.portal.partner_world import make_world


@pytest.fixture
def payday():
    """The clock stands still on a payday, and pages speak English."""
    with time_machine.travel(PAYDAY, tick=False), translation.override("en"):
        yield PAYDAY


@pytest.fixture
def world(db, payday):
    return make_world()


@pytest.fixture
def ada(client, world):
    """Ada's browser."""
    return signed_in(client, world.people["ada"])


@pytest.fixture
def sign_in(client):
    """``sign_in(user)`` returns the browser of somebody else."""
    return lambda user: signed_in(client, user)


def signed_in(client, user):
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
