"""The SQL of reports, put together from fixed expressions: values are parameters, nothing else.

Three parts are joined by the key of a row: the credits of the period (``base``), what became of
them (``sales``), and the visits of the period (``visits``). What no metric asks for is not joined.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.reports.catalogue import OF_CLICKS, Dimension
from shop.counting import counted_sql

#: The key of what was booked for whole orders, where rows are products.
BESIDE = "~"

_DAY = "((o.placed_at AT TIME ZONE 'Europe/Paris')::date + %(shift)s::int)"
_CLICK_DAY = "((h.hour AT TIME ZONE 'Europe/Paris')::date + %(shift)s::int)"
_SUM_DAY = "(h.day + %(shift)s::int)"


def _look(surface: str) -> str:
    return f"CASE WHEN {surface} LIKE 'look:%%' THEN split_part({surface}, ':', 2) ELSE '' END"


def _place(surface: str) -> str:
    return (
        f"CASE WHEN {surface} LIKE 'look:%%' THEN 'look:' || split_part({surface}, ':', 3)"
        f" ELSE {surface} END"
    )


#: What a row is, for a credit (``o`` ``c`` ``t`` ``f``) or one of its lines (``l`` ``p``).
_KEYS = {
    "link": "COALESCE(t.link_id::text, '')",
    "code": "COALESCE(t.coupon_code_id::text, '')",
    "look": _look("c.surface"),
    "surface": _place("c.surface"),
    "sub": "c.sub_id",
    "customer": "CASE WHEN o.is_new_customer THEN 'new' WHEN NOT o.is_new_customer"
    " THEN 'returning' ELSE 'unknown' END",
    "country": "o.country",
    "affiliate": "c.affiliate_id::text",
    "group": "f.group_id::text",
    "product": "COALESCE('p' || l.product_id, 't' || l.title)",
    "category": "COALESCE(p.category, '')",
}
#: The same for a row of visits (``h``).
_CLICK_KEYS = {
    "link": "h.link_id::text",
    "look": _look("h.surface"),
    "surface": _place("h.surface"),
    "sub": "h.sub_id",
    "affiliate": "h.affiliate_id::text",
    "group": "f.group_id::text",
}
#: Of the sums of visits, which tells these apart: the rarer, the larger.
_MARKED = frozenset({"look", "surface", "sub"})
_TABLES = {
    "mark": ("tracking_clickmark", _SUM_DAY, "h.day >= %(first)s AND h.day <= %(last)s"),
    "hour": ("tracking_clickhour", _CLICK_DAY, "h.hour >= %(since)s AND h.hour < %(until)s"),
    "day": ("tracking_clickday", _SUM_DAY, "h.day >= %(first)s AND h.day <= %(last)s"),
}

_EARNED = (
    "(CASE WHEN b.status IS NULL THEN 0 WHEN b.status = 'reversed' THEN COALESCE(a.payable, 0)"
    " ELSE {amount} + COALESCE(a.changed, 0) END)"
)
_ORDER_EARNED = _EARNED.format(amount="b.amount_minor")
_LINE_EARNED = _EARNED.format(amount="COALESCE(e.amount_minor, 0)")
_STANDS = "b.status <> 'reversed'"


def _money_sums(earned: str, net: str, margin: str) -> dict[str, str]:
    return {
        "net": f"SUM({net})",
        "commission": f"SUM({earned})",
        "pending": f"SUM({earned}) FILTER (WHERE b.status = 'pending')",
        # What was granted beside an order that earns nothing is to be paid as well.
        "validated": f"SUM({earned}) FILTER (WHERE b.status IN ('approved', 'reversed'))",
        "paid": f"SUM({earned}) FILTER (WHERE b.status = 'paid')",
        "click_commission": f"SUM({earned}) FILTER (WHERE b.by_click)",
        "margin": f"SUM({margin}) FILTER (WHERE {_STANDS})",
        "rest": f"COALESCE(SUM({margin}) FILTER (WHERE {_STANDS}), 0) - COALESCE(SUM({earned}), 0)",
    }


def _shared(amount: str) -> str:
    """The part of an amount that was credited, half away from zero."""
    return f"round({amount}::numeric * b.share_bps / 10000)"


#: What an edit added to an order is a credit of its own and no order more.
_ORDERS = "COUNT(*) FILTER (WHERE b.is_counted{and_so})"
_OF_ORDERS = {
    "orders": _ORDERS.format(and_so=""),
    "click_orders": _ORDERS.format(and_so=" AND b.by_click"),
    "new_orders": _ORDERS.format(and_so=" AND b.is_new_customer"),
    "known_orders": _ORDERS.format(and_so=" AND b.is_new_customer IS NOT NULL"),
    "refused": _ORDERS.format(and_so=" AND b.status = 'reversed' AND b.reason <> 'returned'"),
    "returned": _ORDERS.format(and_so=" AND r.pieces > 0"),
    "units": "SUM(k.units)",
    "returned_units": "SUM(r.pieces)",
}
_CHANGES = """LEFT JOIN (
    SELECT a.commission_id, {line} SUM(a.amount_minor) AS changed,
      SUM(a.amount_minor) FILTER (WHERE a.is_payable) AS payable
    FROM base JOIN payouts_adjustment a ON a.commission_id = base.commission_id GROUP BY 1 {and_2}
  ) a ON a.commission_id = b.commission_id {on_line}"""
_RETURNS = """LEFT JOIN (
    SELECT {of} AS id, SUM(LEAST(back.pieces, sold.quantity)) AS pieces FROM (
      SELECT x.line_id, SUM(x.quantity) AS pieces
      FROM (SELECT DISTINCT order_id FROM base) base
      JOIN shop_return y ON y.order_id = base.order_id AND y.withdrawn_at IS NULL
        AND y.reason = 'return'
      JOIN shop_returnline x ON x.shop_return_id = y.id GROUP BY 1
    ) back JOIN shop_orderline sold ON sold.id = back.line_id AND sold.kind = 'product' GROUP BY 1
  ) r ON r.id = {on}"""
_ORDER_JOINS = {
    "changes": _CHANGES.format(line="", and_2="", on_line=""),
    "baskets": """LEFT JOIN (
    SELECT l.order_id, SUM(l.net_minor) AS net, SUM(l.quantity) AS units
    FROM (SELECT DISTINCT order_id FROM base) base
    JOIN shop_orderline l ON l.order_id = base.order_id AND l.kind = 'product' GROUP BY 1
  ) k ON k.order_id = b.order_id""",
    "returns": _RETURNS.format(of="sold.order_id", on="b.order_id"),
    "margins": """LEFT JOIN (
    SELECT e.commission_id, SUM(e.actual_margin_minor) AS margin
    FROM base JOIN payouts_commissionline e ON e.commission_id = base.commission_id GROUP BY 1
  ) g ON g.commission_id = b.commission_id""",
}
_LINE_JOINS = {
    "changes": _CHANGES.format(
        line="a.order_line_id,", and_2=", 2", on_line="AND a.order_line_id = l.id"
    ),
    "earned": "LEFT JOIN payouts_commissionline e"
    " ON e.commission_id = b.commission_id AND e.order_line_id = l.id",
    "products": "LEFT JOIN shop_product p ON p.id = l.product_id",
    "returns": _RETURNS.format(of="sold.id", on="l.id"),
}
_MONEY = frozenset({"commission", "pending", "validated", "paid", "click_commission", "rest"})
_NEEDS = {
    "changes": _MONEY,
    "baskets": frozenset({"net", "units"}),
    "returns": frozenset({"returned", "returned_units"}),
    "margins": frozenset({"margin", "rest"}),
    "earned": _MONEY | {"margin"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of the database: sums by a dimension, of a period of whole days in Paris.

    ``shift``: days to be added, so that an earlier period has the keys of the one it is put beside.
    ``filters``: values by the key of a dimension. ``affiliate_id``: nothing of anybody else.
    """

    by: Dimension
    sums: tuple[str, ...]
    since: datetime
    until: datetime
    first: date
    last: date
    currency: str
    shift: int = 0
    affiliate_id: int | None = None
    shares: bool = False
    filters: Mapping[str, Any] = field(default_factory=dict)


def clicks_know(filters: Collection[str]) -> bool:
    """Tell whether visits can be narrowed to all of ``filters``."""
    return all(name in _CLICK_KEYS for name in filters)


def statement(
    wanted: Wanted, *, order_by: str, limit: int | None, offset: int, keys: Sequence[str] | None
) -> tuple[str, dict[str, Any]]:
    """Return SQL and its parameters: a row with ``place`` 0 is the total, the others follow.

    Rows are ``key, place, n`` and the sums; ``n`` of the total is the number of rows there are.
    ``order_by``: of :func:`ordering`. With ``keys`` only these; else ``limit`` from ``offset``.
    """
    parameters: dict[str, Any] = {
        "since": wanted.since, "until": wanted.until, "first": wanted.first, "last": wanted.last,
        "shift": wanted.shift, "begin": _begin(wanted), "currency": wanted.currency,
        "affiliate": wanted.affiliate_id, "offset": offset, "limit": limit,
        "keys": list(keys or ()),
    }  # fmt: skip
    parameters |= {f"f_{name}": value for name, value in wanted.filters.items()}
    parts, key, columns, source = _parts(wanted)
    parts.append(f"joined AS (SELECT {key} AS key, {', '.join(columns)} FROM {source})")  # noqa: S608
    names = ", ".join(wanted.sums)
    totals = ", ".join(f"COALESCE(SUM({name}), 0)::bigint" for name in wanted.sums)
    shown = "place = 0"
    if keys is not None:
        shown += " OR key = ANY(%(keys)s::text[])"
    elif limit is not None:
        shown += " OR (place > %(offset)s AND place <= %(offset)s + %(limit)s)"
    else:
        shown += " OR place > 0"
    rows = (
        f"SELECT NULL::text AS key, 0::bigint AS place, COUNT(*) AS n, {totals} FROM joined"  # noqa: S608
        f" UNION ALL SELECT key, row_number() OVER (ORDER BY {order_by}), 1, {names} FROM joined"
    )
    sql = (
        f"WITH {', '.join(parts)} SELECT * FROM ({rows}) AS found (key, place, n, {names})"  # noqa: S608
        f" WHERE {shown} ORDER BY place"
    )
    return sql, parameters


def _parts(wanted: Wanted) -> tuple[list[str], str, list[str], str]:
    """Return the parts that are needed, the key of a row, its columns, and where they come from."""
    of_sales = [name for name in wanted.sums if name not in OF_CLICKS]
    parts, columns = [], [f"COALESCE(s.{name}, 0)::bigint AS {name}" for name in of_sales]
    if of_sales:
        parts += [f"base AS ({_base(wanted)})", f"sales AS ({_sales(wanted, of_sales)})"]
    if "clicks" not in wanted.sums:
        return parts, "s.key", columns, "sales s"
    parts.append(f"visits AS ({_visits(wanted)})")
    columns.append("COALESCE(v.clicks, 0)::bigint AS clicks")
    if not of_sales:
        return parts, "v.key", columns, "visits v"
    source = "sales s FULL JOIN visits v ON v.key = s.key"
    return parts, "COALESCE(s.key, v.key)", columns, source


def ordering(by: Dimension, top: str, bottom: str, *, is_descending: bool) -> str:
    """Return how rows are ordered: by a sum or the ratio of two, else by the key alone."""
    direction = "DESC" if is_descending else "ASC"
    if not top:
        return f"key {direction}"
    value = f"{top}::numeric / NULLIF({bottom}, 0)" if bottom else top
    tie = "ASC" if not by.is_time else "DESC"
    return f"{value} {direction} NULLS LAST, key {tie}"


def _begin(wanted: Wanted) -> date:
    """The first day of the period that the rows are called after."""
    return date.fromordinal(wanted.first.toordinal() + wanted.shift)


def _bucket(by: str, day: str) -> str:
    """The first day of a row that is shown, as an ISO day."""
    if by == "day":
        return f"({day})::text"
    return f"GREATEST(date_trunc('{by}', {day}::timestamp)::date, %(begin)s::date)::text"


def _base(wanted: Wanted) -> str:
    key = "''" if wanted.by.of_lines else _key(wanted.by, _DAY)
    joins = ["JOIN shop_order o ON o.id = c.order_id",
             "JOIN tracking_touchpoint t ON t.id = c.touchpoint_id",
             "LEFT JOIN payouts_commission m ON m.credit_id = c.id"]  # fmt: skip
    if wanted.by.key == "group" or "group" in wanted.filters:
        joins.append("JOIN affiliates_affiliate f ON f.id = c.affiliate_id")
    where = ["o.placed_at >= %(since)s", "o.placed_at < %(until)s", "NOT o.is_test",
             "o.currency = %(currency)s"]  # fmt: skip
    if wanted.affiliate_id is not None:
        where.append("c.affiliate_id = %(affiliate)s")
    where += [
        f"{_KEYS[name]} = %(f_{name})s"
        for name in wanted.filters
        if name not in ("product", "category")
    ]
    return (
        f"SELECT {key} AS key, c.order_id, c.share_bps, m.id AS commission_id, m.status,"  # noqa: S608
        " m.reversal_reason AS reason, m.amount_minor, o.is_new_customer,"
        f" {counted_sql('o')} AS is_counted, t.link_id IS NOT NULL AS by_click"
        f" FROM tracking_credit c {' '.join(joins)}"
        f" WHERE {' AND '.join(where)}"
    )


def _key(by: Dimension, day: str) -> str:
    return _bucket(by.key, day) if by.is_time else _KEYS[by.key]


def _sales(wanted: Wanted, sums: Sequence[str]) -> str:
    if wanted.by.of_lines:
        return _line_sales(wanted, sums)
    net = _shared("k.net") if wanted.shares else "k.net"
    known = {**_OF_ORDERS, **_money_sums(_ORDER_EARNED, net, _shared("g.margin"))}
    joins = [join for name, join in _ORDER_JOINS.items() if _NEEDS[name] & set(sums)]
    columns = "".join(f", {known[name]} AS {name}" for name in sums)
    return f"SELECT b.key{columns} FROM base b {' '.join(joins)} GROUP BY b.key"  # noqa: S608


def _line_sales(wanted: Wanted, sums: Sequence[str]) -> str:
    net = _shared("l.net_minor") if wanted.shares else "l.net_minor"
    known = _money_sums(_LINE_EARNED, net, _shared("e.actual_margin_minor"))
    known |= {"units": "SUM(l.quantity)", "returned_units": "SUM(r.pieces)"}
    joins = [
        join for name, join in _LINE_JOINS.items() if name == "products" or _NEEDS[name] & set(sums)
    ]
    columns = "".join(f", {known[name]} AS {name}" for name in sums)
    narrowed = "".join(
        f" AND {_KEYS[name]} = %(f_{name})s"
        for name in ("product", "category")
        if name in wanted.filters
    )
    of_lines = (
        f"SELECT {_KEYS[wanted.by.key]} AS key{columns} FROM base b"  # noqa: S608
        f" JOIN shop_orderline l ON l.order_id = b.order_id AND l.kind = 'product'"
        f" {' '.join(joins)} WHERE TRUE{narrowed} GROUP BY 1"
    )
    if narrowed or not _MONEY & set(sums):
        return of_lines
    # What was booked for no line, or for one that is no product, is a row of its own.
    beside = _money_sums(_EARNED.format(amount="0"), "0", "0")
    columns = "".join(f", {beside.get(name, '0')} AS {name}" for name in sums)
    return (
        f"{of_lines} UNION ALL SELECT '{BESIDE}'{columns} FROM base b JOIN ("  # noqa: S608
        " SELECT a.commission_id, SUM(a.amount_minor) AS changed,"
        " SUM(a.amount_minor) FILTER (WHERE a.is_payable) AS payable"
        " FROM base JOIN payouts_adjustment a ON a.commission_id = base.commission_id"
        " LEFT JOIN shop_orderline l ON l.id = a.order_line_id AND l.kind = 'product'"
        " WHERE l.id IS NULL GROUP BY 1"
        ") a ON a.commission_id = b.commission_id HAVING COUNT(*) > 0"
    )


def _visits(wanted: Wanted) -> str:
    asked = {wanted.by.key, *wanted.filters}
    source = "mark" if asked & _MARKED else "hour" if "link" in asked else "day"
    table, day, period = _TABLES[source]
    key = _bucket(wanted.by.key, day) if wanted.by.is_time else _CLICK_KEYS[wanted.by.key]
    join = " JOIN affiliates_affiliate f ON f.id = h.affiliate_id" if "group" in asked else ""
    where = [period]
    if wanted.affiliate_id is not None:
        where.append("h.affiliate_id = %(affiliate)s")
    where += [f"{_CLICK_KEYS[name]} = %(f_{name})s" for name in wanted.filters]
    return (
        f"SELECT {key} AS key, SUM(h.visits) AS clicks FROM {table} h{join}"  # noqa: S608
        f" WHERE {' AND '.join(where)} GROUP BY 1 HAVING SUM(h.visits) > 0"
    )
