from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from shop.connectors.product_file import ProductFile
from shop.models import Shop
from shop.services import catalogue

AT_ONCE = 5_000


class Command(BaseCommand):
    help = "Import a catalogue with costs and collections, as the webhook would. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shop", metavar="CODE")
        parser.add_argument("file", type=Path, help="A CSV file, or one compressed with xz.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import and report; exit with 1 when a row was refused.

        :raises CommandError: when the shop or the file is not usable.
        """
        shop = Shop.objects.filter(code=options["shop"]).first()
        if shop is None:
            raise CommandError(f"There is no shop {options['shop']}: create it first.")
        file = ProductFile(options["file"])
        products = file.products(lambda _row: None)
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
        self.stdout.write(
            f"{created:,} products made, {changed:,} changed, {unchanged:,} as they were."
        )
        for row, why in file.refused.items():
            self.stdout.write(self.style.ERROR(f"Row {row}: {why}"))
        for sku, why in refused.items():
            self.stdout.write(self.style.ERROR(f"{sku}: {why}"))
        if file.refused or refused:
            sys.exit(1)
