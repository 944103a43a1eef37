"""Refusals: anticipated, worded for a person, never logged as errors."""

from __future__ import annotations


class DomainError(Exception):
    """An anticipated refusal. Its text is a sentence that a person can act on."""

    code = "refused"


class InvalidTransition(DomainError):
    """A row was asked to make a move that its state machine does not have."""

    code = "invalid_transition"


class IdempotencyConflict(DomainError):
    """The same key arrived again with another content."""

    code = "idempotency_conflict"
