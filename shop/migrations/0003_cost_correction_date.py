from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_frozen_lines_and_bands")]

    operations = [
        migrations.AddField(
            model_name="costcorrection",
            name="corrected_at",
            field=models.DateTimeField(
                default=timezone.now, help_text="As the shop says: the latest counts."
            ),
            preserve_default=False,
        ),
    ]
