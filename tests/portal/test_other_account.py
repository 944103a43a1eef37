"""Forms of one account, sent off while their person acts for another (teams.md, E8)."""

import re

import pytest
from django.test import Client

from affiliates.models import Membership
from core import crypto
from tests.builders import make_affiliate, make_user

TEAM, INVITE = "/portal/team/", "/portal/team/invite/"
FIELD = re.compile(r'name="acts_for" value="([0-9a-f-]{36})"')


@pytest.fixture
def both(world):
    """Ada leads a second account too, and chose her first one."""
    second = make_affiliate(name="Second account")
    second.memberships.create(user=world.people["ada"], role="owner")
    browser = Client(HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(world.people["ada"])
    switch(browser, world.ada)
    return browser, second


def switch(browser, account):
    assert browser.post(f"/team/switch/{account.public_id}/").status_code == 302


def named(browser, path=INVITE):
    return FIELD.findall(browser.get(path).content.decode())


def invite(browser, account=None, **headers):
    typed = {"email": "new@example.com", "role": "reader"}
    if account is not None:
        typed["acts_for"] = str(account.public_id)
    return browser.post(INVITE, typed, headers=headers)


def test_every_form_of_a_partners_page_names_its_account(both, world):
    browser, second = both
    for path in (INVITE, TEAM, "/portal/payee/", "/portal/settings/notifications/"):
        found = named(browser, path)
        assert found, path
        assert set(found) == {str(world.ada.public_id)}, path
    switch(browser, second)
    assert set(named(browser)) == {str(second.public_id)}
    page = browser.get(INVITE).content.decode()
    assert f'"X-Acts-For": "{second.public_id}"' in page.replace("&quot;", '"')


def test_pages_that_are_nobodys_account_name_none(client, world):
    client.force_login(world.people["sam"])
    for path in ("/manage/", "/account/email/"):
        assert not named(client, path), path


def test_a_form_of_another_account_changes_nothing(both, world):
    browser, second = both
    switch(browser, second)
    refused = invite(browser, world.ada)
    assert refused.status_code == 409
    assert "You act for Second account now" in refused.content.decode()
    assert invite(browser, **{"x-acts-for": str(world.ada.public_id)}).status_code == 409
    assert not world.ada.invitations.exists()
    assert not second.invitations.exists()
    assert invite(browser, second).status_code == 302
    assert second.invitations.count() == 1


@pytest.mark.parametrize("said", ["nothing", "' OR 1=1", "\x00"])
def test_what_names_no_account_of_theirs_changes_nothing(both, said):
    browser, _second = both
    answer = browser.post(INVITE, {"email": "n@example.com", "role": "reader", "acts_for": said})
    assert answer.status_code == 409


def test_a_form_that_waited_for_a_proof_of_identity_is_still_of_its_account(both, world):
    browser, second = both
    typed = f"email=new%40example.com&role=reader&acts_for={world.ada.public_id}"
    switch(browser, second)
    assert browser.post(INVITE, {"sealed": crypto.encrypt(typed)}).status_code == 409
    assert not second.invitations.exists()


def test_who_left_the_chosen_account_does_not_act_for_another_unawares(both, world):
    browser, second = both
    world.ada.memberships.create(user=make_user(), role="owner")
    Membership.objects.filter(affiliate=world.ada, user=world.people["ada"]).delete()

    assert invite(browser).status_code == 409
    assert not second.invitations.exists()
    assert set(named(browser)) == {str(second.public_id)}
    assert invite(browser, second).status_code == 302


def test_who_chose_nothing_sends_forms_as_ever(world):
    browser = Client(HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(world.people["ada"])
    assert invite(browser).status_code == 302
