"""The shop and its links, and the secret that it signs with, which is printed."""

from __future__ import annotations

import sys

import django

django.setup()  # Before anything that has models.

from django.utils import timezone  # noqa: E402

from benchmarks.month.shop import CODE  # noqa: E402
from benchmarks.month.visitors import LINKS  # noqa: E402
from benchmarks.redirect.rows import make_links  # noqa: E402
from shop.models import Shop  # noqa: E402
from shop.services import secrets  # noqa: E402

if __name__ == "__main__":
    make_links(LINKS)
    shop = Shop.objects.get(code=CODE)
    sys.stdout.write(secrets.issue(shop_id=shop.pk, actor=None, now=timezone.now()).secret)
