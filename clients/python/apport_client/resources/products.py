"""Calls of the API: products.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.products import Product


class ProductsResource:
    """What ``client.products`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        q: str | None = None,
        shop: str | None = None,
        sku: str | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Product]:
        """Search products.

        Products on sale, with your rate, their published margin band and what one unit earns.

        Needs the scope `read:products`.

        :param q: Words in name, sku, colour, brand or category; all of them.
        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"q": q, "shop": shop, "sku": sku, "limit": page_size}
        return self._transport.pages(Product, "/products", asked, cursor)
