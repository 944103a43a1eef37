from shop.connectors.merchant_feed.connector import MerchantFeed

CONNECTOR = MerchantFeed()
