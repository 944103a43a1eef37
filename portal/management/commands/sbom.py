from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core import supply_chain


class Command(BaseCommand):
    help = "Print what the product is made of: a bill of materials (CycloneDX), or its licences."

    def add_arguments(self, parser: CommandParser) -> None:
        kind = parser.add_mutually_exclusive_group()
        kind.add_argument("--licences", action="store_true", help="a line for each, for people")
        kind.add_argument("--write", action="store_true", help="write docs/licences.md")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print or write it, and exit with 1 if a licence is not one that we allow."""
        root = settings.BASE_DIR
        parts = supply_chain.packages(root) + supply_chain.vendored(root)
        if options["write"]:
            (root / "docs" / "licences.md").write_text(supply_chain.licence_table(parts))
        elif options["licences"]:
            for part in parts:
                self.stdout.write(f"{part.name} {part.version}: {part.licence}")
        else:
            made = supply_chain.bill(parts, version=_version(), now=timezone.now())
            self.stdout.write(json.dumps(made, indent=2))
        refused = [part.name for part in parts if supply_chain.refused(part.licence)]
        if refused:
            self.stderr.write(f"Not under a licence that we allow: {', '.join(refused)}.")
            sys.exit(1)


def _version() -> str:
    for line in (settings.BASE_DIR / "pyproject.toml").read_text().splitlines():
        if line.startswith("version = "):
            return line.partition('"')[2].rstrip('"')
    return ""
