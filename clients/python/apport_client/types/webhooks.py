"""What is answered and sent: webhooks.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from apport_client.types.shared import Status
from apport_client.writing import UNSET, Unset

DeliveryStatus = Literal["waiting", "taken", "failed"]
WebhookEvent = Literal[
    "sale.tracked",
    "sale.approved",
    "sale.declined",
    "sale.reversed",
    "adjustment.posted",
    "payout.sent",
    "payout.paid",
    "payout.failed",
    "statement.ready",
    "terms.announced",
    "look.approved",
    "look.changes_requested",
    "look.refused",
    "look.published",
    "look.withdrawn",
    "case.opened",
    "case.decided",
    "code.assigned",
    "link.broken",
]
WebhookKind = Literal["webhook", "postback"]
WebhookMethod = Literal["POST", "GET"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to an address."""

    event_id: UUID
    event: str
    happened_at: datetime
    status: Status
    attempts: int
    http_status: int | None
    """0: no answer."""
    duration_ms: int | None
    last_attempt_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What signs the requests to a webhook."""

    secret: str = field(repr=False)
    both_until: datetime | None
    """Until then the one before signs too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is told of events."""

    id: UUID
    kind: WebhookKind | str
    name: str
    url: str
    method: WebhookMethod | str
    events: tuple[str, ...]
    status: Status
    failures: int
    """In a row, up to now."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookInput:
    """A new address."""

    name: str
    url: str
    """Public, with https; of a postback with {macros}."""
    method: WebhookMethod | Unset = UNSET
    """A postback's."""
    events: Sequence[WebhookEvent]
    kind: WebhookKind | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPatchInput:
    """What can be changed: what is not sent stays as it is."""

    name: str | Unset = UNSET
    url: str | Unset = UNSET
    method: WebhookMethod | Unset = UNSET
    """A postback's."""
    events: Sequence[WebhookEvent] | Unset = UNSET
    """All that it shall be told of."""
