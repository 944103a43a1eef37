from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import restoring


class Command(BaseCommand):
    help = "Make a backup a database server again, as it was at a moment, in a new directory."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        restoring.add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore. ``bin/manage`` does it ahead of Django, so that no server is started."""
        restoring.run(argparse.Namespace(**options))
