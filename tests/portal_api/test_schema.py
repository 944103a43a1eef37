"""The schema says what the API does: examples fit it, every operation is asked by it."""

from itertools import count

import jsonschema
import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from config.wsgi import application
from core.models import Scope
from portal.api.docs import document
from tests.portal_api.addresses import partner_reads, staff_reads

OPERATIONS = [
    (path, method, operation)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


def test_it_is_openapi_3_1_and_for_everybody(client):
    answer = client.get("/api/v1/schema.json")

    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json()["openapi"] == "3.1.0"
    assert len(OPERATIONS) >= 35


def test_every_operation_is_explained():
    for path, method, operation in OPERATIONS:
        where = f"{method} {path}"
        assert all(operation[said] for said in ("summary", "description", "tags")), where
        assert {"401", "403", "422", "429"} <= set(operation["responses"]), where
        (needed,) = operation["security"]
        assert set(needed["key"]) <= set(Scope.values), where
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                has = content.get("examples") or content["schema"].get("format") == "binary"
                assert has, (where, status)
        if "requestBody" in operation:
            assert operation["requestBody"]["content"]["application/json"]["examples"], where


def test_every_example_fits_its_schema():
    shapes = {"components": document()["components"]}
    number = 0
    for path, method, operation in OPERATIONS:
        parts = [*operation["responses"].values(), operation.get("requestBody", {})]
        for content in (one for part in parts for one in part.get("content", {}).values()):
            for example in content.get("examples", {}).values():
                jsonschema.Draft202012Validator(content["schema"] | shapes).validate(
                    example["value"]
                )
                number += 1
        assert number, (path, method)
    assert number > 150


def test_the_page_that_shows_it_has_no_inline_script(client):
    page = client.get("/api/v1/docs/")
    script = client.get("/api/v1/docs/?script=")

    assert page.status_code == script.status_code == 200
    assert b"<script>" not in page.content
    assert b"<style>" not in page.content
    assert b"/api/v1/schema.json" in script.content
    assert script["Content-Type"] == "application/javascript"


def test_that_page_alone_has_the_policy_of_what_cleans_its_markup(client):
    there, elsewhere = (
        client.get(address)["Content-Security-Policy"]
        for address in ("/api/v1/docs/", "/api/v1/schema.json")
    )

    assert "trusted-types default apport-looks dompurify" in there
    assert "require-trusted-types-for 'script'" in there
    assert "dompurify" not in elsewhere


def known_places(world):
    """Parameters of addresses at which there is something, by operation."""
    places = {}
    for name, (_scope, address, _more) in {**partner_reads(world), **staff_reads(world)}.items():
        value = address.split("/")[1] if "/" in address else None
        places[name] = value
    for name in ("update_link", "archive_link", "restore_link"):
        places[name] = world.link.code
    return places


@pytest.fixture
def one_connection():
    """What is asked sees the rows of the test: its connection is not closed between calls."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("who", ["ada", "sam", "nobody"])
def test_whatever_is_asked_the_answer_is_as_the_schema_says(request, world, settings, who):
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 10**6
    cache.clear()
    key = request.getfixturevalue(who).key if who != "nobody" else ""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    places, asked = known_places(world), 0
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema.json", application)
    for result in schema.get_all_operations():
        operation = result.ok()
        place = places.get(operation.definition.raw["operationId"])
        asking(operation, headers, place, most=8 if key else 2)()
        asked += 1
    assert asked == len(OPERATIONS)


def asking(operation, headers, place, *, most):
    """Return a function that asks ``operation`` what its schema allows; every other time there."""
    turns = count()

    @bounds(
        max_examples=most,
        phases=[Phase.generate],
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case):
        if case.path_parameters and place and next(turns) % 2:
            case.path_parameters = dict.fromkeys(case.path_parameters, place)
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    return ask
