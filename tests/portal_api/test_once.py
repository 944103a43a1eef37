"""The same Idempotency-Key: one effect, one answer, for a day."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import get_resolver
from django.utils.timezone import localdate

from core import api_calls
from core.api_calls import KEPT, STOPPED
from core.models import ApiCall, ApiKey, Scope
from payouts.models import Claim
from portal.api import links
from tests.builders import NOW, make_shop
from tests.people import make_ada
from tests.portal_api.keys import Api, key_of
from tests.races.threads import at_once, raised
from tracking.models import Link

PAGE = {"destination_url": "https://shop.example/new", "label": "New"}
KEY = {"idempotency_key": "a5c1"}


def test_a_repeat_gets_the_first_answer_and_does_nothing(world, ada):
    first = ada.post("links", PAGE, **KEY)
    Link.objects.filter(code=first.json()["id"]).update(label="Changed since")
    again = ada.post("links", PAGE, **KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Link.objects.filter(destination_url=PAGE["destination_url"]).count() == 1


def test_another_request_with_the_same_key_is_refused(world, ada):
    ada.post("links", PAGE, **KEY)

    for answer in (
        ada.post("links", PAGE | {"label": "Other"}, **KEY),
        ada.post("claims", {"kind": "missing", "order_number": "1", "ordered_on": "2026-06-01"},
                 **KEY),
    ):  # fmt: skip
        assert answer.status_code == 422
        assert answer.json()["code"] == "idempotency_key_reused"
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Claim.objects.filter(order_number="1").exists()


def test_a_key_is_that_of_one_api_key(world, ada, client, time_machine_at):
    other = Api(client, key_of(world.ada))

    first = ada.post("links", PAGE, **KEY)
    with time_machine_at(1):
        second = other.post("links", PAGE, **KEY)

    assert "Idempotent-Replayed" not in second
    assert (first.status_code, second.status_code) == (201, 200)  # The live link is the same.


def test_a_refusal_is_an_answer_too(world, ada):
    claim = {"kind": "declined", "order_number": f"S-{world.pending.credit_id}",
             "ordered_on": "2026-06-01", "text": "Why?"}  # fmt: skip

    first, again = ada.post("claims", claim, **KEY), ada.post("claims", claim, **KEY)

    assert (first.status_code, again.status_code) == (409, 409)
    assert first["Content-Type"] == again["Content-Type"] == "application/problem+json"
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"


def test_a_request_that_is_malformed_uses_up_no_key(world, ada):
    assert ada.post("links", PAGE | {"lable": "typo"}, **KEY).status_code == 422
    assert ada.post("links", PAGE, **KEY).status_code == 201


def test_a_day_later_the_key_is_a_new_one(world, ada, time_machine_at):
    first = ada.post("links", PAGE, **KEY)

    with time_machine_at(KEPT.total_seconds()):
        again = ada.post("links", PAGE, **KEY)

    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotent-Replayed" not in again


def test_what_is_still_running_is_not_begun_again(world, ada, payday):
    call = {"api_key": ApiKey.objects.latest("pk"), "idempotency_key": "a5c1"}
    answer = ada.post("links", PAGE, **KEY)
    ApiCall.objects.filter(**call).update(finished_at=None, status=None)

    running = ada.post("links", PAGE, **KEY)

    assert answer.status_code == 201
    assert (running.status_code, running.json()["code"]) == (409, "idempotency_in_flight")
    assert running["Retry-After"] == "1"


def test_what_was_stopped_half_way_is_taken_over(world, ada, payday):
    ada.post("links", PAGE, **KEY)
    Link.objects.filter(destination_url=PAGE["destination_url"]).delete()
    ApiCall.objects.update(finished_at=None, status=None, started_at=payday - STOPPED)

    again = ada.post("links", PAGE, **KEY)

    assert again.status_code == 201
    assert ApiCall.objects.get().status == 201


def test_a_call_that_breaks_leaves_nothing_and_can_be_made_again(world, ada, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(links.OfLinks, "row", lambda _self, _link: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            ada.post("links", PAGE, **KEY)
    assert not ApiCall.objects.exists()
    assert not Link.objects.filter(destination_url=PAGE["destination_url"]).exists()

    assert ada.post("links", PAGE, **KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_an_impossible_key_is_said(world, ada, key):
    answer = ada.post("links", PAGE, idempotency_key=key)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_old_calls_are_purged(world, ada, payday):
    ada.post("links", PAGE, **KEY)

    assert api_calls.purge(now=payday + KEPT - timedelta(seconds=1)) == 0
    assert api_calls.purge(now=payday + KEPT) == 1


def test_every_operation_that_changes_something_is_safe_to_repeat():
    methods = [
        (route.name, getattr(route.callback.cls, name))
        for route in get_resolver("portal.api.urls").url_patterns
        if hasattr(route.callback, "cls")
        for name in ("post", "patch", "put", "delete")
        if hasattr(route.callback.cls, name)
    ]

    assert len(methods) >= 5
    assert [name for name, method in methods if not getattr(method, "is_once", False)] == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_have_one_effect(client):
    cache.clear()
    make_shop()
    ada = make_ada()
    text = key_of(ada, scopes=[Scope.WRITE_CLAIMS], now=NOW, days=700)
    claim = {"kind": "missing", "order_number": "FR-1", "ordered_on": str(localdate())}

    def step(_number):
        return Api(client.__class__(), text).post("claims", claim, **KEY)

    answers = at_once(4, step)

    assert raised(answers) == []
    assert Claim.objects.count() == 1
    assert ApiCall.objects.count() == 1
    statuses = [answer.status_code for answer in answers]
    done = [answer for answer in answers if answer.json().get("code") != "idempotency_in_flight"]
    assert len({answer.content for answer in done}) == 1, statuses
    assert sum("Idempotent-Replayed" not in answer for answer in done) == 1
