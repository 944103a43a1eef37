"""Who is told of an address that is made or moved, and what becomes of it when its maker goes."""

from datetime import timedelta

import pytest

from affiliates.models import Endpoint, MemberRole, Membership
from affiliates.services import endpoint_stops, endpoints, team
from affiliates.services.endpoints import EndpointRefused
from core.models import ApiKey, Delivery
from tests.affiliates.hook_world import make_endpoint, make_own_endpoint
from tests.builders import NOW, make_affiliate, make_user
from tests.people import make_sam
from tests.portal_api.keys import issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_affiliate(user=make_user(name="Olive Owner"), name="Le Carnet")


@pytest.fixture
def owner(account):
    return account.memberships.get().user


@pytest.fixture
def second(account):
    return joined(account, "Otto Owner")


def joined(account, name, role=MemberRole.OWNER):
    user = make_user(name=name)
    Membership.objects.create(
        affiliate=account, user=user, role=role, is_owner=role == MemberRole.OWNER
    )
    return user


def letters(word, kind="endpoint_changed"):
    """The letters with a word in their key, by their readers."""
    found = Delivery.objects.filter(kind=kind, key__contains=word)
    return {one.recipient: one.body for one in found}


def change(endpoint, actor, url, name="Warehouse", key_id=None):
    return endpoints.change(
        endpoint_id=endpoint.pk, name=name, url=url, method="POST", types=["sale.tracked"],
        actor_id=actor.pk, now=NOW, key_id=key_id,
    )  # fmt: skip


def status_of(endpoint):
    return Endpoint.objects.get(pk=endpoint.pk).status


def test_the_owners_are_told_of_a_new_address_and_where_it_sends(account, owner, second):
    joined(account, "Rea Reader", MemberRole.READER)
    endpoint = make_endpoint(account, actor=second, url="https://hooks.example/a?token=secret")

    told = letters(":made")

    assert set(told) == {owner.email, second.email}
    body = told[owner.email]
    assert "Otto Owner set up “Warehouse”. It sends events to hooks.example." in body
    assert f"/portal/webhooks/{endpoint.public_id}/" in body
    assert "token" not in body


def test_a_new_address_is_told_and_a_new_name_is_not(account, owner, second):
    endpoint = make_endpoint(account, actor=owner)

    change(endpoint, second, endpoint.url, name="Till")
    assert letters(":moved") == {}

    change(endpoint, second, "https://two.example/")
    told = letters(":moved")
    assert set(told) == {owner.email, second.email}
    assert "Otto Owner changed the address" in told[owner.email]
    assert "two.example" in told[owner.email]


def test_managers_are_told_of_the_programmes_own():
    sam = make_sam()
    endpoint = make_own_endpoint(actor=sam)
    body = letters(":made", "own_endpoint_changed")[sam.email]
    assert f"/manage/webhooks/{endpoint.public_id}/" in body


def test_a_revoked_key_takes_what_it_made_and_moved_with_it(account, owner):
    key = issue(owner, account=account, now=NOW).key
    other = issue(owner, account=account, now=NOW).key
    made, moved, back, by_other, by_hand = (
        make_endpoint(account, actor=owner, key_id=key_id)
        for key_id in (key.pk, None, key.pk, other.pk, None)
    )
    change(moved, owner, "https://two.example/", key_id=key.pk)
    change(back, owner, "https://three.example/")
    change(by_hand, owner, by_hand.url, name="Till", key_id=key.pk)

    endpoint_stops.revoke_key(key_id=key.pk, actor_id=owner.pk, now=NOW)

    paused = [status_of(one) for one in (made, moved, back, by_other, by_hand)]
    assert paused == ["paused", "paused", "active", "active", "active"]
    assert Delivery.objects.filter(key__contains=":orphaned").count() == 2
    assert "events wait" in letters(":orphaned")[owner.email]


def test_what_somebody_let_go_on_is_not_paused_by_revoking_again(account, owner):
    key = issue(owner, account=account, now=NOW).key
    endpoint = make_endpoint(account, actor=owner, key_id=key.pk)
    endpoint_stops.revoke_key(key_id=key.pk, actor_id=owner.pk, now=NOW)
    endpoints.resume(endpoint_id=endpoint.pk, actor_id=owner.pk, now=NOW)

    endpoint_stops.revoke_key(key_id=key.pk, actor_id=owner.pk, now=NOW)

    assert status_of(endpoint) == "active"
    assert ApiKey.objects.get(pk=key.pk).revoked_at == NOW


@pytest.mark.parametrize("act", ["leave", "remove", "lower"])
def test_who_goes_or_is_lowered_leaves_what_they_made_paused(account, owner, second, act):
    key = issue(second, account=account, now=NOW).key
    theirs, by_key = make_endpoint(account, actor=second), make_endpoint(account, actor=owner)
    change(by_key, second, "https://two.example/", key_id=key.pk)
    hers = make_endpoint(account, actor=owner)
    elsewhere = make_endpoint(make_affiliate(), actor=second)
    off = make_endpoint(account, actor=second)
    endpoints.disable(off, "failures", now=NOW)
    membership = Membership.objects.get(affiliate=account, user=second)

    if act == "leave":
        team.leave(affiliate_id=account.pk, actor_id=second.pk, now=NOW)
    elif act == "remove":
        team.remove(membership_id=membership.pk, actor_id=owner.pk, now=NOW)
    else:
        team.change_role(
            membership_id=membership.pk, role=MemberRole.MANAGER, actor_id=owner.pk, now=NOW
        )

    assert [status_of(one) for one in (theirs, by_key, hers, elsewhere, off)] == [
        "paused", "paused", "active", "active", "disabled",
    ]  # fmt: skip
    assert set(letters(":orphaned")) == {owner.email}


def test_a_program_reads_a_secret_within_an_hour_after_it_was_made(account, owner):
    endpoint = make_endpoint(account, actor=owner, now=NOW)
    assert endpoints.secret_of(endpoint, now=NOW + timedelta(hours=1)) == endpoint.secret
    with pytest.raises(EndpointRefused, match="within an hour"):
        endpoints.secret_of(endpoint, now=NOW + timedelta(hours=1, seconds=1))

    later = NOW + timedelta(days=3)
    endpoint = endpoints.rotate(endpoint_id=endpoint.pk, actor_id=owner.pk, now=later)
    assert endpoints.secret_of(endpoint, now=later) == endpoint.secret
    with pytest.raises(EndpointRefused):
        endpoints.secret_of(endpoint, now=later + timedelta(hours=2))


def test_a_postback_has_no_secret_to_be_too_late_for(account):
    endpoint = make_endpoint(account, kind="postback", url="https://t.example/?s={sale_ref}")
    assert endpoints.secret_of(endpoint, now=NOW + timedelta(days=9)) == ""
