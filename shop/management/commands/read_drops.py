from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from shop.models import Connection, DroppedFile
from shop.services import drops


class Command(BaseCommand):
    help = "Read the files that were dropped, as the clock does. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", nargs="?", help="Of one connection; else all.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read and report; exit with 1 when a file or a folder could not be read whole.

        :raises CommandError: when there is no such connection.
        """
        wanted = Connection.objects.filter(connector=drops.CONNECTOR)
        if options["code"]:
            wanted = wanted.filter(code=options["code"])
            if not wanted:
                raise CommandError(f"There is no file drop {options['code']}: connect it first.")
        good = True
        for connection in wanted.filter(paused_at__isnull=True):
            try:
                read = drops.read(connection_id=connection.pk, now=timezone.now())
            except DomainError as refusal:
                self.stdout.write(self.style.ERROR(f"{connection.code}: {refusal}"))
                good = False
                continue
            self.stdout.write(f"{connection.code}: {len(read)} files read.")
            for row in read:
                self._tell(row)
                good = good and not row.error and not row.refused_rows
        if not good:
            sys.exit(1)

    def _tell(self, row: DroppedFile) -> None:
        self.stdout.write(
            f"  {row.name}: {row.rows:,} rows, {row.orders:,} new orders, {row.returns:,} new"
            f" returns, {row.refused_rows:,} refused."
        )
        if row.error:
            self.stdout.write(self.style.ERROR(f"  {row.error}"))
        for number, about, why in row.refused[:5]:
            place = f"row {number}, " if number else ""
            self.stdout.write(self.style.ERROR(f"  {place}{about}: {why}"))
