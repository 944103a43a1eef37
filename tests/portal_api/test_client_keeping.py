"""The Python client keeps what it was answered, and asks whether that still stands."""

import pytest
from apport_client import Client, Problem
from apport_client.keeping import LONGEST, Keeper

from tests.portal_api.scripted import KEY, LINK, Says, ScriptedApi


@pytest.fixture
def api():
    with ScriptedApi() as api:
        yield api


@pytest.fixture
def client(api):
    return Client(api.address, KEY, sleep=lambda _seconds: None)


def test_what_has_not_changed_is_not_sent_anew(api, client):
    api.script = [Says(LINK, headers={"ETag": '"one"'}), Says(b"", 304)]

    first, second, third = (client.links.get("a") for _ in range(3))

    assert first == second == third
    assert [call.headers.get("if-none-match") for call in api.heard] == [None, '"one"', '"one"']


def test_what_has_changed_is_what_is_kept(api, client):
    api.script = [
        Says(LINK, headers={"ETag": '"one"'}),
        Says({**LINK, "label": "Two"}, headers={"ETag": '"two"'}),
        Says(b"", 304),
    ]

    labels = [client.links.get("a").label for _ in range(3)]

    assert labels == [LINK["label"], "Two", "Two"]
    assert api.heard[-1].headers["if-none-match"] == '"two"'


def test_each_page_and_question_is_kept_by_itself(api, client):
    kept = {"ETag": '"page"'}
    api.script = [Says({"data": [LINK], "next_cursor": None}, headers=kept)]

    list(client.links.list(q="a"))
    list(client.links.list(q="b"))
    list(client.links.list(q="a"))

    assert [call.headers.get("if-none-match") for call in api.heard] == [None, None, '"page"']


def test_changes_ask_nothing_of_what_is_kept_nor_keep_anything(api, client):
    api.script = [Says(LINK, headers={"ETag": '"one"'})]

    client.links.get("a/archive")
    client.links.archive("a")
    client.links.get("a")

    assert [call.headers.get("if-none-match") for call in api.heard] == [None, None, None]


def test_an_answer_that_broke_off_is_asked_for_with_what_is_kept(api, client):
    api.script = [Says(LINK, headers={"ETag": '"one"'}), Says(status=0), Says(b"", 304)]

    assert client.links.get("a") == client.links.get("a")
    assert api.heard[-1].headers["if-none-match"] == '"one"'


@pytest.mark.parametrize("keep", [0, 1])
def test_no_more_is_kept_than_was_said(api, keep):
    client = Client(api.address, KEY, keep=keep)
    api.script = [Says(LINK, headers={"ETag": '"one"'})]

    for code in ("a", "b", "a", "a"):
        client.links.get(code)

    last = api.heard[-1].headers.get("if-none-match")
    assert last == ('"one"' if keep else None)
    assert api.heard[2].headers.get("if-none-match") is None


def test_what_nobody_is_to_keep_is_not_kept(api, client):
    api.script = [Says(LINK, headers={"ETag": '"one"', "Cache-Control": "private, no-store"})]

    client.links.get("a")
    client.links.get("a")

    assert api.heard[-1].headers.get("if-none-match") is None


def test_a_long_answer_is_not_kept():
    keeper = Keeper(10)

    keeper.keep("/sales", '"one"', b"x" * LONGEST)
    keeper.keep("/links", '"one"', b"x" * (LONGEST + 1))
    keeper.keep("/codes", None, b"x")

    assert keeper.find("/sales").etag == '"one"'
    assert keeper.find("/links") is keeper.find("/codes") is None


def test_a_304_that_nobody_asked_for_is_a_problem(api, client):
    api.script = [Says(b"", 304)]

    with pytest.raises(Problem) as raised:
        client.key.get()

    assert raised.value.status == 304
