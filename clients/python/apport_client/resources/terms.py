"""Calls of the API: terms.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.terms import Terms, TermsDetail
from apport_client.writing import place


class TermsResource:
    """What ``client.terms`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, page_size: int = 100, cursor: str = "") -> Pages[Terms]:
        """List terms.

        Every version that was, is or will be yours, newest first.

        Needs the scope `read:terms`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"limit": page_size}
        return self._transport.pages(Terms, "/terms", asked, cursor)

    def get(self, terms_id: int) -> TermsDetail:
        """Read terms.

        One version of your terms, with every rule in words.

        Needs the scope `read:terms`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(TermsDetail, f"/terms/{place(terms_id)}", asked)
