import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("console")
def test_the_sign_in_page_opens_without_a_complaint(live_server, page):
    page.goto(f"{live_server.url}/account/login/")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.locator("input[name=login]").is_visible()


def test_a_complaint_of_the_page_is_noticed(live_server, page, request):
    complaints = request.getfixturevalue("console")
    page.goto(f"{live_server.url}/account/login/")
    page.evaluate("console.error('planted')")
    page.wait_for_timeout(50)
    assert complaints == ["planted"]
    complaints.clear()
