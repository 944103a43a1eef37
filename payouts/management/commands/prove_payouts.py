from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from payouts.proof.run import Plan, prove


class Command(BaseCommand):
    """Pay through a double of Stripe while workers are killed; nothing stays in any database."""

    help = (
        "Pays a batch through a double of Stripe while its workers are killed at random, answers"
        " are lost and a day goes by, and asks the double whether anybody was paid twice or not at"
        " all. Exit status 1 if so. See docs/rules/stripe.md."
    )
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, default=1_500, help="How many payouts.")
        parser.add_argument("--kills", type=int, default=150, help="How many workers are killed.")
        parser.add_argument("--workers", type=int, default=4, help="Processes at a time.")
        parser.add_argument("--hands", type=int, default=2, help="Calls at a time, each process.")
        parser.add_argument("--seed", type=int, default=1, help="Of amounts and faults.")
        parser.add_argument("--limit", type=int, default=1_800, help="Seconds it may take.")
        parser.add_argument(
            "--double", default="", help="Address of a double; without, one is started."
        )
        parser.add_argument("--json", action="store_true", help="All that was found, as JSON.")
        parser.add_argument(
            "--sabotage",
            action="store_true",
            help="Forget the keys: the proof must fail, or it proves nothing.",
        )
        parser.add_argument(
            "--restore",
            action="store_true",
            help="Bring the database of before the batch back once it is paid, and pay it again.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        plan = Plan(
            items=options["items"],
            kills=options["kills"],
            workers=options["workers"],
            hands=options["hands"],
            seed=options["seed"],
            limit_seconds=options["limit"],
            is_sabotaged=options["sabotage"],
            is_restored=options["restore"],
        )
        try:
            found = prove(plan, address=options["double"])
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
        else:
            self.stdout.write("\n".join(f"{name}: {value}" for name, value in found.items()))
        if not found["ok"]:
            sys.exit(1)
