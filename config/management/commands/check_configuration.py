from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import configuration


class Command(BaseCommand):
    help = "Show what is not right in the environment, and what to do about it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        configuration.add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Show it. ``bin/manage`` does it ahead of Django, which a bad setting may stop."""
        configuration.run(argparse.Namespace(**options))
