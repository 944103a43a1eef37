from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.privacy import journal, registry, restored, tables


class Command(BaseCommand):
    help = "What is known of people: print the table, or erase again what a backup brought back."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--table", action="store_true", help="Print the table of all holdings.")
        what.add_argument("--rules", action="store_true", help="Print the table of the rules.")
        what.add_argument(
            "--reapply",
            action="store_true",
            help=(
                "After a restore: take over the journal's files, erase again whom they name, and"
                " delete the files that no row names."
            ),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do one of the three."""
        if options["reapply"]:
            now = timezone.now()
            self.stdout.write(f"{journal.recover(now=now):>8}  lines taken over from files")
            for name, count in registry.repeat(now=now).items():
                self.stdout.write(f"{count:>8}  {name} erased again")
            self.stdout.write(f"{restored.delete_unnamed():>8}  files deleted that no row names")
            missing = restored.forget_missing(now=now)
            self.stdout.write(f"{missing:>8}  exports and copies let go, whose files are gone")
            return
        for line in tables.lines() if options["table"] else tables.rule_lines():
            self.stdout.write(line)
