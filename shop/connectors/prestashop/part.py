"""A body read place by place: a fault names its place and quotes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from core.wording import Said
from shop.connectors.contract import UnreadableBody

#: PrestaShop keeps amounts and rates with six decimals.
MILLION = 1_000_000
_MOST_PIECES = 1_000_000
_NEVER = "0000-00-00"
_WHOLE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a body. ``place`` is where it stands; empty for the whole body."""

    found: Mapping[str, Any]
    place: str = ""

    @classmethod
    def whole(cls, found: Any) -> Part:
        """Return a whole body.

        :raises UnreadableBody: when it is no object.
        """
        if not isinstance(found, dict):
            raise UnreadableBody(Said("The body is not an object."))
        return cls(found)

    def at(self, name: str) -> str:
        """Return the place of a field."""
        return f"{self.place}.{name}" if self.place else name

    def wrong(self, name: str, what: Said) -> UnreadableBody:
        """Return the fault of a field."""
        return UnreadableBody(Said("At %(place)s: %(what)s.", place=self.at(name), what=what))

    def part(self, name: str) -> Part:
        """Return the object at ``name``; an empty one where there is none.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None or value == []:  # PHP writes an empty object so.
            return Part({}, self.at(name))
        if not isinstance(value, dict):
            raise self.wrong(name, Said("this is not an object"))
        return Part(value, self.at(name))

    def parts(self, name: str) -> tuple[Part, ...]:
        """Return the objects of the list at ``name``; none where there is no list.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None or value == "":
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong(name, Said("this is not a list of objects"))
        return tuple(Part(one, f"{self.at(name)}.{index}") for index, one in enumerate(value))

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """Return the texts of the list at ``name`` that are no longer than ``most``.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(name, Said("this is not a list of texts"))
        plain = (one.encode("utf-8", "replace").decode() for one in value)
        return tuple(dict.fromkeys(one for one in plain if 0 < len(one) <= most))

    def text(self, name: str, most: int = 200) -> str:
        """Return the text at ``name``, cut to ``most`` characters; nothing where there is none.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None or value is False:
            return ""
        if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
            raise self.wrong(name, Said("this is not a text"))
        plain = str(value).encode("utf-8", "replace").decode()  # No half of a pair of surrogates.
        return plain.strip()[:most]

    def key(self, name: str) -> str:
        """Return the id at ``name``; empty where it is 0 or missing, as PrestaShop says nobody.

        :raises UnreadableBody: when something else is there.
        """
        value = self.text(name, 64)
        if value and not (value.isascii() and value.isdecimal()):
            raise self.wrong(name, Said("this is not an id"))
        return "" if not value.strip("0") else value

    def needed(self, name: str) -> str:
        """Return the id at ``name``.

        :raises UnreadableBody: when there is none.
        """
        found = self.key(name)
        if not found:
            raise self.wrong(name, Said("an id is missing"))
        return found

    def is_true(self, name: str) -> bool:
        """Tell whether the flag at ``name`` is up: ``"1"``, ``1`` or ``true``."""
        return self.found.get(name) in ("1", 1, True)

    def pieces(self, name: str) -> int:
        """Return the number of pieces at ``name``, not below zero; 0 where there is none.

        :raises UnreadableBody: when it is no such number.
        """
        value = self.text(name, 20) or "0"
        if not _WHOLE.fullmatch(value):
            raise self.wrong(name, Said("this is not a number of pieces"))
        return min(max(int(value), 0), _MOST_PIECES)

    def millionths(self, name: str) -> int:
        """Return the amount or rate at ``name`` in millionths; 0 where there is none.

        :raises UnreadableBody: when it is no amount.
        """
        try:
            value = Decimal(self.text(name, 40) or "0")
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value.copy_abs() >= 10**12:
            raise self.wrong(name, Said("this is not an amount"))
        return int((value * MILLION).to_integral_value(rounding=ROUND_HALF_UP))

    def moment(self, name: str, zone: ZoneInfo) -> datetime | None:
        """Return the shop-local time at ``name`` in UTC; none for PrestaShop's ``0000-00-00``.

        PrestaShop writes no offset. The hour that comes twice in autumn is read as the first of
        the two; the hour that spring leaves out as an hour later (rule PS2).

        :raises UnreadableBody: when it is no time.
        """
        value = self.text(name, 40)
        if not value or value.startswith(_NEVER):
            return None
        try:
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.wrong(name, Said("this is not a time")) from error

    def needed_moment(self, name: str, zone: ZoneInfo) -> datetime:
        """Return the shop-local time at ``name`` in UTC.

        :raises UnreadableBody: when there is none.
        """
        found = self.moment(name, zone)
        if found is None:
            raise self.wrong(name, Said("a time is missing"))
        return found
