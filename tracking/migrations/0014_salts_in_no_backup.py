from django.db import migrations


class Migration(migrations.Migration):
    """A salt lives 48 hours: in no backup, in no log and on no standby is there a copy of it.

    After a crash of the server the table is empty; the shipper makes new salts within a second.
    """

    dependencies = [
        ("tracking", "0013_sum_up_marks"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE tracking_salt SET UNLOGGED", "ALTER TABLE tracking_salt SET LOGGED"
        )
    ]
