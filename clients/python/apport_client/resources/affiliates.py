"""Calls of the API: affiliates.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from uuid import UUID

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.affiliates import Affiliate, AffiliateDetail, AffiliateStatus
from apport_client.types.shared import AffiliateKind
from apport_client.writing import place


class AffiliatesResource:
    """What ``client.affiliates`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        group: str | None = None,
        kind: AffiliateKind | None = None,
        status: AffiliateStatus | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Affiliate]:
        """List affiliates.

        The accounts of the programme, those that joined last first, with their last 30 days.

        Needs the scope `read:affiliates`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {
            "group": group,
            "kind": kind,
            "status": status,
            "limit": page_size,
        }
        return self._transport.pages(Affiliate, "/affiliates", asked, cursor)

    def get(self, affiliate_id: UUID | str) -> AffiliateDetail:
        """Read an affiliate.

        One account, with the sites on which it promotes.

        Needs the scope `read:affiliates`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(AffiliateDetail, f"/affiliates/{place(affiliate_id)}", asked)
