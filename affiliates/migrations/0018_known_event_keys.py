from django.db import migrations


class Migration(migrations.Migration):
    """What was told up to now is known for good. A try is about no fact."""

    dependencies = [("affiliates", "0017_event_keys")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO affiliates_eventkey (key)"
            " SELECT key FROM affiliates_event WHERE type <> 'ping' ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        )
    ]
