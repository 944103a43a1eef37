from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.crypto
from core.append_only import append_only

# A number cannot be imported by name: the function of the migration that wrote it last.
BEFORE = import_module("payouts.migrations.0015_vat_on_top").NOW
NOW = BEFORE.replace("('settled', 'returned'),", "('settled', 'returned'), ('settled', 'sent'),")
USER = settings.AUTH_USER_MODEL
KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def person(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=USER, **more
    )


class Migration(migrations.Migration):
    """Lines taken off payouts again, files of batches, after how long the minimum is lifted."""

    dependencies = [
        ("payouts", "0017_campaign_fees"),
        migrations.swappable_dependency(USER),
    ]

    operations = [
        migrations.RunSQL(NOW, BEFORE),
        migrations.AddField(
            model_name="bankentry",
            name="unmatched",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="How often two people took it off a payout again.",
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="unmatch_reason",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="bankentry", name="unmatch_asked_by", field=person(null=True)
        ),
        migrations.AddField(
            model_name="bankentry", name="unmatch_asked_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unmatch_asked_at__isnull", True), ("unmatch_asked_by__isnull", True)
                )
                | (
                    models.Q(
                        ("unmatch_asked_at__isnull", False), ("unmatch_asked_by__isnull", False)
                    )
                    & models.Q(("state", "matched"))
                    & models.Q(("unmatch_reason", ""), _negated=True)
                ),
                name="bank_entry_unmatch_asked",
            ),
        ),
        migrations.CreateModel(
            name="BatchAttachment",
            fields=[
                ("id", KEY),
                ("name", models.CharField(max_length=120)),
                ("body", core.crypto.EncryptedBinaryField()),
                ("size", models.PositiveIntegerField(help_text="In bytes, unencrypted.")),
                (
                    "sha256",
                    models.CharField(help_text="Of the file, unencrypted.", max_length=64),
                ),
                ("added_at", models.DateTimeField()),
                ("added_by", person()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="payouts.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "sha256"), name="batch_attachment_once"
                    )
                ],
            },
        ),
        *append_only("payouts_batchattachment"),
        migrations.CreateModel(
            name="MinimumRule",
            fields=[
                ("id", KEY.clone()),
                ("valid_from", models.DateTimeField()),
                ("proposed_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "months",
                    models.PositiveSmallIntegerField(help_text="0: the minimum always holds."),
                ),
                ("confirmed_by", person(null=True)),
                ("proposed_by", person()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("valid_from",), name="minimum_rule_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="minimum_rule_four_eyes",
                    ),
                ],
            },
        ),
    ]
