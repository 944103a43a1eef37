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
        parser.add_argument("--licences", action="store_true", help="a line for each, for people")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print it, and exit with 1 if a licence is not one that we allow."""
        parts = supply_chain.packages(settings.BASE_DIR)
        parts += supply_chain.vendored(
            settings.BASE_DIR / "portal" / "static" / "vendor" / "VERSIONS.md"
        )
        if options["licences"]:
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
