from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from config import migration_locks


class Command(BaseCommand):
    help = "Find migrations that would stop a running installation (needs the development tools)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="Also those of releases that are out."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what is wrong, and exit with 1 if anything is."""
        found = migration_locks.complaints(connections["owner"], everything=options["all"])
        for complaint in found:
            self.stdout.write(str(complaint))
        if found:
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("Migrations can run beside the release before."))
