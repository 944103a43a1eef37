from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.demo import address, seed, shop_file, world
from shop.models import Shop


class Command(BaseCommand):
    help = "Fill an embedded database with the demo shop, its partners and 90 days of sales."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--shop-url",
            default=_next_port(settings.PUBLIC_URL),
            help="where the demo shop answers (default: the portal's port + 1)",
        )

        parser.add_argument(
            "--times",
            type=int,
            default=1,
            help="how much of everything: with 20 it takes minutes (default: 1)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed once; later runs only let the shop's address follow its port.

        :raises CommandError: outside the embedded default, where real people work.
        """
        if not settings.ON_THIS_MACHINE:
            raise CommandError("The demo is for the embedded database of bin/run only.")
        shop_url, now = options["shop_url"].rstrip("/"), timezone.now().replace(microsecond=0)
        if seed.is_seeded():
            moved = address.follow(shop_url=shop_url, now=now)
            shop = Shop.objects.get(code=world.SHOP_CODE)
            said = f"Already seeded; the shop moved to {shop_url}." if moved else "Already seeded."
        else:
            shop = seed.seed(
                shop_url=shop_url, now=now, tell=self.stdout.write, times=options["times"]
            )
            said = "The demo is ready."
        shop_file.write(settings.DATA_DIR / "state", shop)
        self.stdout.write(self.style.SUCCESS(said))


def _next_port(public_url: str) -> str:
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.hostname}:{(parts.port or 7_999) + 1}"
