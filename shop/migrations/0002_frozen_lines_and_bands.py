from datetime import UTC, datetime
from typing import Any

from django.db import migrations

#: Default bands in basis points: 0-20, 20-35, 35-50, 50-65 and 65-100 %.
EDGES = (0, 2_000, 3_500, 5_000, 6_500, 10_000)

FROZEN_LINES = """
CREATE FUNCTION shop_orderline_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.cost_source = 'missing' AND NEW.unit_cost_minor IS NOT NULL
     AND (OLD.id, OLD.order_id, OLD.external_id, OLD.kind, OLD.sku, OLD.quantity,
          OLD.net_minor, OLD.discount_minor, OLD.tax_minor)
       = (NEW.id, NEW.order_id, NEW.external_id, NEW.kind, NEW.sku, NEW.quantity,
          NEW.net_minor, NEW.discount_minor, NEW.tax_minor) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an order line is frozen: only a missing cost may be filled in, once'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER shop_orderline_frozen BEFORE UPDATE OR DELETE ON shop_orderline
  FOR EACH ROW EXECUTE FUNCTION shop_orderline_frozen();
"""


ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


def create_bands(apps: Any, _schema_editor: Any) -> None:
    period, _made = apps.get_model("shop", "BandPeriod").objects.get_or_create(
        valid_from=ALWAYS, defaults={"name": "2000", "published_at": ALWAYS}
    )
    band = apps.get_model("shop", "MarginBand")
    for lower, upper in zip(EDGES, EDGES[1:], strict=False):
        band.objects.get_or_create(period=period, lower_bps=lower, defaults={"upper_bps": upper})


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial"), ("core", "0002_database")]

    operations = [
        migrations.RunSQL(
            FROZEN_LINES,
            "DROP TRIGGER shop_orderline_frozen ON shop_orderline;"
            " DROP FUNCTION shop_orderline_frozen();",
        ),
        migrations.RunPython(create_bands, migrations.RunPython.noop),
    ]
