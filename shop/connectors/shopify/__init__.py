"""Shopify: webhooks of orders, refunds, products and costs, and the GraphQL Admin API."""

from shop.connectors.shopify.connector import Shopify

CONNECTOR = Shopify()

__all__ = ["CONNECTOR"]
