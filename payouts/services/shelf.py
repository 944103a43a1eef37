"""The shelf: what affiliates find to promote, made of the catalogue and of what links brought."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from payouts.models import ShelfItem
from shop.counting import counted_sql

LOOK_BACK = timedelta(days=90)

#: One row for each colour of a model; a product without a model is on its own. The first size
#: that is on sale stands for all. A colour is new since it came to the shelf, whichever size has
#: stood for it; what a shop's first shelf has was there before.
_FILL = """
WITH products AS (
  SELECT p.*, CASE WHEN p.model = '' THEN p.sku ELSE p.model END AS family,
    CASE WHEN p.model = '' THEN '' ELSE p.color END AS shade
  FROM shop_product p
), families AS (
  SELECT shop_id, family, shade, min(id) AS product_id,
    bool_or(stock IS NULL OR stock > 0) AS in_stock
  FROM products WHERE is_active AND url <> '' GROUP BY 1, 2, 3
), before AS (
  SELECT p.shop_id, p.family, p.shade, min(s.first_seen_at) AS seen_at,
    max(s.restocked_at) AS restocked_at
  FROM payouts_shelfitem s JOIN products p ON p.id = s.product_id GROUP BY 1, 2, 3
)
INSERT INTO payouts_shelfitem AS shelf (product_id, price_minor, is_in_stock, first_seen_at,
  restocked_at, clicks, affiliates, orders, earned_minor, refreshed_at)
SELECT f.product_id, p.list_price_minor, f.in_stock,
  CASE WHEN b.family IS NOT NULL THEN b.seen_at
    WHEN f.shop_id IN (SELECT shop_id FROM before) THEN %(now)s END,
  b.restocked_at, 0, 0, 0, 0, %(now)s
FROM families f JOIN shop_product p ON p.id = f.product_id
LEFT JOIN before b ON b.shop_id = f.shop_id AND b.family = f.family AND b.shade = f.shade
ON CONFLICT (product_id) DO UPDATE SET price_minor = excluded.price_minor,
  restocked_at = CASE WHEN excluded.is_in_stock AND NOT shelf.is_in_stock THEN %(now)s
    ELSE shelf.restocked_at END,
  is_in_stock = excluded.is_in_stock, refreshed_at = excluded.refreshed_at
"""
#: Commissions on actual margin are left out: from them a cost could be computed.
_COUNT = f"""
WITH leads AS (
  SELECT p.id AS product_id, l.id AS link_id, l.affiliate_id
  FROM tracking_link l
  JOIN shop_product page ON page.shop_id = l.shop_id
    AND page.url = split_part(split_part(l.destination_url, '#', 1), '?', 1)
  JOIN shop_product p ON p.shop_id = page.shop_id
    AND (p.id = page.id OR (p.model <> '' AND p.model = page.model AND p.color = page.color))
  JOIN payouts_shelfitem s ON s.product_id = p.id
  GROUP BY 1, 2, 3
), clicked AS (
  SELECT d.product_id, sum(h.visits) AS clicks,
    count(DISTINCT d.affiliate_id) FILTER (WHERE h.visits > 0) AS affiliates
  FROM leads d JOIN tracking_clickhour h
    ON h.affiliate_id = d.affiliate_id AND h.link_id = d.link_id
  WHERE h.hour >= %(since)s GROUP BY 1
), sold AS (
  SELECT d.product_id, count(DISTINCT c.id) FILTER (WHERE {counted_sql("o")}) AS orders,
    coalesce(sum(m.amount_minor) FILTER (WHERE m.basis = 'reference'), 0) AS earned
  FROM leads d
  JOIN tracking_touchpoint t ON t.link_id = d.link_id
  JOIN tracking_credit c ON c.touchpoint_id = t.id
  JOIN shop_order o ON o.id = c.order_id AND NOT o.is_test AND o.placed_at >= %(since)s
  LEFT JOIN payouts_commission m ON m.credit_id = c.id AND m.status <> 'reversed'
  GROUP BY 1
)
UPDATE payouts_shelfitem s SET clicks = coalesce(k.clicks, 0),
  affiliates = coalesce(k.affiliates, 0), orders = coalesce(b.orders, 0),
  earned_minor = coalesce(b.earned, 0)
FROM payouts_shelfitem every
LEFT JOIN clicked k ON k.product_id = every.product_id
LEFT JOIN sold b ON b.product_id = every.product_id
WHERE every.id = s.id AND (s.clicks, s.affiliates, s.orders, s.earned_minor)
  IS DISTINCT FROM (coalesce(k.clicks, 0), coalesce(k.affiliates, 0), coalesce(b.orders, 0),
    coalesce(b.earned, 0))
"""  # noqa: S608


@transaction.atomic
def refresh(*, now: datetime) -> int:
    """Make the shelf of what is on sale now; return how many items it has. Safe to repeat.

    What is no longer sold leaves it. Figures are those of the last ninety days.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"now": now})
        ShelfItem.objects.exclude(refreshed_at=now).delete()
        cursor.execute(_COUNT, {"since": now - LOOK_BACK})
    return ShelfItem.objects.count()
