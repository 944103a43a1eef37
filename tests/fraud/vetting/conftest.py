import pytest

from tests.fraud.vetting.web import strangers


@pytest.fixture
def web():
    with strangers() as found:
        yield found
