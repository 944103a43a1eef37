from django.db import migrations

from core.append_only import append_only

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
          OLD.staff_number)
       = (NEW.id, NEW.public_id, NEW.batch_id, NEW.affiliate_id, NEW.amount_minor, NEW.currency,
          NEW.payee_name, NEW.iban, NEW.iban_last4, NEW.country, NEW.town, NEW.store,
          NEW.staff_number) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the batch is submitted: its payouts are frozen'
    USING ERRCODE = 'restrict_violation';
END $$;
"""
# The key and the time of an attempt, and the rail's own reference, are written once.
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


class Migration(migrations.Migration):
    """What the rails add to a payout is as frozen as the rest; documents never change."""

    dependencies = [("payouts", "0011_rails"), ("core", "0002_database")]

    operations = [
        migrations.RunSQL(NOW, BEFORE),
        *append_only("payouts_bankfile"),
        *append_only("payouts_itemreturn"),
        *append_only("payouts_invoice"),
        *append_only("payouts_invoicedelivery"),
        *append_only("payouts_closedmonth"),
        *append_only("payouts_reconciliation"),
    ]
