"""The product feed of an affiliate as a file: CSV or XML, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from core.csv_export import INTERNATIONAL, csv_chunks
from core.money import Money
from payouts.models import ShelfItem
from portal.deep_link_addresses import addresses
from portal.queries.link_products import ProductHit
from tracking.models import Link

COLUMNS = (
    "id", "name", "brand", "category", "color", "price", "currency", "availability", "url",
    "tracked_url", "image_url", "rate_percent", "estimated_commission",
)  # fmt: skip

Rows = Iterator[tuple[ShelfItem, ProductHit]]


def cells(item: ShelfItem, hit: ProductHit, link: Link | None) -> tuple[str, ...]:
    """Return one row: amounts in major units with a point, empty where nothing is known."""
    product = item.product
    return (
        product.sku,
        product.name,
        product.brand,
        product.category,
        product.color,
        _major(hit.price),
        product.currency,
        "in_stock" if item.is_in_stock else "out_of_stock",
        product.url,
        _tracked(product.url, link),
        hit.image_url,
        "" if hit.rate_bps is None else f"{hit.rate_bps // 100}.{hit.rate_bps % 100:02d}",
        "" if hit.commission is None else _major(hit.commission),
    )


def as_csv(rows: Rows, link: Link | None) -> Iterator[bytes]:
    """Yield the feed with commas and points, a header first."""
    return csv_chunks(COLUMNS, (cells(*row, link) for row in rows), form=INTERNATIONAL)


def as_xml(rows: Rows, link: Link | None) -> Iterator[bytes]:
    """Yield the feed as one ``<product>`` for each row, its columns as elements."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<products>\n'
    for row in rows:
        fields = "".join(
            f"<{name}>{escape(_printable(value))}</{name}>"
            for name, value in zip(COLUMNS, cells(*row, link), strict=True)
        )
        yield f"<product>{fields}</product>\n".encode()
    yield b"</products>\n"


def _major(amount: Money) -> str:
    return f"{amount.to_decimal():f}"


def _printable(text: str) -> str:
    """Leave out what XML 1.0 has no way to write."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")


def _tracked(url: str, link: Link | None) -> str:
    if link is None:
        return ""
    (address,) = addresses(link, [url])
    return address.url
