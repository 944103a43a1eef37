"""What is asked of Shopify's GraphQL Admin API.

Lists inside an order are asked for in small numbers, because Shopify charges for what could come
back; the few orders that have more are completed with :data:`LINES`, :data:`REFUNDS` and
:data:`REFUND`.
"""

from __future__ import annotations

ORDERS_AT_ONCE, VARIANTS_AT_ONCE, SUBSCRIPTIONS_AT_ONCE = 5, 50, 100
LINES_AT_FIRST, REFUNDS_AT_FIRST, REFUNDED_AT_FIRST = 20, 5, 10
REFUNDS_AT_MOST = 250

_MONEY = "{ shopMoney { amount } presentmentMoney { amount } }"
_NEXT = "pageInfo { hasNextPage endCursor }"
_PRICED = f"""
  discountAllocations {{ allocatedAmountSet {_MONEY} }}
  taxLines {{ priceSet {_MONEY} }}"""
_LINE = f"""
  id name sku quantity currentQuantity isGiftCard variant {{ legacyResourceId }}
  originalUnitPriceSet {_MONEY} {_PRICED}"""
_REFUNDED = "id quantity restockType lineItem { id } subtotalSet { shopMoney { amount } }"
_REFUND = f"""
  id legacyResourceId createdAt
  refundLineItems(first: {REFUNDED_AT_FIRST}) {{ nodes {{ {_REFUNDED} }} {_NEXT} }}
  refundShippingLines(first: 5) {{ nodes {{
    id shippingLine {{ id }} subtotalAmountSet {{ shopMoney {{ amount }} }} }} }}
  orderAdjustments(first: 5) {{ nodes {{ reason amountSet {{ shopMoney {{ amount }} }} }} }}
  transactions(first: 5) {{ nodes {{ kind status amountSet {{ shopMoney {{ amount }} }} }} }}"""
_ADDRESS = "{ address1 zip phone countryCodeV2 }"
_ORDER = f"""
  id legacyResourceId name createdAt processedAt updatedAt cancelledAt test
  currencyCode presentmentCurrencyCode taxesIncluded
  displayFinancialStatus displayFulfillmentStatus sourceName email phone
  customer {{ legacyResourceId }} shippingAddress {_ADDRESS} billingAddress {_ADDRESS}
  totalOutstandingSet {{ shopMoney {{ amount }} }} totalTipReceivedSet {{ shopMoney {{ amount }} }}
  customAttributes {{ key value }} discountCodes
  discountApplications(first: 10) {{ nodes {{ __typename
    ... on DiscountCodeApplication {{ code }}
    ... on ManualDiscountApplication {{ title description }} }} }}
  lineItems(first: {LINES_AT_FIRST}) {{ nodes {{ {_LINE} }} {_NEXT} }}
  shippingLines(first: 5, includeRemovals: true) {{ nodes {{
    id title deliveryCategory isRemoved originalPriceSet {_MONEY} {_PRICED} }} }}
  fulfillments(first: 10) {{ status displayStatus updatedAt }}
  refunds(first: {REFUNDS_AT_FIRST}) {{ {_REFUND} }}"""

SHOP = "query shop { shop { name } }"

ORDERS = f"""
query orders($query: String!, $after: String) {{
  orders(first: {ORDERS_AT_ONCE}, after: $after, query: $query, sortKey: UPDATED_AT) {{
    nodes {{ {_ORDER} }} {_NEXT} }} }}"""

ORDER = f"query order($id: ID!) {{ order(id: $id) {{ {_ORDER} }} }}"

LINES = f"""
query orderLines($id: ID!, $after: String) {{
  order(id: $id) {{ lineItems(first: 100, after: $after) {{ nodes {{ {_LINE} }} {_NEXT} }} }} }}"""

REFUNDS = f"""
query orderRefunds($id: ID!) {{
  order(id: $id) {{ refunds(first: {REFUNDS_AT_MOST}) {{ id }} }} }}"""

REFUND = f"query refund($id: ID!) {{ refund(id: $id) {{ {_REFUND} }} }}"

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
      inventoryItem {{ tracked unitCost {{ amount currencyCode }} }}
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
