from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from tracking.services import far_months, partitions


class Command(BaseCommand):
    """Move months of clicks and journeys to the second server."""

    help = (
        "Moves months of clicks and journeys to the second server (CLICKS_NODE_URL), whole, one"
        " after the other; without months it lists where each lies. See docs/operations.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("months", nargs="*", metavar="2026-10")
        parser.add_argument(
            "--database", default=far_months.OWNER, help="The role that owns the tables."
        )

    def handle(self, *_args: Any, months: list[str], database: str, **_options: Any) -> None:
        known = partitions.months()
        if not months:
            far = far_months.far()
            for month in known:
                self.stdout.write(f"{month.name}: {'there' if month.name in far else 'here'}")
            return
        for wanted in months:
            found = [one for one in known if f"{one.begins:%Y-%m}" == wanted]
            if not found:
                raise CommandError(f"There is no month {wanted}.")
            for month in found:
                began = time.monotonic()
                try:
                    moved = far_months.move(month, using=database)
                except DomainError as refusal:
                    raise CommandError(str(refusal)) from refusal
                took = time.monotonic() - began
                self.stdout.write(f"{moved.name}: {moved.rows} rows in {took:.1f} s")
