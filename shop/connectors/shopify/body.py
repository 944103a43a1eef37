"""What is Shopify's own in reading a body: numbers as ids, and times that always have an offset."""

from __future__ import annotations

from datetime import datetime

from core.wording import Said
from shop.connectors import body
from shop.connectors.contract import UnreadableBody, parsed

#: A refund's own id and that of a shipping line get a few letters more.
_LONGEST_ID = 40


class Part(body.Part):
    """One object of a body of Shopify."""

    __slots__ = ()

    def id(self, name: str = "id") -> str:
        """Return the id at ``name``.

        :raises UnreadableBody: when there is none.
        """
        found = super().id(name)
        if not found.isalnum() or len(found) > _LONGEST_ID:
            raise UnreadableBody(Said("At %(place)s: this is not an id.", place=self.at(name)))
        return found

    def optional_id(self, name: str) -> str:
        """Return the id at ``name``; empty where there is none.

        :raises UnreadableBody: when something else is there.
        """
        found = super().optional_id(name)
        if len(found) > _LONGEST_ID:
            raise UnreadableBody(Said("At %(place)s: this is not an id.", place=self.at(name)))
        return found

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the list of ids at ``name``; none where there is no list.

        :raises UnreadableBody: when something else is there.
        """
        return tuple(Part({"id": one}, f"{self.at(name)}.{index}").id()
                     for index, one in enumerate(self.list(name)))  # fmt: skip

    def optional_moment(self, name: str) -> datetime | None:
        """Return the time at ``name`` in UTC; None where there is none. Rule SH18.

        :raises UnreadableBody: when something else is there, or it has no offset.
        """
        found = super().optional_moment(name)
        if found is not None and datetime.fromisoformat(self.found[name]).tzinfo is None:
            raise UnreadableBody(
                Said("At %(place)s: the time has no offset from UTC.", place=self.at(name))
            )
        return found

    def flag(self, name: str) -> bool:
        """Tell whether ``true`` stands at ``name``."""
        return self.found.get(name) is True


def read(sent: bytes) -> Part:
    """Return the object that a body is.

    :raises UnreadableBody: when it is none.
    """
    return Part(body.whole(parsed(sent)).found)
