from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from affiliates import tasks
from affiliates.services import thread_retention
from core import deliveries, exports
from core import tasks as core_tasks


class Command(BaseCommand):
    help = "Forget old mails' words, files of threads and exports; every night's tasks do the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Count, and change nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print how much of each was forgotten, or would be."""
        now = timezone.now()
        rules = (
            ("mails emptied", deliveries.count_worn, core_tasks.empty_mails),
            ("files of threads deleted", thread_retention.count_files, tasks.delete_thread_files),
            ("exports deleted", exports.count_over, core_tasks.forget_exports),
        )
        for said, count, forget in rules:
            rows = count(now=now) if options["dry_run"] else forget()
            self.stdout.write(f"{rows:>12}  {said}")
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
