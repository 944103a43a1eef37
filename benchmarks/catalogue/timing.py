"""Imports a feed as the command does; wall time, processor time of both sides, and memory."""

from __future__ import annotations

import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from shop.connectors.merchant_feed.feed_file import MerchantFile
from shop.domain.canonical import CanonicalProduct
from shop.management.commands.import_products import AT_ONCE
from shop.models import BandAssignment, MarginBand, Product, ProductCost, Shop
from shop.services import catalogue

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
VAT = 2_000
SIZES, COLORS = 6, 4
_TICKS = os.sysconf("SC_CLK_TCK")
_WORDS = ("robe", "jupe", "pull", "manteau", "chemise", "longue", "courte", "plissée", "en lin",
          "d'été", "à fleurs", "ceinturée")  # fmt: skip


def measure(*, variants: int, plain: int) -> dict[str, dict[str, float]]:
    """Import a feed, the same again, and one with other prices; then the plain loop on a sample."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        feed, dearer = Path(folder, "feed.xml"), Path(folder, "dearer.xml")
        _write(feed, variants, raised=0)
        _write(dearer, variants, raised=100)
        shop = _shop("bench")
        found["feed"] = {"mb": feed.stat().st_size / 1e6, "variants": float(variants)}
        # The sample first: tables are small then, which is the loop's advantage.
        beside = list(islice(_products(feed), plain))
        found["plain loop"] = _timed(lambda: _plain(_shop("plain"), beside), plain)
        for name, path, days in (("first import", feed, 1), ("the same again", feed, 2),
                                 ("every price and cost changed", dearer, 3)):  # fmt: skip
            now = BEGINS + timedelta(days=days)
            found[name] = _timed(lambda p=path, at=now: _import(shop, p, at), variants)  # type: ignore[misc]
    _check(shop, variants)
    for name in ("first import", "the same again"):
        per_cpu = found[name]["per_cpu_second"]
        found[name]["times_the_plain_loop"] = per_cpu / found["plain loop"]["per_cpu_second"]
    return found


def _shop(code: str) -> Shop:
    return Shop.objects.create(
        code=code, name=code, home_url="https://shop.example/", currency="EUR"
    )


def _write(path: Path, variants: int, *, raised: int) -> None:
    """Write a feed as shops do: sizes and colours of models, with texts that nobody reads."""
    chance = random.Random(5)
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"'
            ' xmlns:g="http://base.google.com/ns/1.0"><channel><title>Bench</title>'
        )
        for number in range(variants):
            model, kind = divmod(number, SIZES * COLORS)
            price = 2_000 + chance.randrange(20_000) + raised
            cost = price * chance.randrange(25, 60) // 100
            name = " ".join(chance.sample(_WORDS, 4))
            file.write(
                f"<item><g:id>M{model:05}-{kind}</g:id><g:item_group_id>M{model:05}"
                f"</g:item_group_id><g:title>{name} {model}</g:title><g:description>"
                f"{'Une pièce de la saison. ' * 12}</g:description><g:link>https://shop.example/p/"
                f"{model}?v={kind}</g:link><g:image_link>https://shop.example/i/{model}.jpg"
                f"</g:image_link><g:availability>in_stock</g:availability><g:quantity>"
                f"{chance.randrange(30)}</g:quantity><g:price>{price / 100:.2f} EUR</g:price>"
                f"<g:cost_of_goods_sold>{cost / 100:.2f} EUR</g:cost_of_goods_sold><g:brand>Atelier"
                f"</g:brand><g:product_type>Femme &gt; {_WORDS[model % 5]}</g:product_type>"
                f"<g:color>couleur {kind % COLORS}</g:color><g:size>{36 + kind // COLORS}</g:size>"
                f"<g:condition>new</g:condition><g:gtin>{number:013}</g:gtin></item>\n"
            )
        file.write("</channel></rss>\n")


def _products(path: Path) -> Iterator[CanonicalProduct]:
    return MerchantFile(path, currency="EUR", vat=VAT).products(lambda _row: None)


def _import(shop: Shop, path: Path, now: datetime) -> None:
    products = _products(path)
    while some := list(islice(products, AT_ONCE)):
        report = catalogue.upsert(shop_id=shop.pk, products=some, now=now)
        if report.conflicts:
            raise RuntimeError(f"refused: {len(report.conflicts)}")


def _plain(shop: Shop, products: list[CanonicalProduct]) -> None:
    """Store products as one would without thinking of speed, in transactions of a thousand."""
    bands = list(MarginBand.objects.all())
    for start in range(0, len(products), catalogue.CHUNK):
        with transaction.atomic():
            for one in products[start : start + catalogue.CHUNK]:
                row, _made = Product.objects.update_or_create(
                    shop=shop, sku=one.sku,
                    defaults={
                        "name": one.name, "category": one.category, "brand": one.brand,
                        "list_price_minor": one.list_price_minor, "vat_bps": one.vat_bps,
                        "currency": one.currency, "url": one.url, "image_url": one.image_url,
                        "model": one.model, "color": one.color, "size": one.size,
                        "stock": one.stock, "stock_at": BEGINS,
                    },
                )  # fmt: skip
                ProductCost.objects.update_or_create(
                    product=row, valid_to=None,
                    defaults={"unit_cost_minor": one.unit_cost_minor or 0, "valid_from": BEGINS},
                )  # fmt: skip
                BandAssignment.objects.get_or_create(
                    product=row, valid_to=None,
                    defaults={"band": bands[0], "valid_from": BEGINS,
                              "list_price_minor": row.list_price_ex_vat.minor},
                )  # fmt: skip


def _timed(work: Callable[[], None], count: int) -> dict[str, float]:
    backend = _backend_seconds()
    began, cpu = time.monotonic(), time.process_time()
    work()
    wall, own = time.monotonic() - began, time.process_time() - cpu
    theirs = _backend_seconds() - backend
    return {
        "wall_s": wall,
        "cpu_own_s": own,
        "cpu_postgresql_s": theirs,
        "per_wall_second": count / wall,
        "per_cpu_second": count / (own + theirs),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _backend_seconds() -> float:
    """Return the processor time of the database process that serves us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    cells = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(cells[11]) + int(cells[12])) / _TICKS


def _check(shop: Shop, variants: int) -> None:
    """What was measured must be what was wanted.

    :raises RuntimeError: when rows are missing.
    """
    rows = Product.objects.filter(shop=shop)
    costs = ProductCost.objects.filter(product__shop=shop)
    bands = BandAssignment.objects.filter(product__shop=shop)
    found = (rows.count(), costs.count(), bands.count())
    if found != (variants, 2 * variants, variants):
        raise RuntimeError(f"{found} rows of products, costs and bands")
