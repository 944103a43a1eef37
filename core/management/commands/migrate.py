from __future__ import annotations

import gc
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's own ``migrate``, run by the role that owns the tables."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        # Each step draws the models anew, and throws away the old ones.
        gc.set_threshold(100_000, *gc.get_threshold()[1:])
        super().handle(*args, **options)
