"""What a manager chose for a connection with Shopify, beside its credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from shop.connectors import choices
from shop.connectors.contract import Field

DEFAULT_VERSION = "2026-10"

FIELDS = (
    *(one for one in choices.FIELDS if one.name in {"prices_include_tax", "vat_bps"}),
    Field(
        name="storefront",
        label=_("Address of the shop as customers know it"),
        help=_("Such as https://www.example.com: for links to products."),
        is_required=False,
    ),
    Field(
        name="fee_skus",
        label=_("SKUs of gift wrapping, donations and the like"),
        help=_("With commas in between. They earn nothing."),
        is_required=False,
    ),
    Field(
        name="api_version",
        label=_("Version of the Admin API"),
        help=_("Empty: 2026-10. Shopify keeps each for a year."),
        is_required=False,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The options of a connection, read. What was left empty has its default."""

    prices: choices.Choices
    storefront: str
    fee_skus: frozenset[str]
    version: str

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Choices:
        """Return what was chosen; what cannot be read counts as left empty."""
        skus = (sku.strip() for sku in options.get("fee_skus", "").split(","))
        return cls(
            prices=choices.Choices.of(options),
            storefront=options.get("storefront", "").strip().rstrip("/"),
            fee_skus=frozenset(filter(None, skus)),
            version=options.get("api_version", "").strip() or DEFAULT_VERSION,
        )
