import logging
import threading
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from demo.shop.settings import Settings
from demo.shop.shop import make_application
from tests.browser.people import Browsers
from tests.browser.shop_stage import COAT, HOSTS, LINK, LOOKALIKE, SHOP, Stage
from tests.browser.tls import Web, served
from tests.builders import LONG_AGO, make_affiliate, make_group, make_link, make_shop
from tests.conftest import CHROMIUM, PERSON
from tracking import spool


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


@pytest.fixture(scope="session")
def tls_browser(browser_type, tmp_path_factory):
    """Chromium, for which the hosts of ``tls_web`` are this machine and their certificate good."""
    web = Web()
    with served(web, tmp_path_factory.mktemp("tls"), HOSTS) as server:
        rules = ", ".join(f"MAP {host}:443 127.0.0.1:{server.port}" for host in HOSTS)
        browser = browser_type.launch(
            executable_path=CHROMIUM,
            args=[
                f"--host-resolver-rules={rules}",
                f"--ignore-certificate-errors-spki-list={server.pin}",
                f"--user-agent={PERSON}",
            ],
        )
        yield browser, web
        browser.close()


@pytest.fixture
def stage(tls_browser, live_server, settings, tmp_path, browser_context_args):
    """The demo shop on https://shop.test, whose proxy brings /c/, /j and /ap.js to us; a blog with
    one of our links; a look-alike of the shop's name that redirects to the same link."""
    browser, web = tls_browser
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.ON_THIS_MACHINE = settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["*"]
    spool._own_spool.cache_clear()
    shop = make_shop(
        home_url=f"{SHOP}/", link_origin=SHOP, link_hosts=["shop.test"], code="maison-lutece"
    )
    group = make_group(slug="content", terms={"window_days": 7, "valid_from": LONG_AGO})
    make_link(make_affiliate(group=group), shop=shop, code=LINK, destination_url=f"{SHOP}{COAT}")
    of_shop = Settings(apport_url=live_server.url, state=tmp_path)
    post = f'<link rel="icon" href="data:,"><a href="{SHOP}/c/{LINK}">Le manteau</a>'
    web.sites = {
        "shop.test": make_application(of_shop, deliver=False),
        "blog.test": Response(f"<!doctype html>{post}", mimetype="text/html"),
        urlsplit(LOOKALIKE).hostname: Response(
            status=302, headers={"Location": f"{SHOP}/c/{LINK}"}
        ),
    }
    context = browser.new_context(**browser_context_args)
    stage = Stage(context, settings.SPOOL_DIR, of_shop, web.sites)
    yield stage
    assert stage.complaints == []
    context.close()
    spool._own_spool.cache_clear()
