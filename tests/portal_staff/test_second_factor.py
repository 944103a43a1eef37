"""Staff need a second factor; their pages and the superuser's send them to add one."""

import pytest
from allauth.mfa.models import Authenticator

from portal.demo.people import PEOPLE
from tests.builders import make_user
from tests.people import make_ada, make_fin, make_sam, person_of

pytestmark = pytest.mark.django_db

FACTORS = "/account/2fa/"
ASKED = "Add a passkey or a code generator first: staff need one."
STAFF_PAGES = [
    (make_sam, "/manage/"),
    (make_sam, "/manage/orders/"),
    (make_fin, "/finance/"),
    (make_fin, "/finance/batches/"),
    (make_fin, "/manage/orders/"),
]


@pytest.fixture(autouse=True)
def real(settings):
    settings.STAFF_NEED_SECOND_FACTOR, settings.ON_THIS_MACHINE = True, False


def make_root():
    return make_user(email="root@example.com", is_staff=True, is_superuser=True)


def add_factor(user, kind):
    return Authenticator.objects.create(user=user, type=kind, data={})


@pytest.mark.parametrize(("make", "address"), [*STAFF_PAGES, (make_root, "/admin/")])
def test_staff_without_a_factor_are_led_to_add_one(client, make, address):
    client.force_login(make())

    response = client.get(address, follow=True, headers={"Accept-Language": "en"})

    assert response.redirect_chain[-1] == (FACTORS, 302)
    assert response.status_code == 200
    assert ASKED in response.content.decode()


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
@pytest.mark.parametrize(("make", "address"), [*STAFF_PAGES, (make_root, "/admin/")])
def test_a_code_generator_or_a_passkey_opens_their_pages(client, make, address, kind):
    user = make()
    add_factor(user, kind)
    client.force_login(user)
    assert client.get(address).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client):
    sam = make_sam()
    add_factor(sam, "recovery_codes")
    client.force_login(sam)
    assert client.get("/manage/")["Location"] == FACTORS


def test_nothing_is_changed_by_staff_without_a_factor(client):
    client.force_login(make_sam())
    ada = make_ada()
    client.post(f"/manage/affiliates/{ada.public_id}/suspend/", {"reason": "Why not"})
    ada.refresh_from_db()
    assert ada.is_active


def test_staff_without_a_factor_reach_the_pages_that_add_one(client):
    client.force_login(make_sam())
    for page in ("totp/activate/", "webauthn/add/"):
        response = client.get(f"{FACTORS}{page}", follow=True)
        assert response.status_code == 200
        assert response.redirect_chain[-1][0].startswith("/account/reauthenticate/")


def test_partners_need_none(client):
    client.force_login(person_of(make_ada()))
    assert client.get("/portal/").status_code == 200


def test_demo_people_need_none_on_this_machine_and_everybody_else_does(client, settings):
    settings.ON_THIS_MACHINE = True
    client.force_login(make_user(email=PEOPLE[3].email, roles=["manager"]))
    assert client.get("/manage/").status_code == 200

    client.force_login(make_sam())
    assert client.get("/manage/")["Location"] == FACTORS


def test_demo_people_elsewhere_need_one_like_everybody(client):
    client.force_login(make_user(email=PEOPLE[3].email, roles=["manager"]))
    assert client.get("/manage/")["Location"] == FACTORS


def test_who_is_no_superuser_is_still_refused_by_the_admin(client):
    client.force_login(make_sam())
    assert client.get("/admin/", follow=True).status_code == 403
