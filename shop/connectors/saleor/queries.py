"""What is asked of Saleor's API, and the subscription that makes webhooks say the same."""

from __future__ import annotations

_ORDER = """
fragment ApportMoney on TaxedMoney { net { amount currency } gross { amount currency } }
fragment ApportAddress on Address { streetAddress1 postalCode country { code } phone }
fragment ApportOrder on Order {
  id number created updatedAt status origin original chargeStatus isPaid voucherCode
  userEmail user { id } collectionPointName
  channel { slug }
  metadata { key value }
  shippingAddress { ...ApportAddress } billingAddress { ...ApportAddress }
  shippingMethodName shippingPrice { ...ApportMoney }
  undiscountedShippingPrice { amount currency }
  total { ...ApportMoney } totalCharged { amount currency }
  discounts { type name reason }
  lines {
    id productName variantName productSku quantity voucherCode
    totalPrice { ...ApportMoney } undiscountedTotalPrice { ...ApportMoney }
    variant { product { productType { kind } } }
  }
  fulfillments { id status created lines { quantity orderLine { id } } }
  grantedRefunds { id status createdAt lines { quantity orderLine { id } } }
  transactions { events { id type createdAt amount { amount currency } } }
  payments { transactions { id kind isSuccess created amount { amount currency } } }
}
"""

ORDERS = (
    """query ApportOrders($since: DateTime, $until: DateTime, $channel: String, $first: Int,
  $after: String) {
  orders(first: $first, after: $after, channel: $channel,
    sortBy: {field: LAST_MODIFIED_AT, direction: ASC},
    filter: {updatedAt: {gte: $since, lte: $until}}) {
    edges { node { ...ApportOrder } }
    pageInfo { hasNextPage endCursor }
  }
}"""
    + _ORDER
)

ORDER = """query ApportOrder($id: ID!) { order(id: $id) { ...ApportOrder } }""" + _ORDER

_PRODUCT = """
fragment ApportValues on SelectedAttribute { attribute { slug } values { name } }
fragment ApportProduct on Product {
  id name slug updatedAt productType { kind } category { name } collections { name }
  thumbnail(size: 1024) { url } attributes { ...ApportValues }
  channelListings { isPublished channel { slug } }
  variants {
    id sku name updatedAt attributes { ...ApportValues }
    stocks { quantity quantityAllocated }
    channelListings { channel { slug } price { amount currency } costPrice { amount currency } }
  }
}
"""

PRODUCTS = (
    """query ApportProducts($first: Int, $after: String, $since: DateTime) {
  products(first: $first, after: $after, sortBy: {field: LAST_MODIFIED_AT, direction: ASC},
    filter: {updatedAt: {gte: $since}}) {
    edges { node { ...ApportProduct } }
    pageInfo { hasNextPage endCursor }
  }
}"""
    + _PRODUCT
)

GREETING = """query ApportGreeting {
  shop { name }
  orders(first: 1) { edges { node { id } } }
  products(first: 1) { edges { node { id } } }
}"""

WEBHOOKS = """query ApportWebhooks {
  app { webhooks { id isActive targetUrl asyncEvents { eventType } } }
}"""

CREATE = """mutation ApportCreate($input: WebhookCreateInput!) {
  webhookCreate(input: $input) { webhook { id } errors { field message } }
}"""

UPDATE = """mutation ApportUpdate($id: ID!, $input: WebhookUpdateInput!) {
  webhookUpdate(id: $id, input: $input) { webhook { id } errors { field message } }
}"""

#: The events we subscribe to, by the type that GraphQL knows each as.
ORDER_EVENTS = {
    "ORDER_CREATED": "OrderCreated",
    "ORDER_CONFIRMED": "OrderConfirmed",
    "ORDER_UPDATED": "OrderUpdated",
    "ORDER_PAID": "OrderPaid",
    "ORDER_FULLY_PAID": "OrderFullyPaid",
    "ORDER_REFUNDED": "OrderRefunded",
    "ORDER_FULLY_REFUNDED": "OrderFullyRefunded",
    "ORDER_FULFILLED": "OrderFulfilled",
    "ORDER_CANCELLED": "OrderCancelled",
    "ORDER_EXPIRED": "OrderExpired",
}
PRODUCT_EVENTS = {"PRODUCT_CREATED": "ProductCreated", "PRODUCT_UPDATED": "ProductUpdated"}
GONE_EVENTS = {"PRODUCT_DELETED": "ProductDeleted"}

SUBSCRIPTION = (
    "subscription Apport {\n  event {\n    issuedAt\n"
    + "".join(f"    ... on {name} {{ order {{ ...ApportOrder }} }}\n"
              for name in ORDER_EVENTS.values())
    + "".join(f"    ... on {name} {{ product {{ ...ApportProduct }} }}\n"
              for name in PRODUCT_EVENTS.values())
    + "".join(f"    ... on {name} {{ product {{ id }} }}\n" for name in GONE_EVENTS.values())
    + "  }\n}"
    + _ORDER
    + _PRODUCT
)  # fmt: skip
