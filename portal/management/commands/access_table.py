from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal import access_table


class Command(BaseCommand):
    help = "Print which role may do what at every address: the table docs/access.csv."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="put it into docs/access.csv")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the table, or write it where the test looks for it."""
        table = access_table.as_csv(access_table.rows())
        if options["write"]:
            (settings.BASE_DIR / "docs" / "access.csv").write_text(table)
        else:
            self.stdout.write(table, ending="")
