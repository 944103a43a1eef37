from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payouts.models import ClosedMonth
from payouts.services import closing


class Command(BaseCommand):
    help = "Prove that a closed month is what it was: its report, our signature, its balances."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="As 2026-10.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what stands, and exit with 1 if anything does not.

        :raises CommandError: for a month that is none, or that is open.
        """
        try:
            month = datetime.strptime(options["month"], "%Y-%m").date()  # noqa: DTZ007 - a month
        except ValueError as error:
            raise CommandError("Write the month as 2026-10.") from error
        closed = ClosedMonth.objects.filter(month=month).first()
        if closed is None:
            raise CommandError(f"{month:%Y-%m} is not closed.")
        proof = closing.verify(closed)
        for name, holds in (
            ("report, by its SHA-256", proof.report_is_whole),
            ("signature, by our key", proof.signature_is_ours),
            ("balances, by the ledger", proof.ledger_agrees),
        ):
            self.stdout.write(f"{name}: {'as it was' if holds else 'CHANGED'}")
        self.stdout.write(f"SHA-256: {closed.sha256}")
        self.stdout.write(f"Ed25519 signature: {closed.signature}")
        self.stdout.write(f"Public key: {proof.public_key or 'none of ours'}")
        self.stdout.write(f"Signed bytes: {closing.signed_bytes(closed)!r}")
        if not proof.holds:
            sys.exit(1)
