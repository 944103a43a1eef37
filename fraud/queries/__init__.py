"""What the signals are given, read at once for any number of credits or affiliates."""

from fraud.queries.credits import evidence_for

__all__ = ["evidence_for"]
