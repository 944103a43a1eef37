"""Logs: one object a line, findable by request, and nobody's data in any of them."""

import io
import json
import logging
import re
import timeit
from functools import partial
from pathlib import Path

import pytest
from django.db import IntegrityError

from config import logs
from core import request_ids
from core.redaction import redacted
from tests.builders import make_user

ROOT = Path(__file__).parent.parent.parent
PERSONAL = {
    "an e-mail address": "ines.martin+shop@mail.example.fr",
    "an IPv4 address": "81.2.69.160",
    "an IPv6 address": "2001:db8:85a3::8a2e:370:7334",
    "an IBAN": "FR7630006000011234567890189",
    "an IBAN in groups": "FR76 3000 6000 0112 3456 7890 189",
    "a telephone number": "+33 6 12 34 56 78",
    "a key of Stripe": "sk_live_51HxYzAbCdEf",
    "a secret of a webhook": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "a token": "Xy3kd92mDnaLq0PzvW8RtB1sUeYc",
    "a session": "0123456789abcdef0123456789abcdef",
}
QUOTED = {
    "from [2001:db8::8a2e:370:7334]:443": "8a2e",
    "mail to <ines@example.fr>.": "ines@",
    "'ines@example.fr'": "ines",
    "2001:db8::1.": "db8",
    "duplicate key value\nDETAIL:  Key (email)=(a@b.example) already exists.": "a@b.example",
    "DETAIL:  Key (name, shop)=(Inès Martin, 4) already exists.": "Martin",
    "DETAIL:  Failing row contains (7, Inès Martin, (x), 2026).": "Martin",
    "postgresql://apport:hunter2@db/apport": "hunter2",
    "Authorization: Bearer abc": "abc",
    "Cookie: sessionid=zzz9": "zzz9",
    "password='hunter2'": "hunter2",
    '{"secret": "hunter2"}': "hunter2",
    "GET /account/password/reset/key/3-c7a1-0f0e0d0c0b0a09080706050403020100/": "0f0e0d0c",
    "ap_ref=Ab1Cd2Ef3Gh4Ij5Kl6Mn7O": "Ab1Cd2",
}
KEPT = (
    "Payout AP0000000012 was sent",
    "12:30:45 and 2026-11-23T08:51:43",
    "PostgreSQL 18.6.3, version 1.2.3",
    "payouts.services.stripe_runs",
    "Batch 2026-11-A does not begin: test_of_something_with_a_long_name_in_it",
    "Spool file edge1-4711-1763887903602000000.spool: vanished after 8192 bytes were shipped",
    "0b8f4c2e-5a51-4a3a-9d0e-6a7b8c9d0e1f",
    "line 42, in answer_at",
)


def written(kind, emit):
    """What one logger writes through the handler that settings make."""
    made = logs.configuration(kind, "INFO")
    formatter = {"json": logs.Json, "text": logs.Text}[made["handlers"]["console"]["formatter"]]()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        emit()
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    return stream.getvalue()


def loggers_in_the_sources():
    """The name of every logger that our sources make, and those of the libraries that log."""
    found = {
        "django.request",
        "django.security.DisallowedHost",
        "django.db.backends",
        "celery.task",
    }
    for app in ("affiliates", "config", "core", "experiments", "fraud", "influencers", "payouts",
                "portal", "shop", "tracking"):  # fmt: skip
        for path in (ROOT / app).rglob("*.py"):
            if re.search(r"getLogger\(__name__\)", path.read_text()):
                found.add(path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."))
    return sorted(found)


@pytest.mark.parametrize("kind", logs.FORMATS)
@pytest.mark.parametrize("name", loggers_in_the_sources())
def test_no_logger_writes_anybodys_data(name, kind):
    logger = logging.getLogger(name)
    level, logger.level = logger.level, logging.INFO

    def emit():
        for what, value in PERSONAL.items():
            logger.error("It was %s: %s", what, value)
            logger.error("In an object: %s", {"value": value})
            try:
                raise ValueError(f"about {value}")
            except ValueError:
                logger.exception("Raised with %s", value)

    try:
        said = written(kind, emit)
    finally:
        logger.level = level
    assert said.count("It was") == len(PERSONAL)
    for what, value in PERSONAL.items():
        assert value not in said, what
        assert value.replace(" ", "") not in said.replace(" ", ""), what


@pytest.mark.parametrize(("text", "secret"), QUOTED.items())
def test_what_is_quoted_of_rows_and_headers_is_taken_out(text, secret):
    assert secret not in redacted(text)


@pytest.mark.parametrize("piece", [":", "a@", "a.", "1.", "A1", "aA1", "+1 ", "://a:", "Key (a)=("])
def test_a_stranger_keeps_nobody_busy_with_what_is_logged(piece):
    """Whoever asks for an address has it logged: eight times the text may take a bit more than
    eight times as long, and no 512 times."""
    short, long = piece * 250, piece * 2_000
    redacted(long)

    took = [
        min(timeit.repeat(partial(redacted, text), number=1, repeat=5)) for text in (short, long)
    ]

    assert took[1] < 100 * took[0] + 0.005


def test_of_a_long_text_both_ends_are_logged():
    said = redacted("begin " + "x" * 50_000 + " end")

    assert said.startswith("begin")
    assert said.endswith("end")
    assert len(said) < 20_100


@pytest.mark.parametrize("text", KEPT)
def test_what_is_nobodys_stays_readable(text):
    assert redacted(text) == text


def test_a_line_is_an_object_with_the_number_of_its_request():
    token = request_ids._current.set("ab" * 16)
    try:
        line = written("json", lambda: logging.getLogger("portal.x").warning("Went %s.", "wrong"))
    finally:
        request_ids._current.reset(token)
    said = json.loads(line)
    assert said["request_id"] == "ab" * 16
    assert (said["level"], said["logger"], said["event"]) == ("WARNING", "portal.x", "Went wrong.")
    assert said["time"].endswith("+00:00")
    assert "exception" not in said


def test_a_line_stays_a_line_whatever_is_in_it():
    def emit():
        try:
            raise IntegrityError("first\nsecond \u2028 third")
        except IntegrityError:
            logging.getLogger("portal.x").exception("One\ntwo")

    said = written("json", emit)
    assert said.count("\n") == 1
    assert "IntegrityError" in json.loads(said)["exception"]


def test_text_for_a_person_names_the_request_too():
    token = request_ids._current.set("cd" * 16)
    try:
        line = written("text", lambda: logging.getLogger("portal.x").error("Oh."))
    finally:
        request_ids._current.reset(token)
    assert line == f"ERROR portal.x [{'cd' * 16}]: Oh.\n"


@pytest.mark.django_db
def test_each_request_is_a_line_without_address_or_query(browse):
    client = browse(make_user(email="ines.martin@mail.example"))
    logger = logging.getLogger("portal.requests")
    level, logger.level = logger.level, logging.INFO
    try:
        said = written("json", lambda: client.get(
            "/portal/sales/?q=ines.martin@mail.example", REMOTE_ADDR="81.2.69.160"
        ))  # fmt: skip
    finally:
        logger.level = level
    lines = [json.loads(line) for line in said.splitlines()]
    (line,) = [line for line in lines if line["logger"] == "portal.requests"]
    assert line["route"] == "portal/sales/"
    assert line["method"] == "GET"
    assert line["status"] in {200, 302, 403}
    assert len(line["request_id"]) == 32
    assert "ines" not in said
    assert "81.2" not in said


def test_only_what_is_allowed_is_taken_from_extra():
    def emit():
        logging.getLogger("portal.x").error("Oh.", extra={"status": 500, "person": "Inès"})

    said = json.loads(written("json", emit))
    assert said["status"] == 500
    assert "person" not in said
