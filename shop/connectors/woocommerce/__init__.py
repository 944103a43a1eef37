"""WooCommerce as a shop of ours."""

from shop.connectors.woocommerce.connector import WooCommerce

CONNECTOR = WooCommerce()
