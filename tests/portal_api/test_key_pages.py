"""Making and revoking keys: shown once, mailed, kept as a hash, confirmed by who just proved it."""

import re

import pytest
from django.core import mail

from affiliates.models import MemberRole, Membership
from core.models import ApiKey, AuditEntry, Delivery
from tests.builders import PASSWORD, make_user
from tests.people import person_of
from tests.portal_api.keys import Api, issue

KEY = re.compile(r"ap_live_[0-9a-f]{12}_[0-9a-f]{64}")
TYPED = {"name": "Newsletter", "days": "365", "scopes": ["read:links", "write:links"]}


@pytest.fixture
def here(settings):
    """Nobody is asked to prove who they are on one's own machine."""
    settings.ON_THIS_MACHINE = True


@pytest.fixture
def hers(client, world):
    client.force_login(world.people["ada"])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def shown_key(page):
    return KEY.search(page.content.decode())[0]


def test_a_key_is_shown_once_and_works(here, hers, world):
    made = hers.post("/portal/api/", TYPED)
    page, again = hers.get("/portal/api/"), hers.get("/portal/api/")

    assert made["Location"] == "/portal/api/"
    key = ApiKey.objects.get()
    text = shown_key(page)
    assert text.startswith(key.beginning)
    assert not KEY.search(again.content.decode())
    assert key.secret_hash not in text
    assert (key.owner, key.account) == (person_of(world.ada), world.ada.public_id)
    assert key.scopes == ["read:links", "write:links"]
    assert (key.expires_at - key.created_at).days == 365
    assert Api(hers, text).get("links").status_code == 200


def test_a_new_key_is_in_the_audit_trail_and_mailed_to_the_team(here, hers, world):
    colleague = make_user()
    Membership.objects.create(
        affiliate=world.ada, user=colleague, role=MemberRole.READER, is_owner=False
    )

    hers.post("/portal/api/", TYPED)

    entry = AuditEntry.objects.get(verb="api_key.issued")
    assert entry.data["scopes"] == ["read:links", "write:links"]
    letters = Delivery.objects.filter(key__startswith="api_key_issued:")
    assert {one.recipient for one in letters} == {"ada@example.com", colleague.email}
    assert all("Newsletter" in one.body and not KEY.search(one.body) for one in letters)
    assert mail.outbox == []


def test_a_stolen_session_makes_no_key(hers, settings):
    settings.ON_THIS_MACHINE = False
    asked = hers.post("/portal/api/", TYPED)["Location"]

    assert asked.startswith("/account/reauthenticate/")
    assert not ApiKey.objects.exists()

    page = hers.post(asked, {"password": PASSWORD}, follow=True)
    assert shown_key(page).startswith(ApiKey.objects.get().beginning)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"days": "0"},
        {"days": "99999"},
        {"scopes": []},
        {"scopes": ["read:orders"]},
        {"scopes": ["read:everything"]},
    ],
)
def test_what_cannot_be_made_keeps_what_was_typed(here, hers, wrong):
    page = hers.post("/portal/api/", TYPED | wrong)

    assert page.status_code == 422
    assert not ApiKey.objects.exists()


def test_revoking_is_at_once_and_for_good(here, hers, world):
    issued = issue(world.people["ada"], account=world.ada)
    page = hers.get("/portal/api/").content.decode()

    done = hers.post("/portal/api/revoke/", {"key": issued.key.public_id})

    assert "Revoke Test?" in page
    assert done["Location"] == "/portal/api/"
    issued.key.refresh_from_db()
    assert issued.key.revoked_by == world.people["ada"]
    assert AuditEntry.objects.filter(verb="api_key.revoked").count() == 1
    assert Api(hers, issued.text).get("links").json()["code"] == "key_revoked"
    hers.post("/portal/api/revoke/", {"key": issued.key.public_id})
    assert AuditEntry.objects.filter(verb="api_key.revoked").count() == 1


def test_nobody_revokes_the_key_of_another(hers, client, world):
    others = issue(world.people["mallory"], account=world.mallory)
    staffs = issue(world.people["sam"])

    for key in (others.key, staffs.key):
        assert hers.post("/portal/api/revoke/", {"key": key.public_id}).status_code == 404
    client.force_login(world.people["fin"])
    assert client.post("/manage/api/revoke/", {"key": staffs.key.public_id}).status_code == 404
    assert ApiKey.objects.filter(revoked_at__isnull=False).count() == 0


def test_only_owners_make_keys(here, hers, world):
    Membership.objects.filter(affiliate=world.ada).update(role=MemberRole.MANAGER, is_owner=False)

    assert hers.get("/portal/api/").status_code == 403
    assert hers.post("/portal/api/", TYPED).status_code == 403


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_an_account_that_is_not_active_gets_no_new_key(here, hers, world, status):
    world.ada.__class__.objects.filter(pk=world.ada.pk).update(status=status)

    page = hers.post("/portal/api/", TYPED)

    assert page.status_code == 422
    assert not ApiKey.objects.exists()


def test_staff_make_keys_for_what_their_role_gives(here, client, world):
    client.force_login(world.people["fin"])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = client.get("/manage/api/").content.decode()

    refused = client.post("/manage/api/", TYPED | {"scopes": ["read:cases"]})
    client.post("/manage/api/", TYPED | {"scopes": ["read:batches"]})

    assert "read:batches" in page
    assert "read:cases" not in page
    assert refused.status_code == 422
    key = ApiKey.objects.get()
    assert (key.account, key.owner) == (None, world.people["fin"])
    text = shown_key(client.get("/manage/api/"))
    assert Api(client, text).get("batches").status_code == 200


def test_there_are_only_so_many(here, hers, world):
    for _number in range(20):
        issue(world.people["ada"], account=world.ada)

    page = hers.post("/portal/api/", TYPED)

    assert page.status_code == 422
    assert "Revoke one that you need no more." in page.content.decode()
