from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import advisories, supply_chain


class Command(BaseCommand):
    help = "Compare the packages of the locks with a copy of the OSV database of advisories."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--database",
            type=Path,
            required=True,
            help="a folder of JSON files, its zip (all.zip of PyPI), or one file",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what is affected, and exit with 1 if something is."""
        database: Path = options["database"]
        pins: dict[str, str] = {}
        for name in supply_chain.LOCKS:
            pins |= supply_chain.pins(settings.BASE_DIR / name)
        number = 0
        found: set[advisories.Warned] = set()
        try:
            for advisory in advisories.read(database):
                number += 1
                found.update(advisories.warned_of(pins, advisory))
        except (OSError, ValueError, BadZipFile) as reason:
            raise CommandError(f"{database} cannot be read: {reason}") from reason
        if not number:
            raise CommandError(f"There is no advisory in {database}.")
        for one in sorted(found):
            names = ", ".join([one.advisory, *one.aliases])
            cure = f" Fixed in {', '.join(one.fixed)}." if one.fixed else ""
            self.stdout.write(f"{one.package} {one.version}: {names}: {one.summary}{cure}")
        self.stdout.write(f"{len(pins)} packages, {number} advisories, {len(found)} found.")
        if found:
            sys.exit(1)
