from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payouts", "0005_view_actual_margin")]

    operations = [
        migrations.AddField(
            model_name="adjustment",
            name="steps",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="How it was computed, as those of commission lines.",
            ),
        ),
    ]
