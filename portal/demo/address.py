"""The demo shop's address follows the port that it is started on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr

from portal.demo import world
from shop.models import Shop
from tracking.models import Link


@transaction.atomic
def follow(*, shop_url: str, now: datetime) -> bool:
    """Let shop, products and links of the demo lead to ``shop_url``; tell whether they moved."""
    shop = Shop.objects.select_for_update().get(code=world.SHOP_CODE)
    before = shop.home_url.rstrip("/")
    if before == shop_url:
        return False
    shop.home_url, shop.link_origin = f"{shop_url}/", shop_url
    shop.link_hosts = world.link_hosts(shop_url)
    shop.save(update_fields=["home_url", "link_origin", "link_hosts"])
    Link.objects.filter(shop=shop, destination_url__startswith=f"{before}/").update(
        destination_url=Concat(
            Value(shop_url), Substr(F("destination_url"), Length(Value(before)) + 1)
        )
    )
    world.store_catalogue(shop, shop_url, now=now)
    return True
