"""Magento and Adobe Commerce as a shop of ours."""

from shop.connectors.magento.connector import Magento

CONNECTOR = Magento()
