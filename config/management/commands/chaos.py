from __future__ import annotations

import json
import random
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.chaos.run import Plan, run
from core.errors import DomainError


class Command(BaseCommand):
    """Run a whole shop on a machine of its own and break it, part by part."""

    help = (
        "Starts everything on a machine of its own, lets people visit, buy, return and be paid,"
        " kills, freezes, fills and misleads every part at random, and asks afterwards whether"
        " anything that was acknowledged is lost or there twice. Exit status 1 if so. See"
        " docs/operations.md."
    )
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=float, default=5, help="For how long it is harmed.")
        parser.add_argument("--orders", type=float, default=3, help="Orders a second.")
        parser.add_argument("--payees", type=int, default=40, help="Payees of each batch.")
        parser.add_argument("--seed", type=int, help="Of a run that is to be had again.")
        parser.add_argument("--json", action="store_true", help="All that was found, as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        seed = options["seed"] or random.SystemRandom().randrange(1, 10**6)
        plan = Plan(
            minutes=options["minutes"],
            orders_per_second=options["orders"],
            payees=options["payees"],
            seed=seed,
            say=lambda line: self.stderr.write(line),
        )
        try:
            found = run(plan)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
        else:
            self.stdout.write("\n".join(f"{name}: {value}" for name, value in found.items()))
        if not found["ok"]:
            sys.exit(1)
