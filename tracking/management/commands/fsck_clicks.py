from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tracking.services import spool_checks
from tracking.spool import host_name


class Command(BaseCommand):
    help = "Prove that every line of the spool is stored exactly once: rows, counts and sums."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=host_name(), help="The name of this machine.")
        parser.add_argument("--json", action="store_true", help="Print the result as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the differences and exit with 1 if there are any."""
        found = spool_checks.run(settings.SPOOL_DIR, host=options["host"], now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps({"sums": found.sums, "differences": found.differences}))
        else:
            for difference in found.differences:
                self.stdout.write(difference)
            if not found.differences:
                sums = ", ".join(f"{number} {name}" for name, number in found.sums.items())
                self.stdout.write(
                    self.style.SUCCESS(f"Spool and tables agree: {sums}; {found.files} files read.")
                )
        if found.differences:
            sys.exit(1)
