from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_frozen_lines_and_bands")]

    operations = [
        migrations.AddField(
            model_name="inboundevent",
            name="reasons",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
