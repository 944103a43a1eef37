"""Webhooks by the API: what is made there works like what is made on the pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from affiliates.models import Endpoint
from affiliates.services import endpoint_stops
from core.models import ApiCall, ApiKey, AuditEntry
from tests.affiliates.hook_world import Clock, Scripted, make_endpoint, told, turn
from tests.people import make_ada
from tests.portal_api.keys import Api, key_of

pytestmark = pytest.mark.django_db
NEW = {"name": "Till", "url": "https://hooks.example/a", "events": ["sale.tracked"]}


@pytest.fixture
def affiliate():
    return make_ada()


@pytest.fixture
def api(client, affiliate):
    return Api(client, key_of(affiliate))


def test_one_is_made_and_its_secret_is_read_apart(api, affiliate):
    answer = api.post("webhooks", NEW, **{"Idempotency-Key": "one"})

    row = Endpoint.objects.get()
    assert answer.status_code == 201
    assert answer["Location"].endswith(f"/api/v1/webhooks/{row.public_id}")
    said = answer.json()
    assert (said["kind"], said["method"], said["events"]) == ("webhook", "POST", ["sale.tracked"])
    assert said["status"]["code"] == "active"
    assert row.secret not in ApiCall.objects.get().body
    again = api.post("webhooks", NEW, **{"Idempotency-Key": "one"})
    assert again.json() == said
    assert Endpoint.objects.count() == 1

    secret = api.get(f"webhooks/{row.public_id}/secret")
    assert secret.json() == {"secret": row.secret, "both_until": None}
    assert secret["Cache-Control"] == "no-store"
    assert AuditEntry.objects.filter(verb="endpoint.secret_read").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"url": "http://hooks.example/"}, "url"), ({"url": "https://10.0.0.1/"}, "url"),
     ({"events": []}, "events"), ({"events": ["batch.sent"]}, "events"),
     ({"kind": "fax"}, "kind"), ({"secret": "mine"}, "secret")],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field(api, settings, change, field):
    settings.ON_THIS_MACHINE = False
    answer = api.post("webhooks", {**NEW, **change})
    assert answer.status_code == 422
    assert field in str(answer.json()["errors"])
    assert not Endpoint.objects.exists()


def test_what_is_not_sent_stays(api, affiliate):
    row = make_endpoint(affiliate, types=["sale.tracked", "payout.paid"])
    answer = api.patch(f"webhooks/{row.public_id}", {"name": "Two"})
    assert answer.json()["name"] == "Two"
    assert answer.json()["events"] == ["payout.paid", "sale.tracked"]
    assert api.patch(f"webhooks/{row.public_id}", {"events": []}).status_code == 422


def test_a_new_secret_signs_beside_the_old_one(api, affiliate):
    row = make_endpoint(affiliate)
    api.post(f"webhooks/{row.public_id}/rotate")
    said = api.get(f"webhooks/{row.public_id}/secret").json()
    assert said["secret"] != row.secret
    assert said["both_until"] is not None


def test_a_secret_is_read_within_an_hour_after_it_was_made(api, affiliate):
    row = make_endpoint(affiliate, now=timezone.now() - timedelta(minutes=61))

    late = api.get(f"webhooks/{row.public_id}/secret")
    assert (late.status_code, late.json()["code"]) == (409, "endpoint_refused")
    assert row.secret not in late.content.decode()
    assert not AuditEntry.objects.filter(verb="endpoint.secret_read").exists()

    api.post(f"webhooks/{row.public_id}/rotate")
    assert api.get(f"webhooks/{row.public_id}/secret").json()["secret"]


def test_what_a_key_made_is_paused_with_it(api, affiliate):
    api.post("webhooks", NEW)
    row = make_endpoint(affiliate)
    api.patch(f"webhooks/{row.public_id}", {"url": "https://two.example/"})
    kept = make_endpoint(affiliate)
    key = ApiKey.objects.get()
    assert Endpoint.objects.filter(key=key).count() == 2

    endpoint_stops.revoke_key(key_id=key.pk, actor_id=key.owner_id, now=timezone.now())

    assert list(Endpoint.objects.filter(status="active")) == [kept]


def test_what_was_sent_is_listed_and_narrowed(api, affiliate):
    row = make_endpoint(affiliate)
    told(row)
    turn(row, Scripted(200), Clock())
    told(row, 2)
    listed = api.get(f"webhooks/{row.public_id}/deliveries").json()["data"]
    assert [one["status"]["code"] for one in listed] == ["waiting", "taken"]
    taken = api.get(f"webhooks/{row.public_id}/deliveries?status=taken").json()["data"]
    assert [one["http_status"] for one in taken] == [200]


def test_acting_on_one(api, affiliate):
    row = make_endpoint(affiliate)
    one = f"webhooks/{row.public_id}"
    assert api.post(f"{one}/pause").json()["status"]["code"] == "paused"
    assert api.post(f"{one}/resume").json()["status"]["code"] == "active"
    assert api.post(f"{one}/test").json()["event"] == "ping"
    assert api.post(f"{one}/delete").status_code == 200
    assert api.get(one).status_code == 404
    assert api.get("webhooks").json()["data"] == []


def test_too_many_tries_a_minute_are_refused(api, affiliate, settings):
    settings.WEBHOOK_ASKS_PER_MINUTE = 1
    one = f"webhooks/{make_endpoint(affiliate).public_id}"
    assert api.post(f"{one}/test").status_code == 200
    refused = api.post(f"{one}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "asked_too_often")
    assert "Wait a minute" in refused.json()["detail"]
