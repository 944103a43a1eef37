"""What is answered and sent: applications.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from apport_client.types.shared import AffiliateKind

ApplicationStatus = Literal["submitted", "under_review", "approved", "rejected", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A request to join. The applicant's address is on its page alone."""

    id: UUID
    name: str
    kind: AffiliateKind | str
    legal_form: str
    country: str
    sites: tuple[str, ...]
    channels: tuple[str, ...]
    methods: tuple[str, ...]
    pitch: str
    status: ApplicationStatus | str
    reason: str
    """As the applicant was told."""
    submitted_at: datetime
    status_changed_at: datetime
    affiliate: UUID | None
    """What it became."""
