import pytest

from tests.fraud.lookalikes.internet import internet

HOSTS = ("ccvmod.fr", "www.ccvmod.fr", "tracker.test", "shop.test")


@pytest.fixture(scope="session")
def whole_internet(tmp_path_factory):
    """One for all tests; nothing of one test is left for the next by ``net``."""
    with internet(tmp_path_factory.mktemp("internet"), HOSTS) as net:
        yield net


@pytest.fixture
def net(whole_internet):
    """The small internet, empty."""
    whole_internet.zone.hosts.clear()
    whole_internet.zone.asked.clear()
    whole_internet.web.sites.clear()
    return whole_internet
