"""``bin/manage api_client``: write what the Python client has from the schema of the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.api.docs import document
from portal.api_client.files import client_files, differing, write


class Command(BaseCommand):
    help = "Write the generated part of clients/python from the schema of the API."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a file differs"
        )
        parser.add_argument(
            "--package",
            type=Path,
            default=settings.BASE_DIR / "clients" / "python" / "apport_client",
            help="where the package is (default: clients/python/apport_client)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write or compare.

        :raises CommandError: with --check, when a file is not as the schema has it.
        """
        package, files = options["package"], client_files(document())
        found = differing(package, files)
        if options["check"] and found:
            raise CommandError(
                f"Not as the schema has it: {', '.join(found)}. Run bin/manage api_client."
            )
        if not options["check"]:
            write(package, files)
        self.stdout.write(f"{len(files)} files, {len(found)} of them changed.")
