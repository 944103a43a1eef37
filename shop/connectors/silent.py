"""A connector that nothing is sent to: what it tells is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from core.wording import Said
from shop.connectors.contract import Arrival, BadHeader, BadSignature, Connector, Delivery


class SilentConnector(Connector):
    """Refuses every delivery, with the sentence of its kind."""

    #: Why nothing is ever sent.
    silence: ClassVar[Said]

    def check(self, delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        """Refuse.

        :raises BadSignature: always.
        """
        raise BadSignature(self.silence)

    def arrival(self, delivery: Delivery) -> Arrival:  # noqa: ARG002
        """Refuse.

        :raises BadHeader: always.
        """
        raise BadHeader(self.silence)
