"""Looks that are seen and tapped are counted, and nobody is in the counts."""

import json
from uuid import uuid4

import pytest

from influencers.models import LookCount, LookStatus
from tests.influencers.look_surface_world import make_look

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looks_today")]


def tell(client, said, **headers):
    body = said if isinstance(said, str) else json.dumps(said)
    return client.post("/looks/seen", body, content_type="text/plain", headers=headers)


def counted():
    rows = LookCount.objects.order_by("pk")
    return [(row.look_id, row.surface, row.act, str(row.slot_key)[:8], row.count) for row in rows]


def test_views_and_taps_are_counted_and_nobody_is_in_them(client, shop):
    look, other = make_look(), make_look()
    key = look.live.slots.first().key

    said = {"surface": "pdp", "views": [look.pk, other.pk], "taps": [[look.pk, str(key)]]}
    answer = tell(client, said)
    tell(client, {"surface": "pdp", "views": [look.pk]})

    assert (answer.status_code, answer.cookies) == (204, {})
    assert sorted(counted()) == sorted([
        (look.pk, "pdp", "view", "00000000", 2),
        (other.pk, "pdp", "view", "00000000", 1),
        (look.pk, "pdp", "tap", str(key)[:8], 1),
    ])  # fmt: skip
    assert {field.name for field in LookCount._meta.fields} == {
        "id", "look", "day", "surface", "act", "slot_key", "count",
    }  # fmt: skip


def test_what_cannot_be_counted_counts_nothing(client, shop):
    look, draft = make_look(), make_look(status=LookStatus.PAUSED)
    for said in (
        "", "[]", "{", "null", "5", "x" * 5_000,
        {"surface": "nowhere", "views": [look.pk]},
        {"surface": ["pdp"], "views": [look.pk]},
        {"surface": "pdp", "views": [0, -1]},
        {"surface": "pdp", "views": [2**70]},
        {"surface": "pdp", "views": ["1"]},
        {"surface": "pdp", "views": [True]},
        {"surface": "pdp", "views": 5},
        {"surface": "pdp", "taps": [[look.pk, "nonsense"]]},
        {"surface": "pdp", "taps": [[look.pk, str(uuid4())]]},
        {"surface": "pdp", "views": [draft.pk, 999_999]},
    ):  # fmt: skip
        assert tell(client, said).status_code == 204, said
    tell(client, {"surface": "pdp", "views": [look.pk]}, **{"User-Agent": "Googlebot/2.1"})
    assert client.get("/looks/seen").status_code == 405

    assert counted() == []
