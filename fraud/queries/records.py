"""How an affiliate's visits and sales began before an order, as far as they are counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date

from django.db import connection

from fraud.domain.evidence import Record
from tracking.models import Credit

LOOK_BACK_DAYS = 30
#: So many sales tell how an affiliate's sales begin; more would say the same, and cost.
MOST_SALES = 200
_BASKET_SIGNALS = ["basket_before_click", "checkout_before_click"]
_RECORDS = """
    SELECT w.affiliate, w.day, t.session_known, t.session_open, t.basket_before,
      t.checkout_before, t.typed_bare, t.redirect_known, t.redirect_hidden, t.home_landings,
      s.known, s.basket
    FROM unnest(%s::bigint[], %s::date[]) AS w (affiliate, day)
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(session_known), 0) AS session_known,
        coalesce(sum(session_open), 0) AS session_open,
        coalesce(sum(basket_before), 0) AS basket_before,
        coalesce(sum(checkout_before), 0) AS checkout_before,
        coalesce(sum(typed_bare), 0) AS typed_bare,
        coalesce(sum(redirect_known), 0) AS redirect_known,
        coalesce(sum(redirect_hidden), 0) AS redirect_hidden,
        coalesce(sum(home_landings), 0) AS home_landings
      FROM fraud_trafficday
      WHERE affiliate_id = w.affiliate AND day > w.day - %s AND day <= w.day
    ) t
    CROSS JOIN LATERAL (
      SELECT count(*) AS known, count(*) FILTER (WHERE EXISTS (
        SELECT FROM fraud_signal WHERE screening_id = screening.id AND code = ANY(%s)
      )) AS basket
      FROM (
        SELECT id FROM tracking_credit
        WHERE affiliate_id = w.affiliate AND id < %s
          AND click_at >= (w.day - %s)::timestamp AT TIME ZONE 'UTC'
          AND click_at < (w.day + 1)::timestamp AT TIME ZONE 'UTC'
        ORDER BY created_at DESC LIMIT %s
      ) AS credit JOIN fraud_screening screening ON screening.credit_id = credit.id
      WHERE NOT screening.unknown ? 'basket_before_click'
    ) s
"""


def records_of(credits: Iterable[Credit]) -> dict[int, Record]:
    """Return the record of each credit's affiliate in the 30 days to its order. One query.

    Of sales the last ones that were credited before any of ``credits``, 200 at most.
    """
    asked = {credit.pk: (credit.affiliate_id, _day(credit)) for credit in credits}
    found = _records(set(asked.values()), before=min(asked, default=0))
    return {pk: found[key] for pk, key in asked.items()}


def _day(credit: Credit) -> date:
    return credit.order.placed_at.astimezone(UTC).date()


def _records(keys: Iterable[tuple[int, date]], *, before: int) -> dict[tuple[int, date], Record]:
    columns = [list(column) for column in zip(*keys, strict=True)]
    if not columns:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORDS,
            [*columns, LOOK_BACK_DAYS, _BASKET_SIGNALS, before, LOOK_BACK_DAYS, MOST_SALES],
        )
        rows = cursor.fetchall()
    names = ("session_known", "session_open", "basket_before", "checkout_before", "typed_bare",
             "redirect_known", "redirect_hidden", "home_landings", "sales_known",
             "sales_basket_before")  # fmt: skip
    return {
        (affiliate_id, day): Record(**dict(zip(names, sums, strict=True)))
        for affiliate_id, day, *sums in rows
    }
