from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from influencers.models import CustomerPhoto
from influencers.services import customer_photo_erasure


class Command(BaseCommand):
    help = "Erase what a customer sent: by the photo's id, or all that an e-mail address sent."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--photo", help="The id in the address that the customer was given.")
        which.add_argument("--email", help="The address that was typed when it was sent.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Erase, and print how many photos went."""
        now = timezone.now()
        if options["email"]:
            count = customer_photo_erasure.erase_of(options["email"], by_id=None, now=now)
        else:
            count = _erase_one(options["photo"])
        self.stdout.write(f"Erased: {count}.")


def _erase_one(public_id: str) -> int:
    photo = CustomerPhoto.objects.filter(public_id=public_id).first()
    if photo is None:
        raise CommandError(f"There is no photo {public_id}.")
    customer_photo_erasure.erase(photo.pk, by_id=None, now=timezone.now())
    return 1
