from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0014_staff_proposals_are_kept")]

    operations = [
        migrations.AddField(
            model_name="datarequest",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, db_default=0),
        ),
        migrations.AddField(
            model_name="datarequest",
            name="started_at",
            field=models.DateTimeField(help_text="When its copy was last begun.", null=True),
        ),
    ]
