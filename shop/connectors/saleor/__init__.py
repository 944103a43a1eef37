"""Saleor as a shop of ours."""

from shop.connectors.saleor.connector import Saleor

CONNECTOR = Saleor()
