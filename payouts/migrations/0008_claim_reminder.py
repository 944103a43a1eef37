from django.db import migrations, models


class Migration(migrations.Migration):
    """When an affiliate was reminded of a question about its claim."""

    dependencies = [("payouts", "0007_refund_ruling")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="reminded_at",
            field=models.DateTimeField(
                help_text="When the affiliate was last reminded of a question.", null=True
            ),
        ),
    ]
