from django.db import migrations

# Of an order a new one counts, and a change of what is counted. Its lines come with it and are
# frozen. An attribution changes the day of the order and those on which goods of it came back.
MARKS = {
    "tracking_order_placed": """
      SELECT (placed_at AT TIME ZONE 'Europe/Paris')::date FROM changed
    """,
    "tracking_order_changed": """
      SELECT (o.placed_at AT TIME ZONE 'Europe/Paris')::date
      FROM changed o JOIN before b ON b.id = o.id
      WHERE (o.is_test, o.is_addition, o.is_new_customer, o.currency)
        IS DISTINCT FROM (b.is_test, b.is_addition, b.is_new_customer, b.currency)
    """,
    "tracking_order_decided": """
      SELECT (o.placed_at AT TIME ZONE 'Europe/Paris')::date
      FROM changed a JOIN shop_order o ON o.id = a.order_id
      UNION
      SELECT (r.returned_at AT TIME ZONE 'Europe/Paris')::date
      FROM changed a JOIN shop_orderline l ON l.order_id = a.order_id
      JOIN shop_returnline x ON x.line_id = l.id JOIN shop_return r ON r.id = x.shop_return_id
    """,
    "tracking_goods_returned": """
      SELECT (r.returned_at AT TIME ZONE 'Europe/Paris')::date
      FROM changed x JOIN shop_return r ON r.id = x.shop_return_id
    """,
    "tracking_return_changed": """
      SELECT (r.returned_at AT TIME ZONE 'Europe/Paris')::date
      FROM changed r JOIN before b ON b.id = r.id
      WHERE r.withdrawn_at IS DISTINCT FROM b.withdrawn_at
    """,
}
NEW, OLD = "NEW TABLE AS changed", "OLD TABLE AS changed"
BOTH = "OLD TABLE AS before NEW TABLE AS changed"
TRIGGERS = (
    ("shop_order", "INSERT", NEW, "tracking_order_placed"),
    ("shop_order", "UPDATE", BOTH, "tracking_order_changed"),
    ("tracking_attribution", "INSERT", NEW, "tracking_order_decided"),
    ("tracking_attribution", "UPDATE", NEW, "tracking_order_decided"),
    ("tracking_attribution", "DELETE", OLD, "tracking_order_decided"),
    ("shop_returnline", "INSERT", NEW, "tracking_goods_returned"),
    ("shop_returnline", "UPDATE", NEW, "tracking_goods_returned"),
    ("shop_returnline", "DELETE", OLD, "tracking_goods_returned"),
    ("shop_return", "UPDATE", BOTH, "tracking_return_changed"),
)


def function(name: str, days: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608
        f" INSERT INTO tracking_changedday (day) SELECT DISTINCT day FROM ({days}) AS found (day);"
        " RETURN NULL; END $$;",
        f"DROP FUNCTION {name}();",
    )


def trigger(table: str, event: str, rows: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER day_changed_by_{event.lower()} AFTER {event} ON {table}"
        f" REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}();",
        f"DROP TRIGGER day_changed_by_{event.lower()} ON {table};",
    )


class Migration(migrations.Migration):
    """PostgreSQL names the days whose sums are no longer true, whoever writes."""

    dependencies = [("tracking", "0015_order_days"), ("shop", "0019_return_index")]

    operations = [
        *(function(name, days) for name, days in MARKS.items()),
        *(trigger(*one) for one in TRIGGERS),
    ]
