"""A Google Merchant feed as a file of products."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.errors import DomainError
from core.wording import Said
from shop.connectors.history import Tick
from shop.connectors.merchant_feed.items import product
from shop.connectors.merchant_feed.reading import items
from shop.connectors.packed import UnreadableFile
from shop.domain.canonical import CanonicalProduct


class MerchantFile:
    """Reads the items that can be read; ``refused`` says why of the others, by their number."""

    def __init__(self, path: Path, *, currency: str, vat: int) -> None:
        self.refused: dict[int, str] = {}
        self._path = path
        self._currency = currency
        self._vat = vat

    def products(self, tick: Tick) -> Iterator[CanonicalProduct]:
        """Yield each product of the feed.

        :raises UnreadableFile: when the file is no feed.
        """
        try:
            file = self._path.open("rb")
        except OSError as error:
            raise UnreadableFile(
                Said("%(path)s cannot be opened: %(why)s.", path=str(self._path),
                     why=error.strerror)
            ) from error  # fmt: skip
        with file:
            number = 0
            for number, item in enumerate(items(file), start=1):
                if number % 1_000 == 0:
                    tick(number)
                try:
                    found = product(item, currency=self._currency, vat=self._vat)
                except DomainError as refusal:
                    self.refused[number] = f"{item.get('id', '')}: {refusal}"
                else:
                    yield found
            tick(number)
