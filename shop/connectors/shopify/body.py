"""A body of Shopify read place by place: a fault names its place and quotes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.wording import Said
from shop.connectors.contract import UnreadableBody, minor, parsed

#: What a column for pieces holds.
MOST_PIECES = 2**31 - 1
#: Above this no amount of an order is meant: in minor units.
MOST_MINOR = 10**15


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a body. ``place`` is where it stands; empty for the whole body."""

    found: Mapping[str, Any]
    place: str = ""

    def at(self, name: str) -> str:
        """Return the place of a field."""
        return f"{self.place}.{name}" if self.place else name

    def part(self, name: str) -> Part:
        """Return the object at ``name``; an empty one where there is none.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None:
            return Part({}, self.at(name))
        if not isinstance(value, dict):
            raise UnreadableBody(Said("At %(place)s: this is not an object.", place=self.at(name)))
        return Part(value, self.at(name))

    def parts(self, name: str) -> tuple[Part, ...]:
        """Return the objects of the list at ``name``; none where there is no list.

        :raises UnreadableBody: when something else is there.
        """
        found = self._list(name)
        if not all(isinstance(one, dict) for one in found):
            raise UnreadableBody(
                Said("At %(place)s: this is not a list of objects.", place=self.at(name))
            )
        return tuple(Part(one, f"{self.at(name)}.{index}") for index, one in enumerate(found))

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the list of ids at ``name``; none where there is no list.

        :raises UnreadableBody: when something else is there.
        """
        return tuple(_id(one, f"{self.at(name)}.{index}") for index, one in
                     enumerate(self._list(name)))  # fmt: skip

    def text(self, name: str, most: int = 200) -> str:
        """Return the text at ``name``, cut to ``most`` characters; empty where there is none.

        :raises UnreadableBody: when a list or an object is there.
        """
        value = self.found.get(name)
        if value is None or isinstance(value, bool):
            return ""
        if not isinstance(value, str | int | Decimal):
            raise UnreadableBody(Said("At %(place)s: this is not a text.", place=self.at(name)))
        return str(value).encode("utf-8", "replace").decode().strip()[:most]

    def id(self, name: str = "id") -> str:
        """Return the id at ``name``: ids are numbers that no float may touch.

        :raises UnreadableBody: when there is none.
        """
        return _id(self.found.get(name), self.at(name))

    def optional_id(self, name: str) -> str:
        """Return the id at ``name``; empty where there is none.

        :raises UnreadableBody: when something else is there.
        """
        return "" if self.found.get(name) is None else self.id(name)

    def pieces(self, name: str) -> int:
        """Return the whole number from zero on at ``name``.

        :raises UnreadableBody: when there is none.
        """
        value = self.found.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_PIECES:
            return value
        raise UnreadableBody(Said("At %(place)s: this is not a quantity.", place=self.at(name)))

    def minor(self, name: str, currency: str) -> int:
        """Return the amount at ``name`` in minor units of ``currency``.

        :raises UnreadableBody: when there is none.
        """
        found = minor(self.found.get(name), currency, self.at(name))
        if abs(found) > MOST_MINOR:
            raise UnreadableBody(Said("At %(place)s: this is not an amount.", place=self.at(name)))
        return found

    def optional_minor(self, name: str, currency: str) -> int | None:
        """Return the amount at ``name`` in minor units; None where there is none.

        :raises UnreadableBody: when something else is there.
        """
        return None if self.found.get(name) is None else self.minor(name, currency)

    def moment(self, name: str) -> datetime:
        """Return the time at ``name`` in UTC: the offsets of one body differ from field to field.

        :raises UnreadableBody: when there is none, or it has no offset.
        """
        found = self.optional_moment(name)
        if found is None:
            raise UnreadableBody(Said("At %(place)s: a time is missing.", place=self.at(name)))
        return found

    def optional_moment(self, name: str) -> datetime | None:
        """Return the time at ``name`` in UTC; None where there is none.

        :raises UnreadableBody: when something else is there, or it has no offset.
        """
        value = self.found.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise UnreadableBody(
                    Said("At %(place)s: the time has no offset from UTC.", place=self.at(name))
                )
            return moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError) as error:
            raise UnreadableBody(
                Said("At %(place)s: this is not an ISO 8601 time.", place=self.at(name))
            ) from error

    def flag(self, name: str) -> bool:
        """Tell whether ``true`` stands at ``name``."""
        return self.found.get(name) is True

    def _list(self, name: str) -> list[Any]:
        value = self.found.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise UnreadableBody(Said("At %(place)s: this is not a list.", place=self.at(name)))
        return value


def read(body: bytes) -> Part:
    """Return the object that a body is.

    :raises UnreadableBody: when it is none.
    """
    found = parsed(body)
    if not isinstance(found, dict):
        raise UnreadableBody(Said("The body is not an object."))
    return Part(found)


def _id(value: object, place: str) -> str:
    if isinstance(value, int | str) and not isinstance(value, bool):
        text = str(value)
        if text.isascii() and text.isalnum() and len(text) <= 40:
            return text
    raise UnreadableBody(Said("At %(place)s: this is not an id.", place=place))
