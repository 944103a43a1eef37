"""What is answered and sent: clicks.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

ClicksGroupBy = Literal["day", "hour", "link", "referrer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicks:
    """Visits of one day, hour, link or referrer; the fields of the others are null."""

    day: date | None
    """A day in Europe/Paris."""
    hour: datetime | None
    """When the hour begins."""
    link: str | None
    referrer: str | None
    """The host that people came from; empty: unknown."""
    visits: int
    """People who came. Robots and previews are not."""
    consented: int | None
    """Of them, those who agreed to be followed."""
