from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portal.metrics.exposition import exposition


class Command(BaseCommand):
    help = "Print what /metrics says, or write it for node_exporter's textfile collector."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--textfile", metavar="FILE", help="Write FILE.prom at once, never half of it."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print or write the metrics of this machine."""
        text = exposition(timezone.now())
        if not options["textfile"]:
            self.stdout.write(text.decode(), ending="")
            return
        path = Path(options["textfile"])
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(text)
        draft.rename(path)
