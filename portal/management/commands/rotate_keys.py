"""``bin/manage rotate_keys``: other keys, while everything runs (docs/security.md)."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from affiliates.models import Endpoint
from affiliates.models.webhook import EndpointKind
from affiliates.services import endpoints
from core import key_rotation, signatures
from core.errors import DomainError
from shop.models import Shop, WebhookSecret
from shop.services import secrets


class Command(BaseCommand):
    """Encrypt anew, sign with another key, or give webhooks other secrets."""

    help = "Replace keys without a stop: of encrypted columns, of signatures, of webhooks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what",
            choices=("fields", "signing", "webhooks"),
            help="fields: encrypt anew with the newest of FIELD_KEYS. signing: keep the public key"
            " of the SIGNING_KEY before. webhooks: other secrets for shops and the programme.",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what is due")
        parser.add_argument(
            "--retire", action="store_true", help="webhooks: end the older of two secrets of a shop"
        )
        parser.add_argument("--database", default="owner", help="fields: whose connection (owner)")

    def handle(self, *_args: Any, what: str, **options: Any) -> None:
        """Do it, or with --dry-run say what would be done. Each is safe to repeat."""
        {"fields": self._fields, "signing": self._signing, "webhooks": self._webhooks}[what](
            options
        )

    def _fields(self, options: dict[str, Any]) -> None:
        is_rehearsal, using = options["dry_run"], options["database"]
        outdated = unreadable = 0
        for table in key_rotation.tables():
            progress = None
            for progress in key_rotation.rotate(table, using=using, is_rehearsal=is_rehearsal):
                if options["verbosity"] > 1:
                    self.stderr.write(f"{progress.table}: {progress.seen} rows so far")
            if progress is not None:
                outdated += progress.outdated
                unreadable += progress.unreadable
                self.stdout.write(
                    f"{table.name}: {progress.seen} rows, {progress.outdated}"
                    f" {'to encrypt anew' if is_rehearsal else 'encrypted anew'}"
                    + (f", {progress.unreadable} that NO KEY OPENS" if progress.unreadable else "")
                )
        self.stdout.write(f"Together: {outdated}.")
        if unreadable:
            self.stderr.write("Some rows are open to none of FIELD_KEYS: put the lost key back.")
            sys.exit(1)

    def _signing(self, options: dict[str, Any]) -> None:
        """Say which keys are retired.

        :raises CommandError: when SIGNING_KEY is one that was retired.
        """
        now = timezone.now()
        try:
            rows = signatures.outdated(now=now)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if not rows:
            self.stdout.write("Today's SIGNING_KEY is the one that signs. Nothing to do.")
        elif options["dry_run"]:
            for row in rows:
                self.stdout.write(f"{row.purpose}: {row.public_key} would be retired.")
        else:
            for row in signatures.retire_outdated(now=now):
                self.stdout.write(
                    f"{row.purpose}: {row.public_key} is retired, what it signed stays ours;"
                    f" from now on {signatures.public_key(row.purpose)} signs."
                )

    def _webhooks(self, options: dict[str, Any]) -> None:
        """Print each new secret once.

        :raises CommandError: with the sentence of a refusal.
        """
        try:
            for shop in Shop.objects.order_by("pk"):
                self._of_shop(shop, options)
            for endpoint in (
                Endpoint.objects.standing()
                .filter(affiliate__isnull=True, kind=EndpointKind.WEBHOOK)
                .order_by("pk")
            ):
                self._of_programme(endpoint, options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _of_shop(self, shop: Shop, options: dict[str, Any]) -> None:
        now = timezone.now()
        active = list(
            WebhookSecret.objects.filter(
                shop=shop, connection=None, retired_at__isnull=True
            ).order_by("created_at", "pk")
        )
        if not active:
            return
        if len(active) == secrets.ACTIVE:
            if options["retire"] and not options["dry_run"]:
                secrets.retire(secret_id=active[0].pk, actor=None, now=now)
                self.stdout.write(f"Shop {shop.code}: the older secret is retired.")
            else:
                self.stdout.write(f"Shop {shop.code}: two secrets are active; --retire ends one.")
        elif options["dry_run"] or options["retire"]:
            self.stdout.write(f"Shop {shop.code}: one secret, of {active[0].created_at:%Y-%m-%d}.")
        else:
            row = secrets.issue(shop_id=shop.pk, actor=None, now=now)
            self.stdout.write(f"Shop {shop.code}: {row.secret}")

    def _of_programme(self, endpoint: Endpoint, options: dict[str, Any]) -> None:
        now = timezone.now()
        if endpoint.previous_until is not None and endpoint.previous_until > now:
            self.stdout.write(f"Webhook “{endpoint.name}”: changed already, both secrets sign.")
        elif options["dry_run"] or options["retire"]:
            self.stdout.write(f"Webhook “{endpoint.name}”: of {endpoint.secret_made_at:%Y-%m-%d}.")
        else:
            row = endpoints.rotate(endpoint_id=endpoint.pk, actor_id=None, now=now)
            self.stdout.write(f"Webhook “{endpoint.name}”: {row.secret}")
