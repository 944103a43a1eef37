from django.db import migrations, models

# The lock (0x4D4F4E54) that closing a month takes alone (rule CL4): every posting shares it.
OPEN_MONTHS = """
CREATE FUNCTION payouts_transfer_in_open_month() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  opens_at timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(1297043028);
  SELECT (max(month) + interval '1 month') AT TIME ZONE 'Europe/Paris'
    INTO opens_at FROM payouts_closedmonth;
  IF EXISTS (SELECT FROM posted WHERE effective_at < opens_at) THEN
    RAISE EXCEPTION 'the month is closed: nothing takes effect before %', opens_at
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER payouts_transfer_in_open_month AFTER INSERT ON payouts_transfer
  REFERENCING NEW TABLE AS posted
  FOR EACH STATEMENT EXECUTE FUNCTION payouts_transfer_in_open_month();
"""
ANY_MONTH = """
DROP TRIGGER payouts_transfer_in_open_month ON payouts_transfer;
DROP FUNCTION payouts_transfer_in_open_month();
"""
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
]
PROPOSED = ("bonus", "correction", "goodwill", "clawback", "claim", "write_off")


class Migration(migrations.Migration):
    """Nothing is posted into a closed month, whoever posts; a debt may be written off."""

    dependencies = [("payouts", "0015_vat_on_top")]

    operations = [
        migrations.RunSQL(OPEN_MONTHS, ANY_MONTH),
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
