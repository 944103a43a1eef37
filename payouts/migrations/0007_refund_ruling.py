import django.db.models.deletion
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0006_adjustment_steps"),
        ("shop", "0003_cost_correction_date"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefundRuling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "policy",
                    models.CharField(
                        choices=[
                            ("pro_rata", "Less commission, over what is left of the order"),
                            ("ignored", "Nothing"),
                        ],
                        max_length=8,
                    ),
                ),
                ("ruled_at", models.DateTimeField()),
                (
                    "return_line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_ruling",
                        to="shop.returnline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("policy__in", ["pro_rata", "ignored"])),
                        name="refund_ruling_policy_known",
                    )
                ],
            },
        ),
        *append_only("payouts_refundruling"),
    ]
