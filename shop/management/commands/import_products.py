from __future__ import annotations

import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.utils import timezone

from core.errors import DomainError
from shop.connectors.history import Tick
from shop.connectors.merchant_feed.feed_file import MerchantFile
from shop.connectors.merchant_feed.items import USUAL_VAT, vat_bps
from shop.connectors.product_file import ProductFile
from shop.domain.canonical import CanonicalProduct
from shop.models import Shop
from shop.services import catalogue

AT_ONCE = 5_000
CSV, MERCHANT = "csv", "merchant"
#: Of what was refused so many are listed, and all are counted.
LISTED = 50


class ProductSource(Protocol):
    """A file of products. ``refused`` says why of what could not be read, by its number."""

    refused: dict[int, str]

    def products(self, tick: Tick) -> Iterator[CanonicalProduct]:
        """Yield each product of the file."""


class Command(BaseCommand):
    help = "Import a catalogue with costs and collections, as the webhook would. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shop", metavar="CODE")
        parser.add_argument("file", type=Path, help="Also one packed with xz; a feed also with gz.")
        parser.add_argument(
            "--format", choices=(CSV, MERCHANT), default=CSV,
            help="Our own CSV file, or a Google Merchant feed (XML or text with tabs).",
        )  # fmt: skip
        parser.add_argument(
            "--vat", type=_vat, default=_vat(USUAL_VAT), metavar="PERCENT",
            help="The VAT in the prices of a Google Merchant feed; 20 when left out.",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import and report; exit with 1 when a row was refused.

        :raises CommandError: when the shop or the file is not usable.
        """
        shop = Shop.objects.filter(code=options["shop"]).first()
        if shop is None:
            raise CommandError(f"There is no shop {options['shop']}: create it first.")
        file: ProductSource = ProductFile(options["file"])
        if options["format"] == MERCHANT:
            file = MerchantFile(options["file"], currency=shop.currency, vat=options["vat"])
        told = _Line(self.stderr)
        products = file.products(told)
        created = changed = unchanged = 0
        refused: dict[str, str] = {}
        try:
            while some := list(islice(products, AT_ONCE)):
                report = catalogue.upsert(shop_id=shop.pk, products=some, now=timezone.now())
                created += report.created
                changed += report.changed
                unchanged += report.unchanged
                refused |= report.conflicts
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            told.close()
        self.stdout.write(
            f"{created:,} products made, {changed:,} changed, {unchanged:,} as they were."
        )
        self._list([f"Row {row}: {why}" for row, why in file.refused.items()])
        self._list([f"{sku}: {why}" for sku, why in refused.items()])
        if file.refused or refused:
            sys.exit(1)

    def _list(self, sentences: list[str]) -> None:
        for sentence in sentences[:LISTED]:
            self.stdout.write(self.style.ERROR(sentence))
        if len(sentences) > LISTED:
            self.stdout.write(self.style.ERROR(f"... and {len(sentences) - LISTED:,} more."))


class _Line:
    """One line of a terminal that says how far it is; nothing where nobody looks."""

    EVERY_SECONDS = 0.2

    def __init__(self, output: OutputWrapper) -> None:
        self._output = output
        self._shown = output.isatty()
        self._began = self._told = time.monotonic()

    def __call__(self, rows: int) -> None:
        now = time.monotonic()
        if self._shown and now - self._told >= self.EVERY_SECONDS:
            self._told = now
            pace = rows / max(now - self._began, 0.001)
            self._output.write(f"\r{rows:,} products read, {pace:,.0f} a second ", ending="")

    def close(self) -> None:
        """End the line."""
        if self._shown:
            self._output.write("")


def _vat(percent: str) -> int:
    try:
        return vat_bps(percent)
    except DomainError as refusal:
        raise ArgumentTypeError(str(refusal)) from refusal
