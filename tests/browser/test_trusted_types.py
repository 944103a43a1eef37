"""No text becomes a script in any page (Trusted Types). That nothing of ours needs it to is asked
by whatever opens a page here: the browser complains, and no page may."""

import pytest
from playwright.sync_api import Error, expect

from core.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PICTURE = """'<img src="/nowhere.png" onerror="window.stolen = 1">'"""
#: What somebody who slips text into a page would have it become.
ATTACKS = {
    "a script": "document.createElement('script').textContent = 'window.stolen = 1'",
    "its address": "document.createElement('script').src = '/static/js/rail.js'",
    "a program": "document.body.setAttribute('onclick', 'window.stolen = 1')",
    "a worker": "new Worker('/static/js/rail.js')",
    "a page": "document.createElement('iframe').srcdoc = '<b>stolen</b>'",
    "markup": f"document.body.innerHTML = {PICTURE}",
    "more markup": f"document.body.insertAdjacentHTML('beforeend', {PICTURE})",
    "other markup": f"document.body.setHTMLUnsafe({PICTURE})",
    "a policy": "trustedTypes.createPolicy('mine', {createScript: text => text})",
    "another default": "trustedTypes.createPolicy('default', {createScript: text => text})",
}
TRY = "() => {{ try {{ {} }} catch (error) {{ return error.name }} }}"
SWAP = "html => htmx.swap('body', html, {swapStyle: 'innerHTML'})"
#: What htmx puts in may look like anything, and nothing in it runs.
DRAWN = '<p id="drawn"></p><img src="/nowhere.png" onerror="window.stolen = 1">'
SCRIPT = "<script>window.stolen = 1</script>"


def test_text_becomes_no_script(browsers):
    tab = browsers.open()
    tab.goto("/account/login/")

    refusals = {name: tab.evaluate(TRY.format(attack)) for name, attack in ATTACKS.items()}
    with tab.expect_event("requestfinished"):  # The picture that is nowhere.
        tab.evaluate(SWAP, DRAWN)
    expect(tab.locator("#drawn")).to_be_attached()
    with pytest.raises(Error, match="TrustedScript"):
        tab.evaluate(SWAP, SCRIPT)

    tab.wait_for_timeout(100)  # It has failed, and called nobody.
    browsers.complaints.clear()  # Chromium complains, as it should.
    assert refusals == dict.fromkeys(ATTACKS, "TypeError")
    assert tab.evaluate("window.stolen") is None


def test_the_admin_works_under_the_policy(browsers):
    boss = User.objects.create_superuser(email="boss@example.com", password="a long password")
    tab = browsers.open(boss)

    for address in ("/admin/", "/admin/affiliates/group/", "/admin/affiliates/group/add/"):
        tab.goto(address)
        expect(tab.locator("#site-name")).to_be_visible()

    assert browsers.complaints == []
    assert tab.evaluate("'jQuery' in django")
    assert tab.evaluate(TRY.format(ATTACKS["a script"])) == "TypeError"
    browsers.complaints.clear()


def test_the_page_that_tries_the_api_works_under_the_policy(browsers):
    tab = browsers.open()
    tab.goto("/api/v1/docs/")

    tab.locator(".opblock-tag").first.click()
    tab.locator(".opblock-summary-control").first.click()

    expect(tab.locator(".opblock-description code").first).to_be_visible()
    expect(tab.get_by_role("button", name="Try it out")).to_be_visible()
