"""What the signals are given, read at once for any number of credits or affiliates."""

from fraud.queries.affiliates import affiliate_evidence
from fraud.queries.credits import evidence_for

__all__ = ["affiliate_evidence", "evidence_for"]
