from django.db import migrations, models

FROZEN = """
CREATE OR REPLACE FUNCTION payouts_commission_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND (OLD.credit_id, OLD.affiliate_id, OLD.terms_id, OLD.basis, OLD.rate_bps,
          OLD.amount_minor, OLD.currency, OLD.accrued_at)
       = (NEW.credit_id, NEW.affiliate_id, NEW.terms_id, NEW.basis, NEW.rate_bps,
          NEW.amount_minor, NEW.currency, NEW.accrued_at)
     AND (OLD.approved_minor IS NULL OR OLD.approved_minor = NEW.approved_minor)
{also}     AND NEW.hold_until <= OLD.hold_until THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a commission is frozen: correct it with an adjustment'
    USING ERRCODE = 'restrict_violation';
END $$;
"""
DAYS = "     AND OLD.hold_days IS NOT DISTINCT FROM NEW.hold_days\n"


class Migration(migrations.Migration):
    """The days of a hold are frozen with the commission."""

    dependencies = [("payouts", "0009_adjustment_taken")]

    operations = [
        migrations.AddField(
            model_name="commission",
            name="hold_days",
            field=models.PositiveIntegerField(
                help_text="As decided by category and trust; empty: before it was kept.", null=True
            ),
        ),
        migrations.RunSQL(FROZEN.format(also=DAYS), FROZEN.format(also="")),
    ]
