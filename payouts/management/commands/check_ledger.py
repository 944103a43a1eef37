from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payouts.models import Transfer
from payouts.services import checks


class Command(BaseCommand):
    help = "Prove that transfers, commissions, batches and payouts tell one story."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print the differences as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the differences and exit with 1 if there are any."""
        differences = checks.check()
        if options["json"]:
            self.stdout.write(json.dumps({"differences": checks.as_rows(differences)}))
        else:
            for difference in differences:
                self.stdout.write(str(difference))
            if not differences:
                count = Transfer.objects.count()
                self.stdout.write(self.style.SUCCESS(f"The ledger agrees: {count} transfers."))
        if differences:
            sys.exit(1)
