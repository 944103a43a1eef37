"""What is answered and sent: shared.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

AffiliateKind = Literal["content", "influencer", "employee", "comparison", "coupon", "cashback"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something with a name and a public id."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A state: the code for programs, the words for people, in the language of the call."""

    code: str
    label: str
    sentence: str
    """Why it is so, and what comes next."""
