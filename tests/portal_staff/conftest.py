import pytest
from django.core.cache import cache

from tests.builders import NOW
from tests.people import make_fin, make_sam


@pytest.fixture
def manager(client):
    """Sam's browser, which reads English."""
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def sam(manager, time_machine):
    """Sam's browser at a moment that stands still, with nothing remembered of another."""
    time_machine.move_to(NOW, tick=False)
    cache.clear()
    return manager


@pytest.fixture
def fin(client):
    """Somebody of finance, whose browser ``client`` is."""
    person = make_fin()
    client.force_login(person)
    return person
