"""Calls of the API: clicks.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from datetime import datetime

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.clicks import Clicks, ClicksGroupBy


class ClicksResource:
    """What ``client.clicks`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def sum(
        self,
        *,
        group_by: ClicksGroupBy | None = None,
        link: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Clicks]:
        """Sum up clicks.

        Visits through your links in a period of at most 400 days, by default the last 30. Days and
        hours without any are there, with 0; days are those of Europe/Paris.

        Needs the scope `read:clicks`.

        :param group_by: Of referrers, say the link too.
        :param link: Of this link alone.
        :param since: From this moment on.
        :param until: Before this moment.
        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {
            "group_by": group_by,
            "link": link,
            "since": since,
            "until": until,
            "limit": page_size,
        }
        return self._transport.pages(Clicks, "/clicks", asked, cursor)
