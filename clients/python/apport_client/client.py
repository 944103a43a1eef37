"""The client: one Apport, one key, and everything that the key may do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from apport_client.resources import Resources
from apport_client.transport import Transport


class Client(Resources):
    """``client.sales.list()``, ``client.links.create(…)``: see ``apport_client.resources``.

    ``address``: ``https://partners.example.com``; plain http only to this machine.
    ``timeout``: seconds without a word after which an attempt is given up. ``retries``: how many
    more attempts a call has that cannot have two effects. ``language``: of sentences (``en``,
    ``fr``); without it, that of the key's owner. ``keep``: how many answers are kept in memory, so
    that what has not changed is not sent anew; 0: none. ``sleep``: how to wait, for who must not.

    Methods raise :class:`Problem`, :class:`Unreachable` or :class:`Unexpected`.
    A client may be used by several threads.

    :raises ValueError: for an address or a key that cannot be one.
    """

    def __init__(
        self,
        address: str,
        key: str,
        *,
        timeout: float = 30.0,
        retries: int = 4,
        language: str | None = None,
        keep: int = 100,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        transport = Transport(
            address,
            key,
            timeout=timeout,
            retries=retries,
            language=language,
            keep=keep,
            sleep=sleep,
        )
        super().__init__(transport)
        self._address = transport.address

    @classmethod
    def from_environment(cls) -> Client:
        """Return a client of the address in ``APPORT`` with the key in ``APPORT_KEY``.

        :raises ValueError: when one of them is not set.
        """
        address, key = os.environ.get("APPORT", ""), os.environ.get("APPORT_KEY", "")
        if not address or not key:
            raise ValueError("Set APPORT to the address and APPORT_KEY to the key.")
        return cls(address, key)

    def __repr__(self) -> str:
        return f"Client({self._address!r})"
