from django.db import migrations, models


class Migration(migrations.Migration):
    """How many claims an account makes, how long a file of them is, how long proofs are kept."""

    dependencies = [("affiliates", "0005_identity_keys")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="claims_most",
            field=models.PositiveSmallIntegerField(
                default=100, help_text="How many claims an account makes in any thirty days."
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="claim_lines_most",
            field=models.PositiveSmallIntegerField(
                default=50, help_text="How many lines a file of claims has."
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="proof_keep_days",
            field=models.PositiveSmallIntegerField(
                default=365, help_text="From the end of a claim to the day its files are deleted."
            ),
        ),
    ]
