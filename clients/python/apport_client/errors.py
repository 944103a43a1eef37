"""What can go wrong with a call. No error holds the key, or what was sent."""

from __future__ import annotations

from dataclasses import dataclass


class ApportError(Exception):
    """Any failure of a call."""


class Unreachable(ApportError):
    """There was no answer: no connection, a broken one, or not in time.

    ``may_pass``: whether it can be otherwise a moment later; a certificate that is not trusted
    stays so.
    """

    def __init__(self, reason: str, may_pass: bool = True) -> None:
        super().__init__(reason, may_pass)
        self.may_pass = may_pass

    def __str__(self) -> str:
        return str(self.args[0])


class Unexpected(ApportError):
    """The answer is not what the schema says: probably it is not Apport that answered."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field or parameter."""

    field: str
    detail: str


class Problem(ApportError):
    """A refusal, as RFC 9457 has it.

    ``code`` is for programs and does not change; ``detail`` says to a person what to do;
    ``errors`` names each field that is wrong; ``request_id`` is what to tell us when you ask;
    ``retry_after`` are the seconds after which to go on, if the answer says so.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: tuple[FieldProblem, ...] = (),
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(status, code, detail, errors, request_id, retry_after)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.request_id = request_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        request = f", request {self.request_id}" if self.request_id else ""
        return f"{self.detail} ({self.status} {self.code}{request})"
