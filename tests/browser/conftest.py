import logging
import threading

import pytest
from django.core.cache import cache
from werkzeug.serving import make_server

from demo.shop.settings import Settings
from demo.shop.shop import make_application
from tests.browser.people import Browsers


@pytest.fixture
def this_machine(settings):
    """Everything runs on one machine, as with bin/run: a demo to sign in to, mails in a table."""
    settings.EMBEDDED = settings.ON_THIS_MACHINE = settings.HAS_OUTBOX = True
    settings.LOCAL_HOSTS = settings.ALLOWED_HOSTS = ["localhost"]
    settings.EMAIL_BACKEND = "core.mail.OutboxBackend"


@pytest.fixture
def site(live_server, settings, this_machine):
    """The address of the portal; links lead there too."""
    settings.PUBLIC_URL = live_server.url
    cache.clear()  # Rate limits of an earlier test.
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Each person brings their own language and screen."""
    own = {"locale", "viewport"}
    return {name: value for name, value in browser_context_args.items() if name not in own}


@pytest.fixture
def browsers(site, new_context):
    """``browsers.open()`` gives a person their own browser; no page may complain in any."""
    browsers = Browsers(new_context, site)
    yield browsers
    assert browsers.complaints == []


@pytest.fixture
def shop_settings(site, tmp_path):
    """The demo shop, which knows the portal by HTTP only. Its messages leave when a test says."""
    return Settings(apport_url=site, state=tmp_path)


@pytest.fixture
def shop_url(shop_settings):
    """Where the demo shop answers: on the portal's host, as with bin/run."""
    application = make_application(shop_settings, deliver=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
