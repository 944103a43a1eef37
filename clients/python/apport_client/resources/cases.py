"""Calls of the API: cases.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from uuid import UUID

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.cases import Case, CaseFamily, CaseStatus
from apport_client.writing import place


class CasesResource:
    """What ``client.cases`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        affiliate: UUID | str | None = None,
        family: CaseFamily | None = None,
        status: CaseStatus | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Case]:
        """List cases.

        Judgements about affiliates, the newest first.

        Needs the scope `read:cases`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {
            "affiliate": affiliate,
            "family": family,
            "status": status,
            "limit": page_size,
        }
        return self._transport.pages(Case, "/cases", asked, cursor)

    def get(self, case_id: UUID | str) -> Case:
        """Read a case.

        One judgement about an affiliate.

        Needs the scope `read:cases`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(Case, f"/cases/{place(case_id)}", asked)
