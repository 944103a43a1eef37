from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0013_dropped_files"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="inboundevent",
            index=models.Index(
                condition=models.Q(("signed_with", "asked"), _negated=True),
                fields=["connection", "-received_at"],
                name="inbound_event_sent",
            ),
        ),
        migrations.AddIndex(
            model_name="inboundevent",
            index=models.Index(
                condition=models.Q(("status", "failed")),
                fields=["connection", "topic", "status_changed_at"],
                name="inbound_event_failed",
            ),
        ),
    ]
