"""Rules of webhooks and postbacks: macros, signatures, attempts, and the catalogue of events."""

import hashlib
import hmac
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from affiliates.domain import postbacks, sending
from affiliates.domain.event_types import (
    EVENT_TYPES,
    PING,
    Audience,
    example_of,
    schema_of,
    types_for,
)
from affiliates.domain.sending import Outcome
from tests.builders import NOW

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "webhooks.md"
SALE = example_of("sale.approved")


# --- postbacks -------------------------------------------------------------------------


def test_each_macro_is_filled_and_percent_encoded():
    body = {**SALE, "data": {**SALE["data"], "sub1": "a b&c=d/é{code}", "commission_minor": -5}}
    template = "https://t.example/p?" + "&".join(f"{m}={{{m}}}" for m in postbacks.MACROS)

    filled = postbacks.fill(template, body)

    assert "{" not in filled.replace("%7B", "")
    assert parse_qs(urlsplit(filled).query, keep_blank_values=True) == {
        "sale_ref": ["S-1025"], "status": ["pending"], "commission": ["-0.05"],
        "commission_minor": ["-5"], "currency": ["EUR"], "basket": ["89.90"],
        "sub1": ["a b&c=d/é{code}"], "link": ["spring"], "code": [""],
        "at": ["2026-11-23T08:30:00Z"], "event": ["sale.approved"], "event_id": [body["id"]],
    }  # fmt: skip


def test_amounts_of_currencies_without_cents_are_whole():
    body = {**SALE, "data": {**SALE["data"], "currency": "JPY", "commission_minor": 1250}}
    assert postbacks.fill("https://t.example/?a={commission}", body) == "https://t.example/?a=1250"


def test_payouts_fill_the_commission_with_their_amount_and_leave_the_rest_empty():
    filled = postbacks.fill(
        "https://t.example/{event}?c={commission}&m={commission_minor}&s={sale_ref}&b={basket}",
        example_of("payout.paid"),
    )
    assert filled == "https://t.example/payout.paid?c=482.10&m=48210&s=&b="


@pytest.mark.parametrize(
    ("template", "unknown"),
    [
        ("https://t.example/?x={visitor}", "{visitor}"),
        ("https://t.example/?x={}", "{}"),
        ("https://t.example/?x={ code }", "{ code }"),
        ("https://{code}.example/", "{code}"),
        ("https://t.example{code}/", "{code}"),
        ("{code}://t.example/", "{code}"),
        ("https://t.example/?x={code", "{"),
        ("https://t.example/?x=code}", "}"),
        ("https://t.example/?x={{code}}", "{"),
    ],
)
def test_what_nothing_fills_or_would_choose_the_host_is_refused(template, unknown):
    with pytest.raises(postbacks.UnknownMacro) as refusal:
        postbacks.check(template)
    assert refusal.value.unknown == unknown


@given(st.text(max_size=60))
def test_no_value_ever_leaves_its_place(value):
    body = {**SALE, "data": {**SALE["data"], "sub1": value}}
    filled = postbacks.fill("https://t.example/p/{sub1}/end?a={sub1}&b=1", body)
    parts = urlsplit(filled)
    assert parts.netloc == "t.example"
    assert parts.path.endswith("/end")
    assert parse_qs(parts.query, keep_blank_values=True, encoding="utf-8")["b"] == ["1"]


# --- signatures ------------------------------------------------------------------------


def test_the_signature_is_the_published_vector():
    """The vector of the guide: whoever checks signatures can check their own code with it."""
    body = b'{"id":"1","type":"ping"}'
    signed = sending.signature(["whsec_test"], timestamp=1_767_225_600, body=body)

    right = hmac.new(b"whsec_test", b"1767225600." + body, hashlib.sha256).hexdigest()
    assert signed == f"t=1767225600,v1={right}"
    assert signed in GUIDE.read_text()


def test_two_secrets_sign_side_by_side_the_newest_first():
    one, two = (sending.signature([key], timestamp=1, body=b"x") for key in ("new", "old"))
    both = sending.signature(["new", "old"], timestamp=1, body=b"x")
    assert both == f"{one},{two.removeprefix('t=1,')}"


# --- attempts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, Outcome.TAKEN), (204, Outcome.TAKEN), (299, Outcome.TAKEN), (0, Outcome.FAILED),
     (301, Outcome.FAILED), (308, Outcome.FAILED), (400, Outcome.FAILED), (404, Outcome.FAILED),
     (429, Outcome.FAILED), (500, Outcome.FAILED), (410, Outcome.GONE)],
)  # fmt: skip
def test_what_an_answer_means(status, outcome):
    assert sending.outcome_of(status) == outcome


def test_waits_double_and_end_at_twelve_hours():
    rule = [30 * 2**n for n in range(11)] + [43_200] * 9
    for number, seconds in enumerate(rule, start=1):
        wait = sending.retry_wait(number, seed="7").total_seconds()
        assert 0.8 * seconds <= wait <= 1.2 * seconds


@given(st.integers(1, 10_000), st.text())
def test_waits_are_the_same_for_the_same_and_never_too_far_from_their_rule(attempts, seed):
    wait = sending.retry_wait(attempts, seed=seed)
    assert wait == sending.retry_wait(attempts, seed=seed)
    assert timedelta(seconds=24) <= wait <= timedelta(hours=14.4)


def test_waits_of_what_failed_together_come_apart():
    assert len({sending.retry_wait(5, seed=str(number)) for number in range(100)}) > 90


def test_a_delivery_is_tried_some_fifteen_times_in_three_days():
    at, attempts = NOW, 0
    while not sending.is_given_up(NOW, at):
        attempts += 1
        at += sending.retry_wait(attempts, seed="1")
    assert 13 <= attempts <= 18


def test_an_endpoint_rests_longer_and_longer_and_is_dead_before_three_days():
    spent = sum((sending.rest_after(number) for number in range(1, 20)), timedelta())
    assert sending.rest_after(1) == timedelta(seconds=30)
    assert sending.rest_after(19) == timedelta(hours=4)
    assert timedelta(days=1) < spent < timedelta(days=3)


@pytest.mark.parametrize(
    ("failures", "days", "is_dead"),
    [(1, 0, False), (19, 2.9, False), (20, 0, True), (2, 3, True)],
)
def test_when_nothing_is_sent_any_more(failures, days, is_dead):
    assert sending.is_dead(failures, NOW - timedelta(days=days), NOW) is is_dead


# --- the catalogue ---------------------------------------------------------------------


@pytest.mark.parametrize("name", [*EVENT_TYPES, PING])
def test_every_example_keeps_to_its_schema(name):
    Draft202012Validator.check_schema(schema_of(name))
    Draft202012Validator(
        schema_of(name), format_checker=Draft202012Validator.FORMAT_CHECKER
    ).validate(example_of(name))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_amounts_have_a_currency_and_nothing_is_called_a_cost_or_a_margin(name):
    fields = EVENT_TYPES[name].fields
    if any(field.endswith("_minor") for field in fields):
        assert "currency" in fields
    assert not re.search("cost|margin|visitor|customer|email|signal|family", " ".join(fields))


def test_no_type_is_for_both_audiences_and_all_fit_their_column():
    theirs, ours = types_for(Audience.AFFILIATE), types_for(Audience.PROGRAMME)
    assert not set(theirs) & set(ours)
    assert all(len(name) <= 40 for name in EVENT_TYPES)


def test_the_guide_names_every_event_and_every_macro():
    text = GUIDE.read_text()
    assert [name for name in EVENT_TYPES if f"`{name}`" not in text] == []
    assert [name for name in postbacks.MACROS if f"`{{{name}}}`" not in text] == []
