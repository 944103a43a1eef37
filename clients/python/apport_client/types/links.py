"""What is answered and sent: links.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from apport_client.money import Money
from apport_client.types.shared import Status
from apport_client.writing import UNSET, Unset

LinkState = Literal["active", "expired", "archived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A trackable address that leads to a page of the shop."""

    id: str
    """The end of its address. Stays."""
    url: str
    """What people click."""
    destination_url: str
    shop: str
    label: str
    note: str
    tags: tuple[str, ...]
    sub_id: str
    utm: Mapping[str, str]
    promo_code: str | None
    status: Status
    clicks: int
    """People who came, ever."""
    orders: int
    """Orders credited to it, ever."""
    earned: Money
    """What they come to now, returns taken off."""
    earned_per_click: Money | None
    created_at: datetime
    last_click_at: datetime | None
    """When the hour of the last click began."""
    expires_at: datetime | None
    archived_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkInput:
    """A new link."""

    destination_url: str
    """A page of the shop."""
    label: str | Unset = UNSET
    note: str | Unset = UNSET
    tags: Sequence[str] | Unset = UNSET
    utm: UtmInput | Unset = UNSET
    promo_code: str | None | Unset = UNSET
    expires_at: datetime | None | Unset = UNSET
    shop: str | Unset = UNSET
    """Its code; needed when there are several."""
    slug: str | Unset = UNSET
    """The end of the address; without one we make it."""
    sub_id: str | Unset = UNSET
    """A mark of your own."""
    campaign: str | Unset = UNSET
    """For utm_campaign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPatchInput:
    """What can be changed of a link: what is not sent stays as it is."""

    destination_url: str | Unset = UNSET
    """A page of the shop."""
    label: str | Unset = UNSET
    note: str | Unset = UNSET
    tags: Sequence[str] | Unset = UNSET
    utm: UtmInput | Unset = UNSET
    promo_code: str | None | Unset = UNSET
    expires_at: datetime | None | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class UtmInput:
    """Parameters that are added to the page's address."""

    utm_source: str | Unset = UNSET
    utm_medium: str | Unset = UNSET
    utm_campaign: str | Unset = UNSET
    utm_term: str | Unset = UNSET
    utm_content: str | Unset = UNSET
