from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import backups, env
from config.backups import BackupRefused


class Command(BaseCommand):
    help = "Copy the whole database server into a folder, or keep its log there (--follow)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="Made when it is not there.")
        parser.add_argument(
            "--follow", action="store_true", help="Keep the log, until this is stopped."
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="Delete all but the newest N backups afterwards."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make a backup, or follow the log.

        :raises CommandError: with a sentence when that is not possible.
        """
        url = env.text("BACKUP_DATABASE_URL")
        if not url and not settings.EMBEDDED:
            raise CommandError(
                "Set BACKUP_DATABASE_URL to a role of your server with the right REPLICATION:"
                " docs/operations.md says how."
            )
        source = backups.server(url, settings.DATA_DIR)
        folder = options["folder"].expanduser().resolve()
        media = None if settings.S3_BUCKET else Path(settings.MEDIA_ROOT)
        try:
            if options["follow"]:
                sys.exit(backups.follow(folder, source))
            base = backups.take(folder, source, media)
            self.stdout.write(f"Complete at {base.ended_at:%Y-%m-%d %H:%M:%S %Z}: {base.directory}")
            if options["keep"] is not None:
                for name in backups.prune(folder, source, keep=options["keep"], media=media):
                    self.stdout.write(f"Deleted {name}.")
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
