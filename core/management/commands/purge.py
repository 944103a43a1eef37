from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from core.privacy import purging


class Command(BaseCommand):
    help = (
        "Carry out the rules of retention (docs/privacy.md), all or those named; every night too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rules", nargs="*", help="Keys of rules, such as tracking.landings.")
        parser.add_argument("--dry-run", action="store_true", help="Count, and change nothing.")
        parser.add_argument("--json", action="store_true", help="Print the report as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print rows due, done and left of each rule. Ends with 1 when a rule failed."""
        carry_out = purging.look if options["dry_run"] else purging.run_all
        try:
            reports = carry_out(now=timezone.now(), keys=options["rules"])
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in reports], default=str, indent=1))
        else:
            self._print(reports, dry_run=options["dry_run"])
        failed = [one.rule for one in reports if one.problem]
        if failed:
            raise CommandError(f"Not carried out: {', '.join(failed)}. See the log.")

    def _print(self, reports: list[purging.Report], *, dry_run: bool) -> None:
        self.stdout.write(f"{'due':>10}  {'done':>10}  {'left':>10}  oldest      rule")
        for one in reports:
            oldest = f"{one.oldest:%Y-%m-%d}" if one.oldest else "-"
            self.stdout.write(
                f"{one.due:>10}  {one.done:>10}  {one.left:>10}  {oldest:<10}  {one.rule}"
            )
        if dry_run:
            self.stdout.write("Nothing was changed.")
