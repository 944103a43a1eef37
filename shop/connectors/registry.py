"""Every platform that a shop can be connected with, by name."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from core.errors import DomainError
from core.wording import Said
from shop.connectors.contract import Connector

_MODULES = {
    "generic": "shop.connectors.signed",
    "shopify": "shop.connectors.shopify",
    "woocommerce": "shop.connectors.woocommerce",
    "prestashop": "shop.connectors.prestashop",
    "magento": "shop.connectors.magento",
    "saleor": "shop.connectors.saleor",
    "merchant_feed": "shop.connectors.merchant_feed",
    "file_drop": "shop.connectors.file_drop",
}
NAMES = tuple(_MODULES)


class UnknownConnector(DomainError):
    """There is no connector of that name."""

    code = "unknown_connector"


@cache
def connector(name: str) -> Connector:
    """Return the connector ``name``.

    :raises UnknownConnector: when there is none.
    """
    if name not in _MODULES:
        raise UnknownConnector(
            Said("There is no connector %(name)s: there are %(names)s.",
                 name=name, names=", ".join(NAMES))
        )  # fmt: skip
    found: Connector = import_module(_MODULES[name]).CONNECTOR
    return found
