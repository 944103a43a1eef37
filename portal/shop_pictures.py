"""Pictures of products: shown from the shop's own hosts, from nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.http import HttpResponse

from shop.models import Product, Shop
from tracking.domain.destinations import leads_to_shop


def picture_of(product: Product) -> str:
    """Return the address of a product's picture; empty when it is not on the shop's hosts."""
    shown = product.image_url and leads_to_shop(product.image_url, product.shop.link_hosts)
    return product.image_url if shown else ""


def allow(response: HttpResponse, shops: Iterable[Shop]) -> HttpResponse:
    """Let the page show pictures from the hosts of ``shops``; nothing else of it is loosened."""
    origins = sorted(
        {f"{urlsplit(s.home_url).scheme}://{host}" for s in shops for host in s.link_hosts}
    )
    response._csp_update = {"img-src": origins}  # type: ignore[attr-defined]
    return response
