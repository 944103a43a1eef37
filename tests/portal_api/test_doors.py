"""Every operation, asked with every kind of key and with none."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from affiliates.models import MemberRole, Membership
from core import api_keys
from core.models import ApiKey, Scope
from portal.api.docs import document
from tests.people import person_of
from tests.portal_api.addresses import partner_reads, partner_writes, staff_reads
from tests.portal_api.keys import Api, issue, key_of, make_key

pytestmark = pytest.mark.slow


def calls(world):
    """Every operation but the one that needs no scope, as a function of who asks."""
    found = {}
    for name, (scope, address, _own) in partner_reads(world).items():
        found[name] = (scope, lambda api, address=address: api.get(address))
    for name, (scope, method, address, body, _own) in partner_writes(world).items():
        found[name] = (
            scope,
            lambda api, method=method, address=address, body=body: getattr(api, method)(
                address, body
            ),
        )
    for name, (scope, address, _who) in staff_reads(world).items():
        found[name] = (scope, lambda api, address=address: api.get(address))
    return found


def refusal(answer, status):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert said["detail"]
    return said["code"]


def test_every_operation_is_asked_here(world):
    named = {
        operation["operationId"]
        for methods in document()["paths"].values()
        for operation in methods.values()
    }

    assert named == {*calls(world), "get_key", "get_look"}  # Ada is no creator: test_looks.


def test_ada_reads_and_changes_what_is_hers(world, ada):
    reads, writes = partner_reads(world), partner_writes(world)
    for name, (scope, ask) in calls(world).items():
        if name in reads:
            assert ask(ada).status_code == 200, name
        elif name in writes:
            assert ask(ada).status_code in {200, 201}, name
        else:
            assert refusal(ask(ada), 403) == "scope_missing", (name, scope)


def test_the_team_reads_what_its_role_gives(world, sam, fin):
    keys = {"sam": sam, "fin": fin}
    for name, (_scope, address, who) in staff_reads(world).items():
        assert keys[who].get(address).status_code == 200, name
    for name, (_scope, address, who) in staff_reads(world).items():
        other = keys["fin" if who == "sam" else "sam"]
        expected = 200 if "order" in name else 403
        assert other.get(address).status_code == expected, name


def test_no_key_of_the_team_opens_anything_of_an_affiliates(world, sam):
    for name, (_scope, address, _own) in partner_reads(world).items():
        assert refusal(sam.get(address), 403) == "scope_missing", name


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "key_missing"),
        ({"authorization": "Bearer nonsense"}, "key_unknown"),
        ({"authorization": f"Bearer ap_live_{'0' * 12}_{'0' * 64}"}, "key_unknown"),
        ({"authorization": "Basic YWRhOnNlY3JldA=="}, "key_unknown"),
        ({"authorization": "Bearer"}, "key_unknown"),
    ],
)
def test_nobody_enters_without_a_key(client, world, header, code):
    api = Api(client)
    client.defaults.update({f"HTTP_{name.upper()}": value for name, value in header.items()})

    for name, (_scope, ask) in calls(world).items():
        answer = ask(api)
        assert refusal(answer, 401) == code, name
        assert answer["WWW-Authenticate"].startswith('Bearer realm="apport"'), name


def test_somebody_who_is_signed_in_needs_a_key_all_the_same(client, world):
    client.force_login(world.people["ada"])

    assert refusal(Api(client).get("links"), 401) == "key_missing"


def test_a_key_that_ended_and_one_that_was_revoked_open_nothing(client, world):
    ended = key_of(world.ada, now=timezone.now() - timedelta(days=9), days=8)
    revoked = issue(person_of(world.ada), account=world.ada)
    api_keys.revoke(key_id=revoked.key.pk, actor_id=revoked.key.owner_id, now=timezone.now())

    for name, (_scope, ask) in calls(world).items():
        assert refusal(ask(Api(client, ended)), 401) == "key_expired", name
        assert refusal(ask(Api(client, revoked.text)), 401) == "key_revoked", name


def test_a_key_needs_the_scope_of_what_it_asks_for(client, world):
    keys = {
        scope: key_of(world.ada, scopes=[one for one in Scope if one != scope])
        for scope in {scope for scope, _ask in calls(world).values()}
    }
    for name, (scope, ask) in calls(world).items():
        cache.clear()
        answer = ask(Api(client, keys[scope]))
        assert refusal(answer, 403) == "scope_missing", name
        assert f'scope="{scope}"' in answer["WWW-Authenticate"], name


def test_what_is_anothers_is_nowhere(world, mallory):
    for name, (_scope, address, is_own) in partner_reads(world).items():
        answer = mallory.get(address)
        assert answer.status_code == (404 if is_own else 200), name
        assert b"Spring letter" not in answer.content, name
    for name, (_scope, method, address, body, is_own) in partner_writes(world).items():
        if is_own:
            assert refusal(getattr(mallory, method)(address, body), 404) == "not_found", name
    world.link.refresh_from_db()
    assert (world.link.label, world.link.archived_at) == ("Spring letter", None)


def test_a_suspended_account_reads_and_changes_nothing(world, ada):
    world.ada.__class__.objects.filter(pk=world.ada.pk).update(status="suspended")

    for name, (_scope, address, _own) in partner_reads(world).items():
        assert ada.get(address).status_code == 200, name
    for name, (_scope, method, address, body, _own) in partner_writes(world).items():
        assert refusal(getattr(ada, method)(address, body), 403) == "account_suspended", name


def test_a_closed_account_opens_nothing(world, ada):
    asked, own = calls(world), {*partner_reads(world), *partner_writes(world)}
    world.ada.__class__.objects.filter(pk=world.ada.pk).update(status="closed")

    for name, (scope, ask) in asked.items():
        if name in own:
            assert refusal(ask(ada), 403) == "account_closed", (name, scope)


def test_who_leaves_the_team_takes_the_key_along(world, ada):
    Membership.objects.filter(affiliate=world.ada).delete()

    assert refusal(ada.get("links"), 401) == "key_without_owner"


def test_a_lower_role_lowers_the_key(world, ada):
    Membership.objects.filter(affiliate=world.ada).update(role=MemberRole.READER, is_owner=False)

    assert ada.get("links").status_code == 200
    answer = ada.post("links", {"destination_url": "https://shop.example/new"})
    assert refusal(answer, 403) == "scope_missing"
    assert "role" in answer.json()["detail"]
    assert "write:links" not in ada.get("key").json()["scopes"]


def test_staff_who_lose_their_role_or_are_gone_lose_the_key(world, client, sam, fin):
    world.people["sam"].groups.clear()
    world.people["fin"].is_active = False
    world.people["fin"].save()

    assert refusal(sam.get("orders"), 401) == "key_without_owner"
    assert refusal(fin.get("orders"), 401) == "key_without_owner"


def test_staff_need_their_second_factor_for_the_key_too(world, sam, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True

    assert refusal(sam.get("orders"), 401) == "key_without_owner"


def test_the_last_use_is_kept_to_the_minute(world, client, time_machine_at):
    text = key_of(world.ada)
    api, key = Api(client, text), ApiKey.objects.latest("pk")

    seen = []
    for seconds in (0, 30, 61):
        with time_machine_at(seconds):
            api.get("key")
        key.refresh_from_db()
        seen.append(key.last_used_at)

    assert seen[0] == seen[1]
    assert (seen[2] - seen[0]).total_seconds() == 61


def test_what_is_nowhere_is_said_as_everything_else(client):
    for address in ("nothing", "links/a/b/c", "orders/abc", "payouts/1"):
        assert refusal(Api(client).get(address), 404) == "not_found"


def test_a_method_that_is_not_there_is_405(world, ada):
    answer = ada.post("sales", {})

    assert refusal(answer, 405) == "method_not_allowed"
    assert answer["Allow"] == "GET, HEAD"


def test_a_key_of_staff_is_made_for_nobodys_account(world, client):
    api = Api(client, make_key(world.people["sam"]))

    said = api.get("key").json()

    assert said["affiliate"] is None
    assert said["scopes"] == ["read:applications", "read:affiliates", "read:orders", "read:cases"]
