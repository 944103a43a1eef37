"""What only a machine that runs everything itself offers."""

import pytest

from core.models import OutboxMail
from portal.demo.people import PEOPLE
from tests.builders import make_user
from tests.portal.partner_world import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings):
    settings.ON_THIS_MACHINE = settings.HAS_OUTBOX = True
    settings.LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def real(settings):
    settings.ON_THIS_MACHINE = settings.HAS_OUTBOX = False


@pytest.fixture
def client(client):
    client.defaults["HTTP_HOST"] = "localhost:8000"
    return client


def test_mails_are_shown_with_links_to_click_and_nothing_to_run(client, here):
    OutboxMail.objects.create(
        recipient="zoe@example.com",
        subject="Confirm <b>now</b>",
        body="Go to http://localhost:8000/account/confirm-email/x/ <script>alert(1)</script>",
    )

    text = text_of(client.get("/dev/outbox/"))
    assert '<a href="http://localhost:8000/account/confirm-email/x/"' in text
    assert "&lt;script&gt;" in text
    assert "Confirm &lt;b&gt;now" in text


def test_mails_are_found_by_their_recipient(client, here):
    OutboxMail.objects.create(recipient="zoe@example.com", subject="For Zoe", body="")
    OutboxMail.objects.create(recipient="ada@example.com", subject="For Ada", body="")

    text = text_of(client.get("/dev/outbox/?to=zoe"))
    assert "For Zoe" in text
    assert "For Ada" not in text


def test_a_nul_in_the_search_is_read_as_if_it_were_not_there(client, here):
    OutboxMail.objects.create(recipient="zoe@example.com", subject="For Zoe", body="")

    assert "For Zoe" in text_of(client.get("/dev/outbox/", {"to": "\0zoe"}))


def test_where_real_people_sign_in_there_is_neither_outbox_nor_demo(client, real):
    make_user(email=PEOPLE[0].email)

    assert client.get("/dev/outbox/").status_code == 404
    assert client.post("/demo/sign-in/ada/").status_code == 404
    assert "_auth_user_id" not in client.session
    assert "/demo/sign-in/" not in text_of(client.get("/account/login/"))


@pytest.mark.parametrize("host", ["apport.example", "192.168.1.20:8000", "localhost.example"])
def test_who_comes_by_another_address_finds_neither_outbox_nor_demo(client, here, host):
    make_user(email=PEOPLE[0].email)
    client.defaults["HTTP_HOST"] = host

    assert client.get("/dev/outbox/").status_code == 404
    assert client.post("/demo/sign-in/ada/").status_code == 404
    assert "_auth_user_id" not in client.session
    text = text_of(client.get("/account/login/"))
    assert "/demo/sign-in/" not in text
    assert "/dev/outbox/" not in text


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_every_name_of_this_machine_is_this_machine(client, here, host):
    make_user(email=PEOPLE[0].email)
    client.defaults["HTTP_HOST"] = host

    text = text_of(client.get("/account/login/"))
    assert "/demo/sign-in/ada/" in text
    assert "/dev/outbox/" in text


def test_where_mails_are_sent_there_is_no_outbox(client, here, settings):
    settings.HAS_OUTBOX = False
    make_user(email=PEOPLE[0].email)

    assert client.get("/dev/outbox/").status_code == 404
    text = text_of(client.get("/account/login/"))
    assert "/demo/sign-in/ada/" in text
    assert "/dev/outbox/" not in text


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
def test_a_demo_person_signs_in_with_one_click(client, here, person):
    user = make_user(email=person.email)

    response = client.post(f"/demo/sign-in/{person.key}/")

    assert response["Location"] == person.next_url
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_login_page_offers_only_the_people_who_are_there(client, here):
    make_user(email=PEOPLE[0].email)

    text = text_of(client.get("/account/login/"))
    assert "/demo/sign-in/ada/" in text
    assert "/demo/sign-in/sam/" not in text


def test_a_demo_without_its_people_says_how_to_get_them(client, here):
    assert client.post("/demo/sign-in/ada/")["Location"] == "/account/login/"
    assert client.post("/demo/sign-in/nobody/").status_code == 404
