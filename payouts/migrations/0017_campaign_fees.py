from django.db import migrations, models

REASONS = [
    ("return", "Returned"),
    ("cancellation", "Order cancelled"),
    ("cost_found", "Cost found"),
    ("correction", "Correction"),
    ("refund", "Money back without goods"),
    ("cost_corrected", "Cost corrected"),
    ("bonus", "Bonus"),
    ("goodwill", "Goodwill"),
    ("clawback", "Clawback"),
    ("claim", "Claim granted"),
    ("payment_back", "Payment came back"),
    ("write_off", "Debt written off"),
    ("campaign", "Campaign"),
]
PROPOSED = ("bonus", "correction", "goodwill", "clawback", "claim", "write_off", "campaign")


class Migration(migrations.Migration):
    """What a campaign promised is booked under a reason of its own."""

    dependencies = [("payouts", "0016_closed_months")]

    operations = [
        migrations.AlterField(
            model_name="adjustment",
            name="reason",
            field=models.CharField(choices=REASONS, max_length=14),
        ),
        migrations.RemoveConstraint(model_name="adjustment", name="adjustment_reason_known"),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", [code for code, _label in REASONS])),
                name="adjustment_reason_known",
            ),
        ),
        migrations.RemoveConstraint(model_name="adjustmentproposal", name="proposal_reason_known"),
        migrations.AddConstraint(
            model_name="adjustmentproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", PROPOSED)), name="proposal_reason_known"
            ),
        ),
    ]
