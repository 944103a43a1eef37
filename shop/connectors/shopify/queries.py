"""What is asked of Shopify's GraphQL Admin API.

Shopify charges a point for each object that could come back and refuses a question above
:data:`MOST_POINTS`. So a page of orders asks for few of each list; an order that has more is asked
for alone with :data:`ORDER`, and what even that leaves out with :data:`LINES`, :data:`REFUNDS`,
:data:`REFUND` and :data:`REFUND_LINES`.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_POINTS = 1_000
ORDERS_AT_ONCE, VARIANTS_AT_ONCE, SUBSCRIPTIONS_AT_ONCE = 5, 50, 100
REFUNDS_AT_MOST = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many of each list inside an order are asked for."""

    lines: int
    shipping: int
    applications: int
    parcels: int
    refunds: int
    refunded: int
    beside: int


IN_A_PAGE = Sizes(lines=5, shipping=2, applications=5, parcels=3, refunds=2, refunded=3, beside=2)
ALONE = Sizes(lines=20, shipping=5, applications=20, parcels=20, refunds=5, refunded=10, beside=4)

_MONEY = "{ shopMoney { amount } presentmentMoney { amount } }"
_SHOP_MONEY = "{ shopMoney { amount } }"
_NEXT = "pageInfo { hasNextPage endCursor }"
_PRICED = f"""
  discountAllocations {{ allocatedAmountSet {_MONEY} }}
  taxLines {{ priceSet {_MONEY} }}"""
_LINE = f"""
  id name sku quantity currentQuantity isGiftCard variant {{ legacyResourceId }}
  originalUnitPriceSet {_MONEY} {_PRICED}"""
_REFUNDED = f"id quantity restockType lineItem {{ id }} subtotalSet {_SHOP_MONEY}"
_ADDRESS = "{ address1 zip phone countryCodeV2 }"


def _refund(sizes: Sizes) -> str:
    return f"""
  id legacyResourceId createdAt
  refundLineItems(first: {sizes.refunded}) {{ nodes {{ {_REFUNDED} }} {_NEXT} }}
  refundShippingLines(first: {sizes.beside}) {{
    nodes {{ id shippingLine {{ id }} subtotalAmountSet {_SHOP_MONEY} }} {_NEXT} }}
  orderAdjustments(first: {sizes.beside}) {{ nodes {{ reason amountSet {_SHOP_MONEY} }} {_NEXT} }}
  transactions(first: {sizes.beside}) {{
    nodes {{ kind status amountSet {_SHOP_MONEY} }} {_NEXT} }}"""


def _order(sizes: Sizes) -> str:
    return f"""
  id legacyResourceId name createdAt processedAt updatedAt cancelledAt test
  currencyCode presentmentCurrencyCode taxesIncluded
  displayFinancialStatus displayFulfillmentStatus sourceName email phone
  customer {{ legacyResourceId }} shippingAddress {_ADDRESS} billingAddress {_ADDRESS}
  totalOutstandingSet {_SHOP_MONEY} totalTipReceivedSet {_SHOP_MONEY}
  customAttributes {{ key value }} discountCodes
  discountApplications(first: {sizes.applications}) {{ nodes {{ __typename
    ... on DiscountCodeApplication {{ code }}
    ... on ManualDiscountApplication {{ title description }} }} {_NEXT} }}
  lineItems(first: {sizes.lines}) {{ nodes {{ {_LINE} }} {_NEXT} }}
  shippingLines(first: {sizes.shipping}, includeRemovals: true) {{ nodes {{
    id title deliveryCategory isRemoved originalPriceSet {_MONEY} {_PRICED} }} {_NEXT} }}
  fulfillments(first: {sizes.parcels}) {{ status displayStatus updatedAt }}
  refunds(first: {sizes.refunds}) {{ {_refund(sizes)} }}"""


SHOP = "query shop { shop { name } }"

ORDERS = f"""
query orders($query: String!, $after: String) {{
  orders(first: {ORDERS_AT_ONCE}, after: $after, query: $query, sortKey: UPDATED_AT) {{
    nodes {{ {_order(IN_A_PAGE)} }} {_NEXT} }} }}"""

ORDER = f"query order($id: ID!) {{ order(id: $id) {{ {_order(ALONE)} }} }}"

LINES = f"""
query orderLines($id: ID!, $after: String) {{
  order(id: $id) {{ lineItems(first: 50, after: $after) {{ nodes {{ {_LINE} }} {_NEXT} }} }} }}"""

REFUNDS = f"""
query orderRefunds($id: ID!) {{
  order(id: $id) {{ refunds(first: {REFUNDS_AT_MOST}) {{ id }} }} }}"""

REFUND = f"query refund($id: ID!) {{ refund(id: $id) {{ {_refund(ALONE)} }} }}"

REFUND_LINES = f"""
query refundLines($id: ID!, $after: String) {{
  refund(id: $id) {{
    refundLineItems(first: 100, after: $after) {{ nodes {{ {_REFUNDED} }} {_NEXT} }} }} }}"""

PRODUCTS = f"""
query products($query: String, $after: String) {{
  productVariants(first: {VARIANTS_AT_ONCE}, after: $after, query: $query, sortKey: ID) {{
    nodes {{
      id legacyResourceId sku price compareAtPrice taxable inventoryQuantity updatedAt
      selectedOptions {{ name value }} image {{ url }}
      inventoryItem {{ tracked updatedAt unitCost {{ amount currencyCode }} }}
      product {{ legacyResourceId title handle vendor productType status updatedAt
        featuredMedia {{ preview {{ image {{ url }} }} }} }} }}
    {_NEXT} }} }}"""

SUBSCRIPTIONS = f"""
query webhookSubscriptions($after: String) {{
  webhookSubscriptions(first: {SUBSCRIPTIONS_AT_ONCE}, after: $after) {{
    nodes {{ topic uri }} {_NEXT} }} }}"""

SUBSCRIBE = """
mutation webhookSubscriptionCreate($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri, format: JSON}) {
    userErrors { field message } } }"""
