"""What is answered and sent: key.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apport_client.types.shared import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The key that you call with."""

    name: str
    beginning: str
    """The part in the open."""
    affiliate: Named | None
    """For whom it acts; null: a key of the team."""
    scopes: tuple[str, ...]
    """What it may do now: those that its owner's role still gives."""
    created_at: datetime
    expires_at: datetime
