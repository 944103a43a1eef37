from django.db import migrations, models


class Migration(migrations.Migration):
    """What corrected costs took of caps and budgets."""

    dependencies = [("payouts", "0008_claim_reminder")]

    operations = [
        migrations.AddField(
            model_name="adjustment",
            name="taken_minor",
            field=models.PositiveBigIntegerField(
                default=0, help_text="What a corrected cost took of caps and budgets for the line."
            ),
        ),
    ]
