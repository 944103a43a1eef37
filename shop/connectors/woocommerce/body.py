"""A body of WooCommerce read place by place: a fault names its place and quotes nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.wording import Said
from shop.connectors.contract import UnreadableBody, minor

_TAG = re.compile(r"<[^<>]*>")
_MOST_PIECES = 1_000_000_000


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

        PHP writes an empty object as ``[]``.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if isinstance(value, dict):
            return Part(value, self.at(name))
        if value is None or value == []:
            return Part({}, self.at(name))
        raise UnreadableBody(Said("At %(place)s: this is not an object.", place=self.at(name)))

    def parts(self, name: str) -> tuple[Part, ...]:
        """Return the objects of the list at ``name``; none where there is no list.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise UnreadableBody(
                Said("At %(place)s: this is not a list of objects.", place=self.at(name))
            )
        return tuple(Part(one, f"{self.at(name)}.{index}") for index, one in enumerate(value))

    def text(self, name: str, most: int = 200) -> str:
        """Return the text at ``name`` as a person reads it, cut to ``most`` characters.

        Names come with HTML: marks are taken out, ``&ndash;`` is a dash again.

        :raises UnreadableBody: when a list or an object is there.
        """
        value = self.found.get(name)
        if value is None or isinstance(value, bool):
            return ""
        if not isinstance(value, str | int | Decimal):
            raise UnreadableBody(Said("At %(place)s: this is not a text.", place=self.at(name)))
        plain = html.unescape(_TAG.sub("", str(value))).replace("\x00", "")
        return plain.encode("utf-8", "replace").decode().strip()[:most]

    def id(self, name: str = "id") -> str:
        """Return the id at ``name``: a whole number above zero, as digits.

        :raises UnreadableBody: when there is none.
        """
        found = self.optional_id(name)
        if not found:
            raise UnreadableBody(Said("At %(place)s: this is not an id.", place=self.at(name)))
        return found

    def optional_id(self, name: str) -> str:
        """Return the id at ``name``, or nothing where there is none."""
        digits = self.text(name, 65)
        fits = digits.isascii() and digits.isdecimal() and len(digits) <= 64
        return digits if fits and digits.strip("0") else ""

    def amount(self, name: str, currency: str) -> int:
        """Return the amount at ``name`` in minor units.

        :raises UnreadableBody: when there is none.
        """
        return minor(self.found.get(name), currency, self.at(name))

    def optional_amount(self, name: str, currency: str) -> int | None:
        """Return the amount at ``name`` in minor units; none where nothing is said.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        return None if value is None or value == "" else minor(value, currency, self.at(name))

    def quantity(self, name: str = "quantity") -> Decimal:
        """Return the quantity at ``name``, without its sign: refunds count downwards.

        :raises UnreadableBody: when there is none, or more than anybody sells.
        """
        value = self.found.get(name)
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            try:
                count = Decimal(value)
            except InvalidOperation:
                count = Decimal("NaN")
            if count.is_finite() and abs(count) <= _MOST_PIECES:
                return abs(count)
        raise UnreadableBody(Said("At %(place)s: this is not a quantity.", place=self.at(name)))

    def moment(self, name: str) -> datetime | None:
        """Return the time at ``name``, a field ending in ``_gmt``: UTC without saying so.

        :raises UnreadableBody: when something is there that is no time.
        """
        value = self.found.get(name)
        if value is None or value == "":
            return None
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                return moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError) as error:
            raise UnreadableBody(
                Said("At %(place)s: this is not an ISO 8601 time.", place=self.at(name))
            ) from error

    def metas(self) -> dict[str, Any]:
        """Return what plugins and we wrote beside it: ``meta_data`` by key, the last one counts."""
        return {
            row.found["key"]: row.found.get("value")
            for row in self.parts("meta_data")
            if isinstance(row.found.get("key"), str)
        }


def whole_body(found: object) -> Part:
    """Return a parsed body.

    :raises UnreadableBody: when it is no object, or WordPress sent an error in its place.
    """
    if not isinstance(found, dict):
        raise UnreadableBody(Said("The body is not an object."))
    if "id" not in found and isinstance(found.get("code"), str) and "message" in found:
        raise UnreadableBody(
            Said(
                "WordPress sent an error in place of the body: the person who owns the webhook"
                " may not read it."
            )
        )
    return Part(found)
