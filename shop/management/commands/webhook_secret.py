from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from shop.models import Shop
from shop.services import secrets


class Command(BaseCommand):
    help = "Make a new webhook secret for a shop and print it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shop", help="The shop's code.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the secret and nothing else.

        :raises CommandError: for an unknown shop, or when two secrets are active already.
        """
        shop = Shop.objects.filter(code=options["shop"]).first()
        if shop is None:
            codes = ", ".join(Shop.objects.values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no shop {options['shop']}. There are: {codes}.")
        try:
            row = secrets.issue(shop_id=shop.pk, actor=None, now=timezone.now())
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(row.secret)
