"""Calls of the API: key.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from apport_client.transport import Transport
from apport_client.types.key import Key


class KeyResource:
    """What ``client.key`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> Key:
        """Read your key.

        What the key that you call with is, and what it may do.

        Any key will do.
        """
        asked: dict[str, object] = {}
        return self._transport.read(Key, "/key", asked)
