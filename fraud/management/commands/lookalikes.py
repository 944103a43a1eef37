from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fraud.domain.candidates import generated
from fraud.domain.lookalikes import match, names_of
from fraud.models import WatchedName
from fraud.queries.hosts import shared_hosts


class Command(BaseCommand):
    help = "Say how near names come to those of the shop, or which could be registered to imitate."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the shop's names, and either a file of names or the wish to generate them."""
        parser.add_argument(
            "--brand", nargs="+", metavar="NAME",
            help="Names and own domains of the shop; default: those that are watched.",
        )  # fmt: skip
        wanted = parser.add_mutually_exclusive_group(required=True)
        wanted.add_argument("--names", type=Path, help="A file with one host per line; # comments.")
        wanted.add_argument("--generate", action="store_true", help="Yield look-alikes instead.")
        parser.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the level of every name (L1 nearest to L4; none: not near), or the candidates.

        :raises CommandError: without a name of the shop, or for a file that cannot be read.
        """
        brands = options["brand"] or self._watched()
        if not names_of(brands):
            raise CommandError("Which names does the shop have? Say --brand 'CCV Mode' ccv-mode.fr")
        if options["generate"]:
            rows = [candidate._asdict() for candidate in generated(brands)]
            rows.sort(key=lambda row: (-row["priority"], row["host"]))
        else:
            rows = list(self._matched(brands, options["names"]))
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write("\t".join(str(value or "-") for value in row.values()))

    def _watched(self) -> list[str]:
        rows = WatchedName.objects.filter(removed_at__isnull=True).order_by("pk")
        return list(rows.values_list("name", flat=True))

    def _matched(self, brands: list[str], path: Path) -> Iterator[dict[str, Any]]:
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        names, shared = names_of(brands), shared_hosts()
        for line in lines:
            host = line.partition("#")[0].strip()
            if host:
                found = match(host, names, shared)
                yield {
                    "host": host,
                    "level": found.level if found else None,
                    "name": found.name if found else None,
                }
