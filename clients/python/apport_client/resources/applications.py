"""Calls of the API: applications.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from uuid import UUID

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.applications import Application, ApplicationStatus
from apport_client.types.shared import AffiliateKind
from apport_client.writing import place


class ApplicationsResource:
    """What ``client.applications`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        kind: AffiliateKind | None = None,
        status: ApplicationStatus | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Application]:
        """List applications.

        Requests to join, the newest first.

        Needs the scope `read:applications`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"kind": kind, "status": status, "limit": page_size}
        return self._transport.pages(Application, "/applications", asked, cursor)

    def get(self, application_id: UUID | str) -> Application:
        """Read an application.

        One request to join.

        Needs the scope `read:applications`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(Application, f"/applications/{place(application_id)}", asked)
