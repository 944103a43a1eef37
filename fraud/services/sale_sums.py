"""The statements that sum up credited orders by affiliate and UTC day of the order."""

from __future__ import annotations

from fraud.domain.delays import CLASSES, EDGES_S
from fraud.services.taps import OWN_WAS_TAP
from shop.counting import counted_sql

_CLASSES = ", ".join(
    f"count(*) FILTER (WHERE width_bucket(delay, ARRAY{list(EDGES_S)}) = {number})"
    for number in range(CLASSES)
)
#: Affiliates and days whose credits, returns or cancellations came from ``since`` to ``until``.
TOUCHED = """
SELECT DISTINCT c.affiliate_id, (o.placed_at AT TIME ZONE 'UTC')::date
FROM tracking_credit c JOIN shop_order o ON o.id = c.order_id
WHERE c.created_at >= %(since)s AND c.created_at < %(until)s
UNION
SELECT c.affiliate_id, (o.placed_at AT TIME ZONE 'UTC')::date
FROM shop_return r JOIN shop_order o ON o.id = r.order_id
JOIN tracking_credit c ON c.order_id = o.id
WHERE r.received_at >= %(since)s AND r.received_at < %(until)s
"""

#: Sum up anew everything of the given affiliates and days; what is there is replaced. A sale that
#: only taps in looks brought has no delay, and is none by click.
REPLACE = f"""
INSERT INTO fraud_salesday AS old
  (affiliate_id, day, orders, by_click, within_15_s, within_60_s, delays, customer_known,
   new_customers, by_code_only, returned, cancelled)
SELECT affiliate_id, day, count(*), count(delay), count(*) FILTER (WHERE delay < 15),
  count(*) FILTER (WHERE delay < 60), ARRAY[{_CLASSES}],
  count(is_new_customer), count(*) FILTER (WHERE is_new_customer),
  count(*) FILTER (WHERE kind = 'code' AND delay IS NULL),
  count(*) FILTER (WHERE is_returned), count(*) FILTER (WHERE is_cancelled)
FROM (
  SELECT c.affiliate_id, touched.day, o.is_new_customer, t.kind,
    o.cancelled_at IS NOT NULL AS is_cancelled,
    EXISTS (SELECT FROM shop_return r WHERE r.order_id = o.id AND r.reason = 'return')
      AS is_returned,
    (SELECT floor(extract(epoch FROM o.placed_at - max(own.at)))::integer
     FROM tracking_touchpoint own WHERE own.attribution_id = t.attribution_id
       AND own.affiliate_id = c.affiliate_id AND own.kind = 'click' AND own.at <= o.placed_at
       AND NOT {OWN_WAS_TAP})
      AS delay
  FROM tracking_credit c JOIN shop_order o ON o.id = c.order_id
    AND o.placed_at >= %(begins)s AND o.placed_at < %(ends)s AND {counted_sql("o")}
  JOIN unnest(%(affiliates)s::bigint[], %(days)s::date[]) AS touched (affiliate_id, day)
    ON touched.affiliate_id = c.affiliate_id
    AND touched.day = (o.placed_at AT TIME ZONE 'UTC')::date
  JOIN tracking_touchpoint t ON t.id = c.touchpoint_id
) AS sales
GROUP BY affiliate_id, day ORDER BY affiliate_id, day
ON CONFLICT (affiliate_id, day) DO UPDATE SET
  orders = excluded.orders, by_click = excluded.by_click, within_15_s = excluded.within_15_s,
  within_60_s = excluded.within_60_s, delays = excluded.delays,
  customer_known = excluded.customer_known, new_customers = excluded.new_customers,
  by_code_only = excluded.by_code_only, returned = excluded.returned,
  cancelled = excluded.cancelled
"""  # noqa: S608

#: Affiliates and days with credited orders placed from ``since`` to ``until``.
OF_DAYS = """
SELECT DISTINCT c.affiliate_id, (o.placed_at AT TIME ZONE 'UTC')::date
FROM tracking_credit c JOIN shop_order o ON o.id = c.order_id
WHERE o.placed_at >= %(since)s AND o.placed_at < %(until)s
"""
