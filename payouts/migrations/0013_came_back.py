from django.db import migrations, models

BEFORE = """
CREATE OR REPLACE FUNCTION payouts_item_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM payouts_batch WHERE status <> 'draft' AND id IN (
      CASE WHEN TG_OP <> 'INSERT' THEN OLD.batch_id END,
      CASE WHEN TG_OP <> 'DELETE' THEN NEW.batch_id END)
  ) THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE'
     AND (OLD.status = NEW.status OR (OLD.status, NEW.status) IN (
       ('queued', 'ready'), ('queued', 'released'),
       ('ready', 'sending'), ('ready', 'skipped'), ('ready', 'released'),
       ('sending', 'unknown'), ('sending', 'sent'), ('sending', 'failed'),
       ('unknown', 'sending'), ('unknown', 'sent'), ('unknown', 'failed'),
       ('sent', 'settled'), ('sent', 'returned'), ('settled', 'returned'),
       ('skipped', 'released'), ('failed', 'released')))
     AND (OLD.id, OLD.public_id, OLD.batch_id, OLD.affiliate_id, OLD.amount_minor, OLD.currency,
          OLD.payee_name, OLD.iban, OLD.iban_last4, OLD.country, OLD.town, OLD.store,
          OLD.staff_number, OLD.stripe_account)
       = (NEW.id, NEW.public_id, NEW.batch_id, NEW.affiliate_id, NEW.amount_minor, NEW.currency,
          NEW.payee_name, NEW.iban, NEW.iban_last4, NEW.country, NEW.town, NEW.store,
          NEW.staff_number, NEW.stripe_account)
     AND NEW.attempt >= OLD.attempt
     AND (OLD.rail_reference = '' OR OLD.rail_reference = NEW.rail_reference)
     AND (OLD.attempt < NEW.attempt OR OLD.idempotency_key = ''
          OR (OLD.idempotency_key, OLD.first_sent_at) = (NEW.idempotency_key, NEW.first_sent_at))
     THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the batch is submitted: its payouts are frozen'
    USING ERRCODE = 'restrict_violation';
END $$;
"""
# Refused for want of money: nothing was paid, and the next attempt has a key of its own.
NOW = """
CREATE OR REPLACE FUNCTION payouts_item_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM payouts_batch WHERE status <> 'draft' AND id IN (
      CASE WHEN TG_OP <> 'INSERT' THEN OLD.batch_id END,
      CASE WHEN TG_OP <> 'DELETE' THEN NEW.batch_id END)
  ) THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE'
     AND (OLD.status = NEW.status OR (OLD.status, NEW.status) IN (
       ('queued', 'ready'), ('queued', 'released'),
       ('ready', 'sending'), ('ready', 'skipped'), ('ready', 'released'),
       ('sending', 'unknown'), ('sending', 'sent'), ('sending', 'failed'), ('sending', 'ready'),
       ('unknown', 'sending'), ('unknown', 'sent'), ('unknown', 'failed'),
       ('sent', 'settled'), ('sent', 'returned'), ('settled', 'returned'),
       ('skipped', 'released'), ('failed', 'released')))
     AND (OLD.id, OLD.public_id, OLD.batch_id, OLD.affiliate_id, OLD.amount_minor, OLD.currency,
          OLD.payee_name, OLD.iban, OLD.iban_last4, OLD.country, OLD.town, OLD.store,
          OLD.staff_number, OLD.stripe_account)
       = (NEW.id, NEW.public_id, NEW.batch_id, NEW.affiliate_id, NEW.amount_minor, NEW.currency,
          NEW.payee_name, NEW.iban, NEW.iban_last4, NEW.country, NEW.town, NEW.store,
          NEW.staff_number, NEW.stripe_account)
     AND NEW.attempt >= OLD.attempt
     AND ((OLD.status, NEW.status) <> ('sending', 'ready')
          OR NEW.attempt > OLD.attempt AND NEW.idempotency_key = '')
     AND (OLD.rail_reference = '' OR OLD.rail_reference = NEW.rail_reference)
     AND (OLD.attempt < NEW.attempt OR OLD.idempotency_key = ''
          OR (OLD.idempotency_key, OLD.first_sent_at) = (NEW.idempotency_key, NEW.first_sent_at))
     THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the batch is submitted: its payouts are frozen'
    USING ERRCODE = 'restrict_violation';
END $$;
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
]


class Migration(migrations.Migration):
    """What came back is due again; a payout that was not funded waits for its next attempt."""

    dependencies = [("payouts", "0012_rails_frozen")]

    operations = [
        migrations.RunSQL(NOW, BEFORE),
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
    ]
