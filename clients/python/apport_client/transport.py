"""HTTP: one call, made again where that is safe, with its answer read."""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    BaseHandler,
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)
from uuid import uuid4

from apport_client.errors import FieldProblem, Problem, Unexpected, Unreachable
from apport_client.keeping import Keeper, Kept
from apport_client.paging import Page, Pages
from apport_client.reading import read, reader_of
from apport_client.retrying import retry_after, wait_before
from apport_client.version import VERSION
from apport_client.writing import query_of, written

T = TypeVar("T")
PREFIX = "/api/v1"
_NOT_CHANGED = 304
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_log = logging.getLogger("apport_client")


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked. Its repeats are the same to the last byte."""

    method: str
    path: str
    query: str = ""
    body: bytes | None = None
    idempotency_key: str | None = None

    @property
    def where(self) -> str:
        """The path with its query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def is_repeatable(self) -> bool:
        """Whether making it twice has no other effect than making it once."""
        return self.method == "GET" or self.idempotency_key is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes


class Transport:
    """Calls one Apport with one key. The key is in no message, no log and no ``repr``."""

    def __init__(
        self,
        address: str,
        key: str,
        *,
        timeout: float,
        retries: int,
        language: str | None,
        keep: int,
        sleep: Callable[[float], None],
    ) -> None:
        self.address = _checked_address(address)
        self._opener = _opener(self.address)
        self._timeout, self._retries, self._sleep = timeout, retries, sleep
        self._keeper = Keeper(keep)
        self._headers = {
            "Accept": "application/json",
            "User-Agent": f"apport-client-python/{VERSION}",
            **({"Accept-Language": language} if language else {}),
        }
        self.__authorization = f"Bearer {_checked_key(key)}"

    def read(self, kind: type[T], path: str, query: Mapping[str, object]) -> T:
        """Return what a GET answers."""
        return read(kind, self._json(Call("GET", path, query_of(query))))

    def pages(self, kind: type[T], path: str, query: Mapping[str, object], cursor: str) -> Pages[T]:
        """Return a list that is asked for as it is walked."""

        def fetch(at: str) -> Page[T]:
            asked = query_of({**query, "cursor": at or None})
            said = self._json(Call("GET", path, asked))
            if not isinstance(said, dict) or not isinstance(said.get("data"), list):
                raise Unexpected("A page of a list should have data.")
            data = tuple(read(kind, one) for one in said["data"])
            following = reader_of(str | None)(said.get("next_cursor"), "next_cursor")
            return Page(data, following)

        return Pages(fetch, cursor)

    def download(self, path: str) -> bytes:
        """Return a document, byte for byte."""
        return self.send(Call("GET", path)).body

    def change(
        self, kind: type[T], method: str, path: str, body: object, idempotency_key: str | None
    ) -> T:
        """Return what a POST or PATCH answers. It has one effect, however often it is repeated.

        ``body``: a dataclass, or None. ``idempotency_key``: a new one is made unless given.
        """
        said = b"" if body is None else json.dumps(written(body)).encode()
        key = str(uuid4()) if idempotency_key is None else idempotency_key
        return read(kind, self._json(Call(method, path, body=said, idempotency_key=key)))

    def send(self, call: Call) -> Answer:
        """Return the answer of a call that succeeded, at the first attempt or a later one.

        What is kept and has not changed since is not sent anew: the answer of then is returned.

        :raises Problem: when it is refused, or still is after all attempts.
        :raises Unreachable: when nobody answers.
        """
        attempt, kept = 1, self._keeper.find(call.where) if call.method == "GET" else None
        while True:
            failure: Problem | Unreachable
            try:
                answer = self._attempt(call, kept)
                if answer.status == _NOT_CHANGED and kept is not None:
                    return Answer(200, answer.headers, kept.body)
                if 200 <= answer.status < 300:
                    if call.method == "GET":
                        self._keeper.keep(call.where, _etag_to_keep(answer), answer.body)
                    return answer
                failure = _problem(answer)
            except Unreachable as error:
                failure = error
            attempt += 1
            wait = wait_before(attempt, failure)
            if wait is None or attempt > 1 + self._retries or not call.is_repeatable:
                raise failure
            what = failure.status if isinstance(failure, Problem) else "no answer"
            _log.info("%s %s: %s; again in %.1f s", call.method, call.path, what, wait)
            self._sleep(wait)

    def _json(self, call: Call) -> Any:
        answer = self.send(call)
        try:
            return json.loads(answer.body)
        except ValueError:
            raise Unexpected(
                f"{call.method} {call.path} answered something else than JSON."
            ) from None

    def _attempt(self, call: Call, kept: Kept | None) -> Answer:
        try:
            return self._answer_to(self._request(call, kept))
        except (OSError, HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            may_pass = not isinstance(reason, ssl.SSLCertVerificationError)
            raise Unreachable(f"{self.address} does not answer: {reason}", may_pass) from error

    def _answer_to(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.headers, refusal.read())

    def _request(self, call: Call, kept: Kept | None) -> Request:
        headers = {**self._headers, "Authorization": self.__authorization}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if call.idempotency_key is not None:
            headers["Idempotency-Key"] = call.idempotency_key
        if kept is not None:
            headers["If-None-Match"] = kept.etag
        where = f"{self.address}{PREFIX}{call.where}"
        return Request(where, call.body, headers, method=call.method)  # noqa: S310 Checked above.


class _NoRedirects(HTTPRedirectHandler):
    """The API redirects nowhere, and the key must not follow anybody who does."""

    def redirect_request(
        self, _request: Request, _file: Any, _code: int, _said: str, _headers: Any, _where: str
    ) -> None:
        return None


def _opener(address: str) -> OpenerDirector:
    handlers: list[BaseHandler] = [_NoRedirects()]
    if urlsplit(address).hostname in _LOOPBACK:
        handlers.append(ProxyHandler({}))  # No proxy leads to this machine.
    return build_opener(*handlers)


def _checked_address(address: str) -> str:
    """Return the address without its end.

    :raises ValueError: for one to which a key must not go.
    """
    text = address.strip().rstrip("/").removesuffix(PREFIX)
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not is_safe or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("Give an address like https://partners.example.com, with https.")
    return text


def _checked_key(key: str) -> str:
    """Return the key.

    :raises ValueError: when it cannot be one; the message does not have it.
    """
    text = key.strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("Give the whole key, ap_live_…, in one word.")
    return text


def _etag_to_keep(answer: Answer) -> str | None:
    """Return by what an answer is asked for again; None for one that nobody is to keep."""
    if "no-store" in answer.headers.get("Cache-Control", ""):
        return None
    return answer.headers.get("ETag")


def _problem(answer: Answer) -> Problem:
    """Return the refusal that an answer is, whoever wrote it."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("code"), str):
        said = {"code": f"http_{answer.status}", "detail": "The answer is none of the API's."}
    errors = said.get("errors")
    return Problem(
        answer.status,
        said["code"],
        str(said.get("detail", "")),
        tuple(
            FieldProblem(str(one.get("field", "")), str(one.get("detail", "")))
            for one in (errors if isinstance(errors, list) else [])
            if isinstance(one, dict)
        ),
        answer.headers.get("X-Request-ID", ""),
        retry_after(answer.headers.get("Retry-After")),
    )
