"""A year of one large affiliate among sixty small ones: sales, commissions, returns, visits."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from affiliates.models import Affiliate
from benchmarks.simulation.rows import BEGINS
from benchmarks.simulation.rows import fill as fill_orders
from benchmarks.upkeep import vacuum
from shop.models import Shop
from tracking.models import Link

LINKS, MARKS = 20, 300

#: Half of all credits become the large affiliate's, won by a click through one of its links.
_STATEMENTS = (
    """
    CREATE TEMP TABLE large AS
    SELECT c.id, c.touchpoint_id, c.order_id, row_number() OVER (ORDER BY c.id) AS n
    FROM tracking_credit c ORDER BY c.id LIMIT %(sales)s
    """,
    """
    UPDATE tracking_touchpoint t SET affiliate_id = %(affiliate)s,
      kind = CASE WHEN n %% 5 = 0 THEN kind ELSE 'click' END,
      coupon_code_id = CASE WHEN n %% 5 = 0 THEN coupon_code_id END,
      link_id = CASE WHEN n %% 5 = 0 THEN NULL ELSE %(link)s + n %% %(links)s END
    FROM large WHERE t.id = large.touchpoint_id
    """,
    """
    UPDATE tracking_credit c SET affiliate_id = %(affiliate)s, sub_id = 'mark-' || n %% %(marks)s
    FROM large WHERE c.id = large.id
    """,
    """
    INSERT INTO payouts_commissionline (commission_id, order_line_id, amount_minor, margin_minor,
      actual_margin_minor, order_cost_minor, rule, pays, rate, cut_minor, steps)
    SELECT m.id, l.id, 100, 1000, 900, 50, '', 'margin', 2000, 0, '[]'
    FROM large JOIN payouts_commission m ON m.credit_id = large.id
    JOIN shop_orderline l ON l.order_id = large.order_id
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO payouts_adjustment (affiliate_id, commission_id, text, amount_minor, currency,
      reason, is_payable, source_key, steps, taken_minor, effective_at, created_at)
    SELECT %(affiliate)s, m.id, '', -20, 'EUR', 'return', false, 'bench:' || m.id, '[]', 0,
      m.accrued_at, m.accrued_at
    FROM large JOIN payouts_commission m ON m.credit_id = large.id WHERE n %% 6 = 0
    """,
    """
    INSERT INTO tracking_clickhour (affiliate_id, hour, link_id, visits, consented, others)
    SELECT %(affiliate)s, %(begins)s + hour * interval '1 hour', %(link)s + link,
      greatest(%(clicks)s / (8760 * %(links)s), 1), 1, 0
    FROM generate_series(0, 8759) AS hour, generate_series(0, %(links)s - 1) AS link
    """,
    """
    INSERT INTO tracking_clickday (day, affiliate_id, visits, consented, others)
    SELECT (hour AT TIME ZONE 'Europe/Paris')::date, affiliate_id, sum(visits), sum(consented), 0
    FROM tracking_clickhour GROUP BY 1, 2
    """,
    """
    INSERT INTO tracking_clickmark (affiliate_id, day, link_id, sub_id, surface, visits)
    SELECT %(affiliate)s, %(begins)s::date + day, %(link)s + link,
      'mark-' || (day * 7 + link + mark) %% %(marks)s, '', 5
    FROM generate_series(0, 364) AS day, generate_series(0, %(links)s - 1) AS link,
      generate_series(0, 9) AS mark
    """,
)


def fill(sales: int, clicks: int) -> Affiliate:
    """Write twice as many sales as wanted, and give half of them to one affiliate."""
    group = fill_orders(2 * sales)
    affiliate = Affiliate.objects.create(
        name="Large", kind="content", group=group, country="FR",
        status_changed_at=BEGINS, joined_at=BEGINS - timedelta(days=400),
    )  # fmt: skip
    shop = Shop.objects.get(code="bench")
    links = Link.objects.bulk_create(
        Link(affiliate=affiliate, shop=shop, code=f"large{number}", created_at=BEGINS,
             destination_url="https://shop.example/")
        for number in range(LINKS)
    )  # fmt: skip
    parameters = {
        "sales": sales, "clicks": clicks, "affiliate": affiliate.pk, "begins": BEGINS,
        "link": min(link.pk for link in links), "links": LINKS, "marks": MARKS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, parameters)
    vacuum(
        "tracking_credit", "tracking_touchpoint", "tracking_clickhour", "tracking_clickday",
        "tracking_clickmark", "payouts_commission", "payouts_commissionline",
        "payouts_adjustment", "shop_order", "shop_orderline", "shop_return", "shop_returnline",
    )  # fmt: skip
    return affiliate
