"""What the Python client makes of answers, of arguments, of money and of webhooks."""

import hashlib
import hmac
import json
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from apport_client import BadSignature, Money, Unexpected, receive, types, verify
from apport_client import money as money_of_client
from apport_client.reading import read
from apport_client.writing import place, query_of, written

from affiliates.domain.sending import signature
from core import money
from portal.api.docs import document

SECRET = "whsec_test"
NOW = 1_767_225_600
BODY = b'{"id":"1","type":"ping"}'
SIGNED = "t=1767225600,v1=3040c79580e2e4df44f93e2d8d602bbf6be8fe84f0451fcfa7dec07dfbe7e1ca"
EVENT = {
    "id": "019aafc2-7b10-7c4e-9f35-3d1f6e1d2c3a",
    "type": "sale.approved",
    "created_at": "2026-06-15T08:30:05Z",
    "api_version": "2026-11-01",
    "data": {"sale": "S-1025", "commission_minor": 1250, "currency": "EUR"},
}


def examples():
    """Name and text of every answer that the schema shows; of lists, of what is in them."""
    for path, methods in document()["paths"].items():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                for form, content in answer.get("content", {}).items():
                    if status.startswith("2") and form == "application/json":
                        (shown,) = content["examples"].values()
                        name = content["schema"]["$ref"].rpartition("/")[2]
                        yield path, name, shown["value"]


# --- answers ---


def test_every_answer_that_the_schema_shows_is_read():
    number = 0
    for path, name, said in examples():
        is_list = "next_cursor" in said
        kind = getattr(types, name.removesuffix("List") if is_list else name)
        for one in said["data"] if is_list else [said]:
            value = read(kind, one)
            assert all(hasattr(value, field) for field in one), path
            number += 1
    assert number >= 45


def shown(name):
    return next(dict(said) for _path, one, said in examples() if one == name)


def test_values_have_their_types():
    sale = read(types.SaleDetail, shown("SaleDetail"))
    claim = read(types.ClaimDetail, shown("ClaimDetail"))

    assert sale.placed_at.tzinfo is not None
    assert isinstance(sale.earned, Money)
    assert isinstance(sale.lines, tuple)
    assert isinstance(sale, types.Sale)
    assert isinstance(claim.id, UUID)
    assert claim.ordered_on == date(2026, 6, 2)
    assert claim.created_at == datetime(2026, 6, 15, 10, tzinfo=UTC)
    with pytest.raises(FrozenInstanceError):
        claim.text = "Another"


def test_the_api_may_grow():
    said = shown("Webhook") | {"kind": "pigeon", "events": ["sale.sung"], "color": "blue"}
    said["status"] = said["status"] | {"icon": "wave"}

    webhook = read(types.Webhook, said)

    assert (webhook.kind, webhook.events) == ("pigeon", ("sale.sung",))
    assert not hasattr(webhook, "color")


def test_a_secret_is_not_shown_with_what_it_is_in():
    said = read(types.Secret, {"secret": "whsec_test", "both_until": None})

    assert said.secret == "whsec_test"
    assert "whsec" not in repr(said)


def test_what_may_be_none_may_be_missing():
    said = shown("Link")
    del said["promo_code"]

    assert read(types.Link, said).promo_code is None


@pytest.mark.parametrize(
    ("field", "value", "place_of_it"),
    [
        ("clicks", "4", "Link.clicks"),
        ("clicks", True, "Link.clicks"),
        ("clicks", 4.5, "Link.clicks"),
        ("clicks", None, "Link.clicks"),
        ("label", 4, "Link.label"),
        ("tags", "newsletter", "Link.tags"),
        ("tags", ["a", 4], "Link.tags[1]"),
        ("utm", [], "Link.utm"),
        ("utm", {"utm_source": 4}, "Link.utm['utm_source']"),
        ("earned", {"amount_minor": 1}, "Link.earned.currency"),
        ("earned", 100, "Link.earned"),
        ("created_at", "yesterday", "Link.created_at"),
        ("created_at", "2026-06-15T10:00:00", "Link.created_at"),
    ],
)
def test_what_is_not_as_the_schema_says_is_told_by_its_place(field, value, place_of_it):
    with pytest.raises(Unexpected) as raised:
        read(types.Link, shown("Link") | {field: value})

    assert str(raised.value).startswith(f"{place_of_it} ")


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [("ClaimDetail", "id", "4b9a"), ("ClaimDetail", "ordered_on", "June"),
     ("OrderDetail", "is_test", "false")],
)  # fmt: skip
def test_ids_days_and_flags_are_checked_too(name, field, value):
    with pytest.raises(Unexpected, match=field):
        read(getattr(types, name), shown(name) | {field: value})


@pytest.mark.parametrize("said", [None, [], "text", 4])
def test_an_answer_is_an_object(said):
    with pytest.raises(Unexpected):
        read(types.Link, said)


# --- what is sent ---


def test_bodies_are_json():
    body = types.ClaimInput(
        kind="missing",
        order_number="FR-1",
        ordered_on=date(2026, 6, 2),
        amount=Money(8900, "EUR"),
    )
    link = types.LinkInput(destination_url="https://shop.example/", tags=("a",), promo_code=None,
                           utm=types.UtmInput(utm_source="letter"))  # fmt: skip

    assert written(body) == {
        "kind": "missing",
        "order_number": "FR-1",
        "ordered_on": "2026-06-02",
        "amount": {"amount_minor": 8900, "currency": "EUR"},
    }
    assert written(link) == {
        "destination_url": "https://shop.example/",
        "tags": ["a"],
        "promo_code": None,
        "utm": {"utm_source": "letter"},
    }
    assert written({"a": UUID(int=1)}) == {"a": "00000000-0000-0000-0000-000000000001"}
    assert repr(body.text) == "UNSET"


def test_text_stays_text_where_a_list_is_wanted():
    assert written(types.LinkPatchInput(tags="abc")) == {"tags": "abc"}  # The API refuses it.


@pytest.mark.parametrize("value", [object(), 1.5, b"bytes", {1, 2}])
def test_what_no_body_holds_is_refused(value):
    with pytest.raises(TypeError):
        written({"a": value})


def test_parameters_are_text():
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    asked = {"since": moment, "costs": True, "limit": 5, "state": None, "q": "a b&c"}

    assert query_of(asked) == (
        "since=2026-06-01T00%3A00%3A00%2B00%3A00&costs=true&limit=5&q=a+b%26c"
    )


def test_a_moment_without_its_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        query_of({"since": datetime(2026, 6, 1)})  # noqa: DTZ001 That is the mistake.


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_part_of_an_address_names_something(value):
    with pytest.raises(ValueError, match="names nothing"):
        place(value)


# --- money ---


def test_money_adds_up_in_minor_units():
    assert Money(1250, "EUR") + Money(50, "EUR") == Money(1300, "EUR")
    assert Money(1250, "EUR") - Money(1300, "EUR") == -Money(50, "EUR")
    assert [str(Money(*one)) for one in ((1250, "EUR"), (1250, "JPY"), (-5, "TND"))] == [
        "12.50 EUR", "1250 JPY", "-0.005 TND",
    ]  # fmt: skip
    assert not Money(0, "EUR")
    assert Money(1250, "EUR").to_decimal() == Decimal("12.50")
    assert money_of_client.MINOR_DIGITS == money.MINOR_DIGITS


def test_money_is_never_rounded_or_mixed():
    assert Money.from_decimal(Decimal("12.5"), "EUR") == Money(1250, "EUR")
    with pytest.raises(ValueError, match="more decimals"):
        Money.from_decimal(Decimal("12.505"), "EUR")
    with pytest.raises(ValueError, match="cannot be put together"):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(ValueError, match="cannot be put together"):
        Money(1, "EUR") - Money(1, "USD")


# --- webhooks ---


def test_a_request_of_apport_is_believed():
    verify(BODY, SIGNED, SECRET, NOW)
    verify(BODY, SIGNED, [SECRET, "whsec_new"], NOW + 300)
    verify(BODY, SIGNED.replace(",", ", "), (SECRET,), NOW - 300)
    verify(BODY, signature(["whsec_new", SECRET], timestamp=NOW, body=BODY), SECRET, NOW)


@pytest.mark.parametrize(
    ("body", "header", "now"),
    [
        (BODY + b" ", SIGNED, NOW),
        (BODY, SIGNED, NOW + 301),
        (BODY, SIGNED, NOW - 301),
        (BODY, SIGNED.replace("1767225600", "1767225601"), NOW),
        (BODY, SIGNED.replace("v1=", "v0="), NOW),
        (BODY, "", NOW),
        (BODY, "t=1767225600", NOW),
        (BODY, "t=,v1=", NOW),
        (BODY, f"t=١٢,{SIGNED.partition(',')[2]}", NOW),
        (BODY, f"t={'9' * 5000},v1=00", NOW),
        (BODY, "t=1767225600,v1=é", NOW),
    ],
)
def test_any_other_request_is_not(body, header, now):
    with pytest.raises(BadSignature):
        verify(body, header, SECRET, now)


def test_another_secret_does_not_fit():
    with pytest.raises(BadSignature):
        verify(BODY, SIGNED, ["whsec_other", "whsec_new"], NOW)


@pytest.mark.parametrize("secrets", ["", [], [SECRET, ""]])
def test_there_is_no_check_without_a_secret(secrets):
    empty = hmac.new(b"", f"{NOW}.".encode() + BODY, hashlib.sha256).hexdigest()

    with pytest.raises(ValueError, match="secret"):
        verify(BODY, f"t={NOW},v1={empty}", secrets, NOW)


def test_the_clock_counts_when_no_time_is_given(time_machine):
    time_machine.move_to(datetime.fromtimestamp(NOW, UTC), tick=False)
    verify(BODY, SIGNED, SECRET)

    time_machine.shift(301)
    with pytest.raises(BadSignature):
        verify(BODY, SIGNED, SECRET)


def test_an_event_is_read_once_it_is_believed():
    body = json.dumps({**EVENT, "new": 1}).encode()
    header = signature([SECRET], timestamp=NOW, body=body)

    event = receive(body, header, SECRET, NOW)

    assert (event.id, event.type) == (UUID(EVENT["id"]), "sale.approved")
    assert event.created_at == datetime(2026, 6, 15, 8, 30, 5, tzinfo=UTC)
    assert event.data["commission_minor"] == 1250
    with pytest.raises(BadSignature):
        receive(body + b" ", header, SECRET, NOW)


@pytest.mark.parametrize("body", [b"no json", b"[]", b"{}", BODY])
def test_what_is_signed_and_no_event_is_told(body):
    with pytest.raises(Unexpected):
        receive(body, signature([SECRET], timestamp=NOW, body=body), SECRET, NOW)
