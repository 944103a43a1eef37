"""``bin/manage owners``: whose yes large batches of payouts need."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from payouts.queries.approval_rules import owners
from payouts.services.owners import end_owner, name_owner


class Command(BaseCommand):
    help = "Make somebody of finance an owner (CFO) for approvals, end it, or list who is one."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="add|remove|list")
        for act, said in (
            ("add", "make a person of finance an owner"),
            ("remove", "end it; finance they stay"),
        ):
            acts.add_parser(act, help=said).add_argument("email")
        acts.add_parser("list", help="show who is an owner")

    def handle(self, *_args: Any, act: str, **options: Any) -> None:
        """
        :raises CommandError: with the sentence of a refusal.
        """
        if act == "list":
            people = owners()
            self.stdout.write("\n".join(one.email for one in people) or "Nobody is an owner.")
            return
        change = name_owner if act == "add" else end_owner
        try:
            user = change(email=options["email"], actor=None, now=timezone.now())
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        said = "is an owner" if act == "add" else "is no owner any more"
        self.stdout.write(self.style.SUCCESS(f"{user.email} {said}."))
