from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0012_privacy")]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=40)),
                ("public_key", models.CharField(help_text="Ed25519, in hex.", max_length=64)),
                ("first_used_at", models.DateTimeField()),
                (
                    "retired_at",
                    models.DateTimeField(help_text="From then on it signed nothing.", null=True),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purpose", "public_key"), name="signing_key_once"
                    )
                ],
            },
        ),
    ]
