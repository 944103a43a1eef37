"""The Python client calls: pages, limits, refusals, repeats, and where the key may go."""

import json
import logging
import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from apport_client import Client, FieldProblem, Problem, Unexpected, Unreachable
from apport_client.retrying import retry_after, wait_before
from apport_client.transport import Call

from tests.portal_api.scripted import KEY, LINK, Says, ScriptedApi, refusal


def page(*ids, cursor=None):
    return Says({"data": [{**LINK, "id": one} for one in ids], "next_cursor": cursor})


@pytest.fixture
def api():
    with ScriptedApi() as api:
        yield api


@pytest.fixture
def slept():
    """How long the client waited, in seconds, each time."""
    return []


@pytest.fixture
def client(api, slept):
    return Client(api.address, KEY, sleep=slept.append)


# --- lists ---


def test_a_list_asks_for_its_next_page_when_it_is_needed(api, client):
    api.script = [page("a", "b", cursor="one"), page("c", cursor="two"), page("d")]

    links = iter(client.links.list(q="spring", page_size=2))
    assert api.heard == []
    assert [next(links).id, next(links).id] == ["a", "b"]
    assert len(api.heard) == 1
    assert [link.id for link in links] == ["c", "d"]

    asked = {"q": "spring", "limit": "2"}
    assert [call.query for call in api.heard] == [
        asked,
        {**asked, "cursor": "one"},
        {**asked, "cursor": "two"},
    ]


def test_each_walk_begins_anew_and_pages_can_be_kept(api, client):
    api.script = [page("a", cursor="one"), page("b"), page("a", cursor="one"), page("b")]
    links = client.links.list()

    assert [link.id for link in links] == ["a", "b"]
    (kept, _last) = links.pages()
    assert ([link.id for link in kept.data], kept.next_cursor) == (["a"], "one")
    assert [link.id for link in client.links.list(cursor=kept.next_cursor)] == ["b"]
    assert api.heard[-1].query == {"limit": "100", "cursor": "one"}


def test_the_first_of_a_list_is_one_call(api, client):
    api.script = [page("a", cursor="one"), page()]

    assert client.links.list().first().id == "a"
    assert client.links.list().first() is None
    assert len(api.heard) == 2


def test_a_page_that_leads_to_itself_ends_the_walk(api, client):
    api.script = [page("a", cursor="one")]

    with pytest.raises(Unexpected):
        list(client.links.list())

    assert len(api.heard) == 2


# --- limits and other refusals that pass ---


def test_after_429_it_goes_on_when_it_is_told_to(api, client, slept):
    api.script = [refusal(429, **{"Retry-After": "7"}), Says(LINK)]

    assert client.links.get("spring-letter").id == LINK["id"]

    assert slept == [7.0]
    assert len(api.heard) == 2


def test_it_gives_up_after_so_many_attempts(api, slept):
    api.script = [refusal(429, "too_many_requests", **{"Retry-After": "3"})]

    with pytest.raises(Problem) as raised:
        Client(api.address, KEY, retries=2, sleep=slept.append).key.get()

    assert (raised.value.status, raised.value.code) == (429, "too_many_requests")
    assert raised.value.retry_after == 3.0
    assert (slept, len(api.heard)) == ([3.0, 3.0], 3)


def test_nobody_waits_for_an_hour(api, client, slept):
    api.script = [refusal(503, **{"Retry-After": "3600"})]

    with pytest.raises(Problem):
        client.key.get()

    assert (slept, len(api.heard)) == ([], 1)


def test_without_a_word_about_it_it_waits_longer_each_time(api, client, slept):
    api.script = [Says(b"<h1>Bad gateway</h1>", 502), refusal(503), Says(b"", 504), Says(LINK)]

    client.links.get("spring-letter")

    bounds = [(0.25, 0.5), (0.5, 1.0), (1.0, 2.0)]
    assert all(low <= one <= high for one, (low, high) in zip(slept, bounds, strict=True))
    assert wait_before(99, Unreachable("")) <= 30


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 415, 422, 500])
def test_what_does_not_pass_is_not_tried_again(api, client, status):
    api.script = [refusal(status)]

    with pytest.raises(Problem):
        client.links.archive("spring-letter")

    assert len(api.heard) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("", None), ("0", 0.0), (" 34 ", 34.0), ("soon", None), ("-3", None),
        ("Mon, 15 Jun 2026 10:00:30 GMT", 30.0), ("Mon, 15 Jun 2026 09:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(header, seconds):
    assert retry_after(header, datetime(2026, 6, 15, 10, tzinfo=UTC)) == seconds


# --- problems ---


def test_a_problem_has_all_that_the_answer_says(api, client):
    said = {"code": "invalid_request", "detail": "label: Too long."}
    errors = [{"field": "label", "detail": "Too long."}]
    api.script = [Says({**said, "errors": errors}, 422, {"X-Request-ID": "b0a7"})]

    with pytest.raises(Problem) as raised:
        client.links.update("spring-letter", label="x" * 81)

    problem = raised.value
    assert (problem.status, problem.code, problem.detail) == (422, *said.values())
    assert problem.errors == (FieldProblem("label", "Too long."),)
    assert problem.request_id == "b0a7"
    assert str(problem) == "label: Too long. (422 invalid_request, request b0a7)"
    assert str(pickle.loads(pickle.dumps(problem))) == str(problem)


@pytest.mark.parametrize("body", [b"", b"<h1>Oops</h1>", b"[]", b'{"code": 4}'])
def test_whoever_else_refuses_is_a_problem_too(api, client, body):
    api.script = [Says(body, 500)]

    with pytest.raises(Problem) as raised:
        client.key.get()

    assert (raised.value.status, raised.value.code) == (500, "http_500")


def test_an_answer_that_is_none_of_the_apis_is_told(api, client):
    api.script = [Says(b"<h1>Welcome to this network</h1>")]
    with pytest.raises(Unexpected):
        client.key.get()

    api.script = [Says({"links": []})]
    with pytest.raises(Unexpected):
        list(client.links.list())


# --- changes: one effect ---


def test_the_repeats_of_a_change_are_the_same_call(api, client, slept):
    in_flight = refusal(409, "idempotency_in_flight", **{"Retry-After": "1"})
    api.script = [Says(status=0), refusal(503), in_flight, Says(LINK, 201)]

    link = client.links.create(destination_url="https://shop.example/new", tags=["a"])

    assert link.id == LINK["id"]
    assert slept[-1] == 1.0
    first, *repeats = [replace(call, headers={}) for call in api.heard]
    assert repeats == [first] * 3
    assert json.loads(first.body) == {"destination_url": "https://shop.example/new", "tags": ["a"]}
    assert len({call.headers["idempotency-key"] for call in api.heard}) == 1


def test_each_change_has_a_key_of_its_own_unless_given(api, client):
    api.script = [Says(LINK)]

    client.links.archive("a")
    client.links.update("a", label="Two")
    client.links.restore("a", idempotency_key="night-of-15-june")
    client.links.get("a")

    keys = [call.headers.get("idempotency-key") for call in api.heard]
    assert len(set(keys)) == 4
    assert keys[2:] == ["night-of-15-june", None]
    assert [call.method for call in api.heard] == ["POST", "PATCH", "POST", "GET"]


def test_a_change_without_a_key_is_never_repeated(api, client):
    api.script = [refusal(503, **{"Retry-After": "0"}), Says(LINK)]

    with pytest.raises(Problem):
        client.links._transport.send(Call("POST", "/links", body=b"{}"))

    assert len(api.heard) == 1


def test_what_is_not_said_is_not_sent_and_none_is(api, client):
    api.script = [Says(LINK)]

    client.links.update("a b/c", promo_code=None, expires_at=datetime(2026, 7, 1, tzinfo=UTC))

    (call,) = api.heard
    assert json.loads(call.body) == {"promo_code": None, "expires_at": "2026-07-01T00:00:00+00:00"}
    assert call.path == "/api/v1/links/a%20b%2Fc"
    assert call.headers["content-type"] == "application/json"


# --- no answer ---


def test_a_connection_that_breaks_is_made_again(api, client, slept):
    api.script = [Says(status=0), Says(status=0), Says(LINK)]

    assert client.links.get("a").id == LINK["id"]
    assert len(slept) == 2


def test_nobody_there_is_told_with_the_address(slept):
    with ScriptedApi() as api:
        address = api.address

    with pytest.raises(Unreachable) as raised:
        Client(address, KEY, retries=1, sleep=slept.append).key.get()

    assert str(raised.value).startswith(f"{address} does not answer: ")
    assert len(slept) == 1


def test_it_does_not_wait_for_ever(api, slept):
    api.script = [Says(LINK, after=1)]

    with pytest.raises(Unreachable):
        Client(api.address, KEY, timeout=0.1, retries=0, sleep=slept.append).key.get()


def test_a_certificate_that_is_not_trusted_stays_so():
    assert wait_before(2, Unreachable("self-signed certificate", may_pass=False)) is None


# --- the key ---


def test_the_key_follows_no_redirect(api, client):
    with ScriptedApi() as elsewhere:
        elsewhere.script = [Says(LINK)]
        for status in (301, 302, 307, 308):
            api.script = [Says(b"", status, {"Location": f"{elsewhere.address}/api/v1/key"})]
            with pytest.raises(Problem) as raised:
                client.key.get()
            assert raised.value.status == status

    assert elsewhere.heard == []
    assert api.heard[0].headers["authorization"] == f"Bearer {KEY}"


def test_the_key_is_in_no_log_message_or_repr(api, client, caplog):
    caplog.set_level(logging.DEBUG)
    api.script = [Says(status=0), refusal(401)]

    with pytest.raises(Problem) as raised:
        client.sales.list(promo_code="ADA10").first()

    said = [caplog.text, str(raised.value), repr(raised.value), repr(client), str(vars(client))]
    assert "/sales: no answer; again in" in caplog.text
    assert not any("very-secret" in one or "ADA10" in one for one in said)


@pytest.mark.parametrize(
    "address",
    [
        "", "partners.example.com", "http://partners.example.com", "ftp://partners.example.com",
        "https://", "https://ada@partners.example.com", "https://partners.example.com?a=b",
        "file:///etc/passwd",
    ],
)  # fmt: skip
def test_the_key_goes_to_https_alone(address):
    with pytest.raises(ValueError, match="https"):
        Client(address, KEY)


def test_the_address_may_have_its_end():
    for address in ("https://a.example", "https://a.example/", "https://a.example/api/v1/"):
        assert repr(Client(address, KEY)) == "Client('https://a.example')"


@pytest.mark.parametrize("key", ["", " ", "ap_live_secret\nX: y", "ap_live secret", "ap_live_é"])
def test_what_cannot_be_a_key_is_refused_without_repeating_it(key):
    with pytest.raises(ValueError, match="ap_live_…") as raised:
        Client("https://partners.example.com", key)

    assert "secret" not in str(raised.value)


def test_the_environment_must_say_both(monkeypatch):
    monkeypatch.setenv("APPORT", "https://partners.example.com")
    monkeypatch.delenv("APPORT_KEY", raising=False)

    with pytest.raises(ValueError, match="APPORT_KEY"):
        Client.from_environment()


def test_sentences_come_in_the_language_that_is_wanted(api):
    api.script = [Says(LINK)]

    Client(api.address, KEY).links.get("a")
    Client(api.address, KEY, language="fr").links.get("a")

    assert [call.headers.get("accept-language") for call in api.heard] == [None, "fr"]
    assert api.heard[0].headers["user-agent"].startswith("apport-client-python/")
