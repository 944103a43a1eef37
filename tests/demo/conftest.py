import json

import pytest
from werkzeug.test import Client

from demo.shop.settings import Settings
from demo.shop.shop import make_application

SECRET = "a secret for tests only, 32 bytes"


@pytest.fixture
def settings_of_shop(tmp_path):
    """A shop that nobody answers, unless a test gives it another address."""
    return Settings(apport_url="http://127.0.0.1:9", state=tmp_path)


@pytest.fixture
def open_shop(settings_of_shop):
    """``open_shop()`` opens the shop in a new browser; messages wait until a test delivers them."""
    said = {"shop_code": "atelier", "secret": SECRET, "discounts": {"SOLDES-VIP": 2_500}}
    settings_of_shop.connection_file.write_text(json.dumps(said))
    application = make_application(settings_of_shop, deliver=False)
    return lambda: Client(application)


@pytest.fixture
def browser_tab(open_shop):
    return open_shop()
