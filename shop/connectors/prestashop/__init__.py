"""PrestaShop 8 and 9: its webservice is asked, and our module in the shop sends signed bodies."""

from shop.connectors.prestashop.connector import PrestaShop

CONNECTOR = PrestaShop()
