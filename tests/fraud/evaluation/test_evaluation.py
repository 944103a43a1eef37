"""Labelled events go through what judges real ones, and labels meet decisions only at the end."""

import json

import pytest
from jsonschema import Draft202012Validator

from affiliates.models import Affiliate
from fraud.evaluation.schema import schema
from tests.fraud.evaluation import events
from tests.undo import undone
from tracking.models import Click, JourneyEvent

pytestmark = pytest.mark.django_db
ANSWER = Draft202012Validator({**schema(), "$ref": "#/$defs/answer"})


def answer_of(tmp_path, *said):
    return events.judged(events.written(tmp_path / "events.jsonl", said))


def test_an_honest_order_is_paid(tmp_path):
    answer = answer_of(
        tmp_path,
        events.affiliate(), events.click(), events.beacon(), events.order(), events.returned(),
    )  # fmt: skip

    assert events.decisions(answer) == {"o1": "pay"}
    assert answer["affiliates"] == [{"affiliate": "blog", "decision": "pay", "signals": []}]
    assert answer["overall"] == {
        "orders": 1, "precision": None, "recall": None, "honest_refused": 0.0,
        "honest_touched": 0.0,
    }  # fmt: skip


def test_a_click_after_the_checkout_was_opened_is_seen(tmp_path):
    answer = answer_of(
        tmp_path,
        events.affiliate(),
        events.journey("basket", items=2),
        events.journey("checkout", ts=events.BEGINS - 300),
        events.click(), events.beacon(), events.order(),
    )  # fmt: skip

    assert events.decisions(answer)["o1"] in {"hold", "refuse"}
    assert "checkout_before_click" in events.codes(answer)


def test_the_purchase_of_an_affiliate_is_refused(tmp_path):
    own = {"email": "Blog@example.com", "address": "elsewhere"}
    answer = answer_of(
        tmp_path, events.affiliate(), events.click(), events.order(customer=own, label="fraud")
    )

    assert events.decisions(answer) == {"o1": "refuse"}
    assert answer["overall"]["recall"] == 1.0


def test_a_call_that_is_no_visit_earns_nothing(tmp_path):
    image = events.CHROMIUM | {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
    answer = answer_of(
        tmp_path, events.affiliate(), events.click(headers=image, cookies=[]), events.order()
    )

    assert events.decisions(answer) == {"o1": "refuse"}
    assert answer["orders"][0]["signals"] == [{"code": "not_a_visit", "level": "refuse"}]
    assert not Click.objects.exists()


def test_an_order_that_came_through_nobody_is_none_of_ours(tmp_path):
    answer = answer_of(tmp_path, events.affiliate(), events.order(click=None, visitor=None))

    assert events.decisions(answer) == {"o1": "pay"}


def test_what_the_servers_would_have_recorded_is_recorded(tmp_path):
    answer_of(
        tmp_path,
        events.affiliate(),
        events.journey("channel", channel="direct"),
        events.journey("page", url=f"{events.SHOP}/p/é?x=1"),
        events.click(cookies=["lax", "strict"], url=f"{events.SHOP}/c/blog?sub=june"),
        events.beacon(), events.order(),
    )  # fmt: skip

    [click] = Click.objects.all()
    [affiliate] = Affiliate.objects.all()
    assert (click.affiliate_id, click.navigation, click.sub_id) == (
        affiliate.pk,
        "followed",
        "june",
    )
    assert click.ip_hash is not None
    told = {(one.kind, one.visitor == click.visitor) for one in JourneyEvent.objects.all()}
    assert told == {("session_started", True), ("page_view", True), ("landing", True)}


def test_a_click_without_visitor_has_one_of_its_own(tmp_path):
    answer = answer_of(
        tmp_path,
        events.affiliate(), events.click(visitor=None), events.click("c2", visitor=None),
        events.order(visitor=None),
    )  # fmt: skip

    assert events.decisions(answer) == {"o1": "pay"}
    assert Click.objects.values("visitor").distinct().count() == 2


def test_ids_come_back_as_they_were_written(tmp_path):
    answer = answer_of(
        tmp_path,
        events.affiliate(7), events.click(affiliate=7), events.order(12),
    )  # fmt: skip

    assert answer["orders"][0]["order"] == 12
    assert answer["affiliates"][0]["affiliate"] == 7


def test_an_empty_file_has_an_answer(tmp_path):
    answer = answer_of(tmp_path)

    ANSWER.validate(answer)
    assert answer["orders"] == answer["affiliates"] == []


@pytest.mark.slow
def test_a_generated_set_is_judged_and_the_answer_keeps_to_the_schema(tmp_path):
    answer = answer_of(tmp_path, *events.generated({"blogger", "coupon", "extension"}))

    ANSWER.validate(json.loads(json.dumps(answer)))
    assert answer["overall"]["recall"] >= 0.9
    assert answer["overall"]["honest_refused"] in {None, 0.0}


@pytest.mark.slow
def test_labels_change_nothing_but_the_score(tmp_path):
    """The same events under other labels are judged the same, in a database of their own each."""
    said = events.generated({"blogger", "extension"}, clicks=40)
    swapped = [
        event | {"label": {"legit": "fraud"}.get(event["label"], "legit")}
        if "label" in event
        else event
        for event in said
    ]

    answers = []
    for name, whole in (("one", said), ("other", swapped)):
        (tmp_path / name).mkdir()
        with undone():
            answers.append(answer_of(tmp_path / name, *whole))

    one, other = answers
    assert one["orders"] == other["orders"]
    assert one["affiliates"] == other["affiliates"]
    assert one["overall"] != other["overall"]


@pytest.mark.slow
def test_without_session_facts_nobody_honest_is_refused(tmp_path):
    said = events.generated({"blogger", "newsletter", "coupon"}, known=0, clicks=120)

    answer = answer_of(tmp_path, *said)

    assert answer["overall"]["honest_refused"] == 0.0
