from django.db import migrations

DAYS = """
  INSERT INTO tracking_changedday (day)
  SELECT (placed_at AT TIME ZONE 'Europe/Paris')::date FROM shop_order
  UNION
  SELECT (returned_at AT TIME ZONE 'Europe/Paris')::date FROM shop_return
"""


class Migration(migrations.Migration):
    """What was there before the triggers is summed within a minute; until then it is read."""

    dependencies = [("tracking", "0016_changed_days")]

    operations = [migrations.RunSQL(DAYS, migrations.RunSQL.noop)]
