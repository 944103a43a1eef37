from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from payouts.models import Transfer
from payouts.services import checks


class Command(BaseCommand):
    help = "Prove that transfers, commissions, batches and payouts tell one story."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print the differences as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the differences and exit with 1 if there are any."""
        result = checks.run(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps({"differences": result.differences}))
        else:
            for row in result.differences:
                self.stdout.write(str(checks.Difference(**row)))
            if result.agrees:
                count = Transfer.objects.count()
                self.stdout.write(self.style.SUCCESS(f"The ledger agrees: {count} transfers."))
        if not result.agrees:
            sys.exit(1)
