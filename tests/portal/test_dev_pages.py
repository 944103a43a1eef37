"""What only a machine that runs everything itself offers."""

import pytest

from core.models import OutboxMail
from portal.demo.people import PEOPLE
from tests.builders import make_user
from tests.portal.partner_world import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def embedded(settings):
    settings.EMBEDDED = True


@pytest.fixture
def real(settings):
    settings.EMBEDDED = False


def test_mails_are_shown_with_links_to_click_and_nothing_to_run(client, embedded):
    OutboxMail.objects.create(
        recipient="zoe@example.com",
        subject="Confirm <b>now</b>",
        body="Go to http://localhost:8000/account/confirm-email/x/ <script>alert(1)</script>",
    )

    text = text_of(client.get("/dev/outbox/"))
    assert '<a href="http://localhost:8000/account/confirm-email/x/"' in text
    assert "&lt;script&gt;" in text
    assert "Confirm &lt;b&gt;now" in text


def test_mails_are_found_by_their_recipient(client, embedded):
    OutboxMail.objects.create(recipient="zoe@example.com", subject="For Zoe", body="")
    OutboxMail.objects.create(recipient="ada@example.com", subject="For Ada", body="")

    text = text_of(client.get("/dev/outbox/?to=zoe"))
    assert "For Zoe" in text
    assert "For Ada" not in text


def test_where_real_people_sign_in_there_is_neither_outbox_nor_demo(client, real):
    make_user(email=PEOPLE[0].email)

    assert client.get("/dev/outbox/").status_code == 404
    assert client.post("/demo/sign-in/ada/").status_code == 404
    assert "_auth_user_id" not in client.session
    assert "/demo/sign-in/" not in text_of(client.get("/account/login/"))


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
def test_a_demo_person_signs_in_with_one_click(client, embedded, person):
    user = make_user(email=person.email)

    response = client.post(f"/demo/sign-in/{person.key}/")

    assert response["Location"] == person.next_url
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_login_page_offers_only_the_people_who_are_there(client, embedded):
    make_user(email=PEOPLE[0].email)

    text = text_of(client.get("/account/login/"))
    assert "/demo/sign-in/ada/" in text
    assert "/demo/sign-in/sam/" not in text


def test_a_demo_without_its_people_says_how_to_get_them(client, embedded):
    assert client.post("/demo/sign-in/ada/")["Location"] == "/account/login/"
    assert client.post("/demo/sign-in/nobody/").status_code == 404
