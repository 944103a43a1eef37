"""A file is taken whole or refused with the line and the reason, as its schema says."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from fraud.evaluation.contents import scan
from fraud.evaluation.lines import EventRefused, read
from fraud.evaluation.schema import FILE, schema
from tests.fraud.evaluation import events

VALIDATOR = Draft202012Validator(schema())
GOOD = [
    events.affiliate(),
    {"type": "affiliate", "id": 7, "class": "offline"},
    events.click(),
    events.click(visitor=None, cookies=[], headers={}),
    events.beacon(),
    events.beacon(redirect_count=None, referrer=None, visible=None, activation_start=12.5),
    events.journey("channel", channel="direct"),
    events.journey("basket", items=2),
    events.journey("basket", items=[{"sku": "A"}]),
    events.journey("checkout"),
    events.order(),
    {"type": "order", "id": "o2", "ts": 1_780_000_000.5, "amount_minor": 0},
    events.returned(),
    events.affiliate(unheard_of=True),
]
BAD = [
    [],
    {"type": "visit"},
    {"id": "blog"},
    {"type": "affiliate", "class": "content"},
    {"type": "affiliate", "id": "blog"},
    events.affiliate(id=""),
    events.affiliate(id=True),
    events.affiliate(sites="https://blog.example"),
    events.affiliate(label="honest"),
    events.click(ts="2026-06-01"),
    events.click(ts=-1),
    events.click(ts=1_780_300_800_000),
    events.click(ts=True),
    events.click(headers=["referer"]),
    events.click(headers={"referer": None}),
    events.click(cookies=["session"]),
    events.click(datacentre="no"),
    events.click(landing=None),
    events.beacon(redirect_count=-1),
    events.beacon(visible="visible"),
    events.journey("left"),
    events.journey("channel"),
    events.journey("basket", items=-1),
    events.order(amount_minor=None),
    events.order(amount_minor=79.9),
    events.order(amount_minor=-1),
    events.order(customer="buyer@example.org"),
    events.order(code="X" * 65),
    events.returned(order=None),
]  # fmt: skip


@pytest.mark.parametrize("event", GOOD)
def test_what_the_schema_allows_is_read(event):
    VALIDATOR.validate(event)

    read(json.dumps(event), 1)


@pytest.mark.parametrize("event", BAD)
def test_what_the_schema_forbids_is_refused_with_its_line(event):
    assert not VALIDATOR.is_valid(event)

    with pytest.raises(EventRefused, match=r"^Line 3: "):
        read(json.dumps(event), 3)


def test_every_line_of_a_generated_set_keeps_to_the_schema():
    names = {"blogger", "influencer", "extension", "stuffer", "bots", "self", "bidder", "launderer"}

    for event in events.generated(names, clicks=30, affiliates=1):
        VALIDATOR.validate(event)


def test_the_label_is_no_part_of_an_event():
    for event in (events.affiliate(label="fraud"), events.order(label="fraud")):
        assert "fraud" not in repr(read(json.dumps(event), 1).event)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([events.affiliate(), "{"], "Line 2: this is not JSON."),
        ([events.affiliate(), events.affiliate()], "Line 2: affiliate blog was there before."),
        ([events.click()], "Line 1: there is no affiliate blog in the file."),
        ([events.affiliate(), events.beacon()], "Line 2: there is no click c1 in the file."),
        (
            [events.affiliate(), events.click(), events.click()],
            "Line 3: click c1 was there before.",
        ),
        ([events.order(click=None), events.order()], "Line 2: order o1 was there before."),
        ([events.order()], "Line 1: there is no click c1 in the file."),
        ([events.returned()], "Line 1: there is no order o1 in the file."),
    ],
)
def test_a_file_that_does_not_hold_together_is_refused(tmp_path, lines, message):
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines))

    with pytest.raises(EventRefused) as refusal:
        scan(path)

    assert str(refusal.value) == message


def test_lines_out_of_order_are_put_in_order(tmp_path):
    whole = [events.order(), events.affiliate(), events.beacon(), events.click()]
    contents, _labels = scan(events.written(tmp_path / "events.jsonl", whole))

    assert [type(event).__name__ for event in contents.events()] == [
        "ClickLine",
        "BeaconLine",
        "OrderLine",
    ]


def test_the_documentation_publishes_the_schema_that_holds():
    published = Path("docs/fraud-evaluation.schema.json").read_text()

    assert published == FILE.read_text()
