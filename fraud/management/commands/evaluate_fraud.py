from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from fraud.evaluation import report
from fraud.evaluation.contents import Contents, Labels, scan
from fraud.evaluation.run import NotStored, evaluate
from fraud.evaluation.schema import schema
from fraud.evaluation.scratch import scratch_database


class Command(BaseCommand):
    """Judge labelled events by the real pipeline; nothing of it stays in any database."""

    help = (
        "Judges labelled events (JSON lines, docs/fraud-evaluation.md) with everything that judges"
        " real ones, in a database that is made for it and dropped, and says how right it was."
    )
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--events", metavar="FILE", help="The events, one JSON object a line.")
        parser.add_argument("--json", action="store_true", help="Every decision, as JSON.")
        parser.add_argument(
            "--schema", action="store_true", help="Print the JSON Schema of both, and do nothing."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False))
            return
        if not options["events"]:
            raise CommandError("Name the file with --events FILE, or ask for the --schema.")
        found = self._judged(Path(options["events"]))
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        else:
            self.stdout.write(report.as_text(found))

    def _judged(self, path: Path) -> dict[str, Any]:
        try:
            contents, labels = scan(path)
            return self._evaluated(contents, labels)
        except (DomainError, NotStored, OSError) as error:
            raise CommandError(str(error)) from error

    def _evaluated(self, contents: Contents, labels: Labels) -> dict[str, Any]:
        with scratch_database():
            decided = report.decided(evaluate(contents, self._tell))
        return report.answer(decided, contents, labels)

    def _tell(self, reached: datetime) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"{reached:%Y-%m-%d}", ending="\r")
