from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import audit
from core.models import AuditEntry

#: So many entries are named; a chain that broke once differs from there on.
NAMED = 20


class Command(BaseCommand):
    help = "Prove that no entry of the audit trail was changed, put in or taken out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what was found, and exit with 1 if the chain does not hold.

        What is missing at the end only ``check_ledger`` can tell: it knows the entries that an
        earlier check saw. So can whoever noted the last hash that is printed here.
        """
        broken = [entry.pk for entry in audit.broken_entries()]
        last = AuditEntry.objects.order_by("-pk").first()
        found = {
            "entries": AuditEntry.objects.count(),
            "broken": broken,
            "last": last and {"entry": last.pk, "at": last.at.isoformat(), "hash": last.hash},
        }
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
        else:
            self._say(found)
        if broken:
            sys.exit(1)

    def _say(self, found: dict[str, Any]) -> None:
        broken, last = found["broken"], found["last"]
        self.stdout.write(f"{found['entries']} entries.")
        for pk in broken[:NAMED]:
            self.stdout.write(f"Entry {pk}: CHANGED, or its predecessor is gone.")
        if len(broken) > NAMED:
            self.stdout.write(f"And {len(broken) - NAMED} more.")
        if last:
            self.stdout.write(f"Last: entry {last['entry']} of {last['at']}, hash {last['hash']}.")
        self.stdout.write("The chain does NOT hold." if broken else "The chain holds.")
