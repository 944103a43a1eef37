from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tracking.services import retention


class Command(BaseCommand):
    help = "Forget what is due of clicks, journeys and spools; every night's task does the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Count, and change nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print how many rows each rule took, or would take."""
        now = timezone.now()
        for purged in retention.purge(now=now, dry_run=options["dry_run"]):
            self.stdout.write(f"{purged.rows:>12}  {purged.rule}")
        since = retention.visitors_kept_since(now)
        self.stdout.write(f"Clicks keep their visitor since {since:%Y-%m-%d}.")
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
