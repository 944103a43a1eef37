import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.crypto
from core.append_only import append_only


class Migration(migrations.Migration):
    """What shows that a payout was made by hand; it stays as it came."""

    dependencies = [
        ("payouts", "0013_came_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ManualProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("body", core.crypto.EncryptedBinaryField()),
                (
                    "sha256",
                    models.CharField(help_text="Of the file, unencrypted.", max_length=64),
                ),
                ("paid_on", models.DateField()),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proof",
                        to="payouts.item",
                    ),
                ),
            ],
        ),
        *append_only("payouts_manualproof"),
    ]
