"""A body of WooCommerce: HTML in names, ids of digits, quantities that count downwards."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from core.wording import Said
from shop.connectors import body
from shop.connectors.contract import UnreadableBody

_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Part(body.Part):
    """One object of a body. ``place`` is where it stands; empty for the whole body."""

    def text(self, name: str, most: int = 200) -> str:
        """Return the text at ``name`` as a person reads it, cut to ``most`` characters.

        Marks of HTML are taken out, ``&ndash;`` is a dash again.

        :raises UnreadableBody: when a list or an object is there.
        """
        value = self.found.get(name)
        plain = html.unescape(_TAG.sub("", value)) if isinstance(value, str) else value
        return body.Part({name: plain}, self.place).text(name, most)

    def optional_id(self, name: str) -> str:
        """Return the id at ``name``, a whole number above zero; empty where there is none.

        :raises UnreadableBody: when a list or an object is there.
        """
        digits = self.text(name, 65)
        fits = digits.isascii() and digits.isdecimal() and len(digits) <= 64
        return digits if fits and digits.strip("0") else ""

    def quantity(self, name: str) -> Decimal:
        """Return the quantity at ``name`` without its sign: refunds count downwards.

        :raises UnreadableBody: when there is none, or more than anybody sells.
        """
        value = self.found.get(name)
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            try:
                count = Decimal(value)
            except InvalidOperation:
                count = Decimal("NaN")
            if count.is_finite() and count.copy_abs() <= body.MOST_PIECES:
                return count.copy_abs()
        raise UnreadableBody(Said("At %(place)s: this is not a quantity.", place=self.at(name)))

    def metas(self) -> Part:
        """Return what plugins and we wrote beside it: ``meta_data`` by key, the last one counts.

        :raises UnreadableBody: when it is no list of objects.
        """
        rows = self.parts("meta_data")
        found: dict[str, Any] = {
            row.found["key"]: row.found.get("value")
            for row in rows
            if isinstance(row.found.get("key"), str)
        }
        return Part(found, self.at("meta_data"))


def whole_body(found: object) -> Part:
    """Return a parsed body.

    :raises UnreadableBody: when it is no object, or WordPress sent an error in its place.
    """
    told = body.whole(found).found
    if "id" not in told and isinstance(told.get("code"), str) and "message" in told:
        raise UnreadableBody(
            Said(
                "WordPress sent an error in place of the body: the person who owns the webhook"
                " may not read it."
            )
        )
    return Part(told)
