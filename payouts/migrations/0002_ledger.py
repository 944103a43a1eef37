from django.db import migrations

from core.append_only import append_only

ONE_CURRENCY = """
ALTER TABLE payouts_transfer
  ADD CONSTRAINT transfer_debit_currency FOREIGN KEY (debit_id, currency)
    REFERENCES payouts_account (id, currency),
  ADD CONSTRAINT transfer_credit_currency FOREIGN KEY (credit_id, currency)
    REFERENCES payouts_account (id, currency);
"""

FROZEN_COMMISSION = """
CREATE FUNCTION payouts_commission_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND (OLD.credit_id, OLD.affiliate_id, OLD.terms_id, OLD.basis, OLD.rate_bps,
          OLD.amount_minor, OLD.currency, OLD.accrued_at)
       = (NEW.credit_id, NEW.affiliate_id, NEW.terms_id, NEW.basis, NEW.rate_bps,
          NEW.amount_minor, NEW.currency, NEW.accrued_at)
     AND (OLD.approved_minor IS NULL OR OLD.approved_minor = NEW.approved_minor)
     AND NEW.hold_until <= OLD.hold_until THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a commission is frozen: correct it with an adjustment'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payouts_commission_frozen BEFORE UPDATE OR DELETE ON payouts_commission
  FOR EACH ROW EXECUTE FUNCTION payouts_commission_frozen();
"""

FROZEN_BATCH = """
CREATE FUNCTION payouts_batch_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.status = 'draft'
     OR TG_OP = 'UPDATE' AND OLD.status = 'draft'
        AND NEW.status IN ('draft', 'in_review', 'cancelled') THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND OLD.status = 'draft' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE'
     AND (OLD.status = NEW.status OR (OLD.status, NEW.status) IN (
       ('in_review', 'draft'), ('in_review', 'approved'),
       ('approved', 'executing'), ('approved', 'cancelled'),
       ('executing', 'paused'), ('executing', 'done'), ('executing', 'done_with_exceptions'),
       ('paused', 'executing'), ('paused', 'cancelled')))
     AND (OLD.id, OLD.public_id, OLD.reference, OLD.rail, OLD.currency, OLD.cutoff_at,
          OLD.execution_date, OLD.created_at, OLD.created_by_id)
       = (NEW.id, NEW.public_id, NEW.reference, NEW.rail, NEW.currency, NEW.cutoff_at,
          NEW.execution_date, NEW.created_at, NEW.created_by_id)
     AND OLD.debtor_id IS NOT DISTINCT FROM NEW.debtor_id
     AND (NEW.status = 'draft'
       OR (OLD.content_hash, OLD.total_minor, OLD.item_count) IS NOT DISTINCT FROM
          (NEW.content_hash, NEW.total_minor, NEW.item_count)
      AND (OLD.submitted_at, OLD.submitted_by_id) IS NOT DISTINCT FROM
          (NEW.submitted_at, NEW.submitted_by_id)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the batch is submitted: it only moves on, and its content is frozen'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payouts_batch_frozen BEFORE INSERT OR UPDATE OR DELETE ON payouts_batch
  FOR EACH ROW EXECUTE FUNCTION payouts_batch_frozen();

CREATE FUNCTION payouts_approval_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.dropped_at IS NULL AND NEW.dropped_at IS NOT NULL
     AND (OLD.id, OLD.batch_id, OLD.user_id, OLD.content_hash, OLD.at)
       = (NEW.id, NEW.batch_id, NEW.user_id, NEW.content_hash, NEW.at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an approval stands as it was given: it can only be dropped, once'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payouts_approval_frozen BEFORE UPDATE OR DELETE ON payouts_approval
  FOR EACH ROW EXECUTE FUNCTION payouts_approval_frozen();

CREATE FUNCTION payouts_item_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER payouts_item_frozen BEFORE INSERT OR UPDATE OR DELETE ON payouts_item
  FOR EACH ROW EXECUTE FUNCTION payouts_item_frozen();

CREATE FUNCTION payouts_itemline_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM payouts_batch b JOIN payouts_item i ON i.batch_id = b.id
      WHERE b.status <> 'draft' AND i.id IN (
        CASE WHEN TG_OP <> 'INSERT' THEN OLD.item_id END,
        CASE WHEN TG_OP <> 'DELETE' THEN NEW.item_id END)
  ) THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL
     AND (OLD.id, OLD.item_id, OLD.amount_minor)
       = (NEW.id, NEW.item_id, NEW.amount_minor)
     AND OLD.commission_id IS NOT DISTINCT FROM NEW.commission_id
     AND OLD.adjustment_id IS NOT DISTINCT FROM NEW.adjustment_id
     AND (NEW.released_at IS NULL OR EXISTS (
       SELECT FROM payouts_item WHERE id = NEW.item_id AND status = 'released')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the batch is submitted: its lines are frozen'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payouts_itemline_frozen BEFORE INSERT OR UPDATE OR DELETE ON payouts_itemline
  FOR EACH ROW EXECUTE FUNCTION payouts_itemline_frozen();
"""


class Migration(migrations.Migration):
    """The rules of money that Python may not break: append-only, one currency, frozen amounts."""

    dependencies = [("payouts", "0001_initial"), ("core", "0002_database")]

    operations = [
        migrations.RunSQL(
            ONE_CURRENCY,
            "ALTER TABLE payouts_transfer DROP CONSTRAINT transfer_debit_currency,"
            " DROP CONSTRAINT transfer_credit_currency;",
        ),
        *append_only("payouts_transfer"),
        *append_only("payouts_account"),
        *append_only("payouts_adjustment"),
        *append_only("payouts_commissionline"),
        *append_only("payouts_batchfile"),
        *append_only("payouts_statement"),
        *append_only("payouts_ledgercheck"),
        *append_only("payouts_tierreached"),
        migrations.RunSQL(
            FROZEN_COMMISSION,
            "DROP TRIGGER payouts_commission_frozen ON payouts_commission;"
            " DROP FUNCTION payouts_commission_frozen();",
        ),
        migrations.RunSQL(
            FROZEN_BATCH,
            "DROP TRIGGER payouts_batch_frozen ON payouts_batch;"
            " DROP FUNCTION payouts_batch_frozen();"
            " DROP TRIGGER payouts_approval_frozen ON payouts_approval;"
            " DROP FUNCTION payouts_approval_frozen();"
            " DROP TRIGGER payouts_item_frozen ON payouts_item;"
            " DROP FUNCTION payouts_item_frozen();"
            " DROP TRIGGER payouts_itemline_frozen ON payouts_itemline;"
            " DROP FUNCTION payouts_itemline_frozen();",
        ),
    ]
