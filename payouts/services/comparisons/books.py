"""The ledger against the payouts (rule CL10)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from payouts.models import Item
from payouts.services.differences import Found

KINDS = ("reserved", "sent_not_posted", "posted_not_sent", "sent_amount")
#: Reserved by the ledger, and by live payouts of submitted batches, payee by payee.
_RESERVED = """
WITH ledger AS (
  SELECT a.affiliate_id, a.currency, sum(moved.minor)::bigint AS minor
  FROM (SELECT credit_id AS account_id, amount_minor AS minor FROM payouts_transfer
        UNION ALL SELECT debit_id, -amount_minor FROM payouts_transfer) moved
    JOIN payouts_account a ON a.id = moved.account_id AND a.code LIKE 'affiliate:%%:reserved'
  GROUP BY a.affiliate_id, a.currency HAVING sum(moved.minor) <> 0
), items AS (
  SELECT i.affiliate_id, i.currency, sum(i.amount_minor - i.vat_minor)::bigint AS minor
  FROM payouts_item i JOIN payouts_batch b ON b.id = i.batch_id AND b.status <> 'draft'
  WHERE i.status IN ('queued', 'ready', 'sending', 'unknown') AND b.submitted_at IS NOT NULL
  GROUP BY i.affiliate_id, i.currency
)
SELECT affiliate_id, currency, coalesce(ledger.minor, 0), coalesce(items.minor, 0)
FROM ledger FULL JOIN items USING (affiliate_id, currency)
WHERE coalesce(ledger.minor, 0) <> coalesce(items.minor, 0)
ORDER BY affiliate_id, currency
"""
#: Payouts that left, and what was posted for each.
_SENT = """
WITH items AS (
  SELECT id, currency, amount_minor AS minor FROM payouts_item
  WHERE status IN ('sent', 'settled', 'returned')
), posted AS (
  SELECT split_part(source_key, ':', 2)::bigint AS id, min(currency) AS currency,
    sum(amount_minor)::bigint AS minor
  FROM payouts_transfer WHERE kind = 'sent' AND source_key ~ '^item:[0-9]+:sent$'
  GROUP BY source_key
)
SELECT id, coalesce(items.currency, posted.currency), items.minor, posted.minor
FROM items FULL JOIN posted USING (id)
WHERE items.minor IS DISTINCT FROM posted.minor
ORDER BY id
"""


def differences() -> Iterator[Found]:
    """Yield where the ledger and the payouts do not agree."""
    with connection.cursor() as cursor:
        cursor.execute(_RESERVED, [])
        reserved = cursor.fetchall()
        cursor.execute(_SENT)
        sent = cursor.fetchall()
    for affiliate_id, currency, ledger, items in reserved:
        yield Found(
            key=f"reserved:{affiliate_id}:{currency}",
            kind="reserved",
            amount_minor=items - ledger,
            currency=currency,
            data={"affiliate_id": affiliate_id, "ledger": ledger, "items": items},
        )
    stored = set(Item.objects.filter(pk__in=[row[0] for row in sent]).values_list("pk", flat=True))
    for item_id, currency, item, posted in sent:
        kind = (
            "sent_not_posted"
            if posted is None
            else "posted_not_sent"
            if item is None
            else "sent_amount"
        )
        yield Found(
            key=f"sent:{item_id}",
            kind=kind,
            amount_minor=(posted or 0) - (item or 0),
            currency=currency,
            item_id=item_id if item_id in stored else None,
            data={"item": item, "ledger": posted},
        )
