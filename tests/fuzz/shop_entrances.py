"""What shops send: every platform's deliveries and records, signatures, files and feeds."""

from __future__ import annotations

import gzip
import io
import lzma
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from core.errors import DomainError
from shop.connectors import magento, prestashop, saleor, shopify, woocommerce
from shop.connectors.contract import Connector, Context, Delivery
from shop.connectors.csv_file import COLUMNS as OF_ORDERS
from shop.connectors.csv_file import CsvFile
from shop.connectors.merchant_feed import items, reading
from shop.connectors.online_retail import COLUMNS as OF_INVOICES
from shop.connectors.online_retail import OnlineRetail
from shop.connectors.product_file import COLUMNS as OF_PRODUCTS
from shop.connectors.product_file import VARIANT_COLUMNS, ProductFile
from shop.connectors.signed import CONNECTOR as SIGNED
from tests.fuzz.entrance import BREAK, Entrance, header_of, parted, text_of, with_topics
from tests.shop.connectors import test_signed as of_signed
from tests.shop.connectors.broken_bodies import outcome
from tests.shop.connectors.magento import bodies as of_magento
from tests.shop.connectors.magento.test_any_body import BODIES as MAGENTO
from tests.shop.connectors.merchant_feed.feeds import DRESS, atom, rss, table
from tests.shop.connectors.prestashop.test_connector import BODIES as PRESTASHOP
from tests.shop.connectors.prestashop.test_connector import context as of_prestashop
from tests.shop.connectors.saleor import bodies as of_saleor
from tests.shop.connectors.saleor.test_any_body import BODIES as SALEOR
from tests.shop.connectors.shopify import bodies as of_shopify
from tests.shop.connectors.shopify.test_fuzz import BODIES as SHOPIFY
from tests.shop.connectors.woocommerce import bodies as of_woocommerce
from tests.shop.connectors.woocommerce.test_any_body import BODIES as WOOCOMMERCE

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
SECRET = "a secret for tests only, 32 bytes"
_MOST_UNPACKED = 1_000_000
#: A rate of VAT whose hundredfold no decimal holds: it once went past the refusal.
_HUGE_RATE = {
    "product": of_woocommerce.product(),
    "variations": [],
    "taxes": {"are_included": True, "rates": {"standard": "1e999999"}},
}


def read_delivery(connector: Connector, context: Context, body: bytes) -> None:
    """A topic and a body, as if it were signed."""
    topic, rest = parted(body)
    outcome(connector, topic, rest, context)


def read_signature(connector: Connector, body: bytes) -> None:
    """Headers, an empty line and a body: nothing that is made up is believed."""
    block, _gap, rest = body.partition(b"\n\n")
    pairs = (header_of(line).partition(": ")[::2] for line in block.split(b"\n"))
    delivery = Delivery({name.lower(): value for name, value in pairs}, rest)
    with suppress(DomainError):  # The signature is looked at all the same.
        connector.arrival(delivery)
    connector.is_of(delivery, "https://shop.example")
    connector.check(delivery, secrets=[SECRET, '{"keys": [{"kty": "RSA"}]}'], now=NOW)
    raise AssertionError("Somebody guessed a signature.")


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="apport-fuzz-"))


def _file(body: bytes) -> Path:
    path = _folder() / "file"
    path.write_bytes(body)
    return path


def read_orders(body: bytes) -> None:
    for history in (CsvFile(_file(body), shop_code="atelier"),):
        history.survey(lambda _rows: None)
        list(history.facts(lambda _rows: None))


def read_invoices(body: bytes) -> None:
    history = OnlineRetail(_file(body), shop_code="atelier", cost_share_bps=6_000)
    history.survey(lambda _rows: None)
    list(history.products())
    list(history.facts(lambda _rows: None))


def read_products(body: bytes) -> None:
    list(ProductFile(_file(body)).products(lambda _rows: None))


def read_feed(body: bytes) -> None:
    """A feed, packed or not; an item that is refused lets the others through."""
    for item in reading.items(io.BytesIO(body), most=_MOST_UNPACKED):
        _item(item)


def _item(item: Mapping[str, str]) -> None:
    try:
        items.product(item, currency="EUR", vat=2_000)
    except DomainError:
        return


def read_rate(body: bytes) -> None:
    items.vat_bps(text_of(body))


def _packed(body: bytes) -> tuple[bytes, ...]:
    """The body packed in each way, and one that was damaged on its way."""
    small = gzip.compress(body, mtime=0)
    return small, lzma.compress(body), small[:40] + b"\xff\xff\xff" + small[43:]


def _csv(columns: tuple[str, ...], *rows: str) -> bytes:
    return "\n".join((",".join(columns), *rows)).encode()


_ORDER = (
    "order,100042,,2026-06-01T11:58:03+02:00,WEB-100042,EUR,0,,8812,,1,FR,,ADA10,1,product,"
    "ROBE-LIN-38,Robe,1,7492,0,1498,3100,,,,,"
)
_PRODUCT = ("SCARF,Scarf,Women,Atelier,summer|sale,4800,2000,EUR,1250,https://shop.example/s,,1,"
            "S1,red,M,7")  # fmt: skip
_INVOICE = "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom"
_ALL_ORDERS = _csv(OF_ORDERS, _ORDER, _ORDER.replace(",1,product", ",2,shipping"))
_FEED = rss(DRESS, DRESS | {"id": "2"})
_PLATFORMS: tuple[tuple[str, Connector, Callable[[], Context], dict[str, object]], ...] = (
    ("shopify", shopify.CONNECTOR, lambda: of_shopify.CONTEXT, SHOPIFY),
    ("woocommerce", woocommerce.CONNECTOR, lambda: of_woocommerce.CONTEXT, WOOCOMMERCE),
    ("prestashop", prestashop.CONNECTOR, of_prestashop, PRESTASHOP),
    ("magento", magento.CONNECTOR, lambda: of_magento.CONTEXT, MAGENTO),
    ("saleor", saleor.CONNECTOR, lambda: of_saleor.CONTEXT, SALEOR),
    ("signed webhook", SIGNED, lambda: of_signed.CONTEXT, of_signed.BODIES),
)
_HEADERS = (
    b"apport-signature: t=1780308000,v1=00\napport-event-id: evt-1\n"
    b"x-shopify-hmac-sha256: AAAA\nx-shopify-topic: orders/create\nx-shopify-event-id: 1\n"
    b"x-shopify-shop-domain: shop.example\nx-shopify-triggered-at: 2026-06-01T10:00:00Z\n"
    b"x-wc-webhook-signature: AAAA\nx-wc-webhook-topic: order.updated\nx-wc-webhook-id: 1\n"
    b"x-wc-webhook-delivery-id: 1\nx-wc-webhook-source: https://shop.example/\n"
    b"saleor-signature: eyJhbGciOiJSUzI1NiJ9..AAAA\nsaleor-event: order_updated\n"
    b"saleor-domain: shop.example\nsaleor-api-url: https://shop.example/graphql/\n"
    b"x-adobe-commerce-webhook-signature: AAAA\n\n"
)
ENTRANCES = (
    *(
        Entrance(
            name,
            partial(read_delivery, connector, context()),
            with_topics(bodies.items()),
            is_json=True,
        )
        for name, connector, context, bodies in _PLATFORMS
    ),
    *(
        Entrance(
            f"{name}: signature",
            partial(read_signature, connector),
            tuple(_HEADERS + one.partition(BREAK)[2] for one in with_topics(bodies.items())),
            (b"apport-signature: ", b"t=", b",v1=", b"saleor-signature: ", b".."),
        )
        for name, connector, _context, bodies in _PLATFORMS
    ),
    Entrance(
        "woocommerce: rates",
        partial(read_delivery, woocommerce.CONNECTOR, of_woocommerce.CONTEXT),
        with_topics([("poll.product", _HUGE_RATE)]),
        is_json=True,
    ),
    Entrance(
        "orders as CSV",
        read_orders,
        (_ALL_ORDERS, *_packed(_ALL_ORDERS)),
        (b"order,", b"return,", b",,,"),
    ),
    Entrance(
        "invoices as CSV",
        read_invoices,
        (_csv(OF_INVOICES, _INVOICE, "C" + _INVOICE, _INVOICE.replace("2.55", "9e9999999")),),
    ),
    Entrance(
        "products as CSV",
        read_products,
        (_csv(OF_PRODUCTS, _PRODUCT[:-11]), _csv((*OF_PRODUCTS, *VARIANT_COLUMNS), _PRODUCT)),
    ),
    Entrance(
        "merchant feed",
        read_feed,
        (
            _FEED,
            atom(DRESS),
            table(DRESS),
            *_packed(_FEED),
            b'<!DOCTYPE r [<!ENTITY a "aa">]><rss><item>&a;</item></rss>',
        ),
        (b"<item>", b"</item>", b"<g:price>", b"<![CDATA[", b"<!ENTITY", b"&#0;", b"<?x?>"),
    ),
    Entrance("rate of VAT", read_rate, (b"20", b"5,5", b"1e999999", b"NaN")),
)
