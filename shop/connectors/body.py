"""A body read place by place: a fault names its place and quotes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from core.money import Money
from core.wording import Said
from shop.connectors.api import ShopUnreachable
from shop.connectors.contract import UnreadableBody, minor, parsed

#: What a column for pieces holds.
MOST_PIECES = 2**31 - 1
#: Above this no amount of an order is meant: in minor units.
MOST_MINOR = 10**15
#: Further from the point no digit of an amount is meant.
_MOST_DIGITS = 40
_CURRENCY = re.compile(r"[A-Z]{3}")
_TOKENS = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a body. ``place`` is where it stands; empty for the whole body."""

    found: Mapping[str, Any]
    place: str = ""

    def at(self, name: str) -> str:
        """Return the place of a field."""
        return f"{self.place}.{name}" if self.place else name

    def part(self, name: str) -> Self:
        """Return the object at ``name``; an empty one where there is none.

        PHP writes an empty object as ``[]``.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if isinstance(value, dict):
            return replace(self, found=value, place=self.at(name))
        if value is None or value == []:
            return replace(self, found={}, place=self.at(name))
        raise UnreadableBody(Said("At %(place)s: this is not an object.", place=self.at(name)))

    def parts(self, name: str) -> tuple[Self, ...]:
        """Return the objects of the list at ``name``; none where there is no list.

        :raises UnreadableBody: when something else is there.
        """
        found = self.list(name)
        if not all(isinstance(one, dict) for one in found):
            raise UnreadableBody(
                Said("At %(place)s: this is not a list of objects.", place=self.at(name))
            )
        return tuple(
            replace(self, found=one, place=f"{self.at(name)}.{index}")
            for index, one in enumerate(found)
        )

    def list(self, name: str) -> list[Any]:
        """Return the list at ``name``; an empty one where there is none.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise UnreadableBody(Said("At %(place)s: this is not a list.", place=self.at(name)))
        return value

    def text(self, name: str, most: int = 200) -> str:
        """Return the text at ``name``, cut to ``most`` characters; empty where there is none.

        :raises UnreadableBody: when a list or an object is there.
        """
        value = self.found.get(name)
        if value is None or isinstance(value, bool):
            return ""
        if not isinstance(value, str | int | Decimal):
            raise UnreadableBody(Said("At %(place)s: this is not a text.", place=self.at(name)))
        plain = str(value).replace("\x00", "").encode("utf-8", "replace").decode()
        return plain.strip()[:most].rstrip()

    def id(self, name: str) -> str:
        """Return the id at ``name``, of at most 64 visible characters.

        :raises UnreadableBody: when there is none.
        """
        found = self.optional_id(name)
        if not found:
            raise UnreadableBody(Said("At %(place)s: this is not an id.", place=self.at(name)))
        return found

    def optional_id(self, name: str) -> str:
        """Return the id at ``name``; empty where there is none, or nought.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None or value in ("", 0):
            return ""
        text = str(value)
        is_id = isinstance(value, str | int) and not isinstance(value, bool)
        if is_id and len(text) <= 64 and text.isascii() and text.isprintable() and " " not in text:
            return "" if text == "0" else text
        raise UnreadableBody(Said("At %(place)s: this is not an id.", place=self.at(name)))

    def decimal(self, name: str) -> Decimal:
        """Return the amount at ``name`` in major units, exactly; nought where nothing is said.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None or value == "":
            return Decimal(0)
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            try:
                exact = Decimal(value)
            except InvalidOperation:
                exact = Decimal("NaN")
            if exact.is_finite() and abs(exact.adjusted()) <= _MOST_DIGITS:
                minor(exact, "EUR", self.at(name))
                return exact
        raise UnreadableBody(Said("At %(place)s: this is not an amount.", place=self.at(name)))

    def minor(self, name: str, currency: str) -> int:
        """Return the amount at ``name`` in minor units of ``currency``.

        :raises UnreadableBody: when there is none.
        """
        if self.found.get(name) in (None, ""):
            raise UnreadableBody(Said("At %(place)s: this is not an amount.", place=self.at(name)))
        return rounded(self.decimal(name), currency, self.at(name))

    def optional_minor(self, name: str, currency: str) -> int | None:
        """Return the amount at ``name`` in minor units; None where there is none.

        :raises UnreadableBody: when something else is there.
        """
        return None if self.found.get(name) in (None, "") else self.minor(name, currency)

    def quantity(self, name: str) -> Decimal:
        """Return the quantity from nought on at ``name``; nought where nothing is said.

        :raises UnreadableBody: when something else is there.
        """
        value = self.found.get(name)
        if value is None:
            return Decimal(0)
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            try:
                count = Decimal(value)
            except InvalidOperation:
                count = Decimal("NaN")
            if count.is_finite() and 0 <= count <= MOST_PIECES:
                return count
        raise UnreadableBody(Said("At %(place)s: this is not a quantity.", place=self.at(name)))

    def pieces(self, name: str) -> int:
        """Return the whole number from nought on at ``name``.

        :raises UnreadableBody: when there is none.
        """
        count = self.quantity(name)
        if self.found.get(name) is None or count != int(count):
            raise UnreadableBody(Said("At %(place)s: this is not a quantity.", place=self.at(name)))
        return int(count)

    def moment(self, name: str) -> datetime:
        """Return the time at ``name`` in UTC; what names no offset is UTC already.

        :raises UnreadableBody: when there is none.
        """
        found = self.optional_moment(name)
        if found is None:
            raise UnreadableBody(Said("At %(place)s: the time is missing.", place=self.at(name)))
        return found

    def optional_moment(self, name: str) -> datetime | None:
        """Return the time at ``name`` in UTC; None where there is none.

        :raises UnreadableBody: when something else is there.
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

    def currency(self, name: str) -> str:
        """Return the ISO 4217 code at ``name``.

        :raises UnreadableBody: when there is none.
        """
        found = self.text(name, 8)
        if not _CURRENCY.fullmatch(found):
            raise UnreadableBody(Said("At %(place)s: this is not a currency.", place=self.at(name)))
        return found


def read(body: bytes) -> Part:
    """Return the object that a body is.

    :raises UnreadableBody: when it is none.
    """
    return whole(parsed(body))


def whole(found: object) -> Part:
    """Return a parsed body.

    :raises UnreadableBody: when it is no object.
    """
    if not isinstance(found, dict):
        raise UnreadableBody(Said("The body is not an object."))
    return Part(found)


def rounded(amount: Decimal, currency: str, place: str) -> int:
    """Return an exact amount in minor units, half away from zero.

    :raises UnreadableBody: when it is more than an order can be.
    """
    found = Money.from_decimal(amount, currency).minor
    if abs(found) > MOST_MINOR:
        raise UnreadableBody(Said("At %(place)s: this is not an amount.", place=place))
    return found


def latest(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the latest of some times; None without any."""
    return max((one for one in moments if one is not None), default=None)


def click_tokens(values: Iterable[object]) -> tuple[str, ...]:
    """Return the tokens of our own links in what a shop keeps for us; all else is not read."""
    texts = (text for value in values if isinstance(value, str) for text in _TOKENS.split(value))
    return tuple(dict.fromkeys(text for text in texts if 0 < len(text) <= 64))


@contextmanager
def understood() -> Iterator[None]:
    """Around what reads an API's answers: one that is not as documented is one not to be used.

    :raises ShopUnreachable: in place of :class:`UnreadableBody`.
    """
    try:
        yield
    except UnreadableBody as error:
        raise ShopUnreachable(
            Said("The shop's API answered in an unknown form: %(why)s", why=str(error))
        ) from error
