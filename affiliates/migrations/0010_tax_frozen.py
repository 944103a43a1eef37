from django.db import migrations

from core.append_only import append_only

FROZEN = """
CREATE FUNCTION affiliates_taxprofile_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND (OLD.id, OLD.affiliate_id, OLD.legal_form, OLD.vat_regime, OLD.legal_name, OLD.address,
          OLD.postcode, OLD.town, OLD.country, OLD.siren, OLD.siret, OLD.registration,
          OLD.vat_number, OLD.evidence, OLD.declared_at)
       = (NEW.id, NEW.affiliate_id, NEW.legal_form, NEW.vat_regime, NEW.legal_name, NEW.address,
          NEW.postcode, NEW.town, NEW.country, NEW.siren, NEW.siret, NEW.registration,
          NEW.vat_number, NEW.evidence, NEW.declared_at)
     AND OLD.declared_by_id IS NOT DISTINCT FROM NEW.declared_by_id
     AND NEW.confirmed_at >= OLD.confirmed_at THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a tax profile stands as it was declared: add another one'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER affiliates_taxprofile_frozen BEFORE UPDATE OR DELETE ON affiliates_taxprofile
  FOR EACH ROW EXECUTE FUNCTION affiliates_taxprofile_frozen();

CREATE FUNCTION affiliates_mandate_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
     AND (OLD.id, OLD.affiliate_id, OLD.text_id, OLD.language, OLD.accepted_at, OLD.accepted_by_id)
       = (NEW.id, NEW.affiliate_id, NEW.text_id, NEW.language, NEW.accepted_at,
          NEW.accepted_by_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a mandate stands as it was given: it can only end, once'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER affiliates_mandate_frozen BEFORE UPDATE OR DELETE ON affiliates_mandate
  FOR EACH ROW EXECUTE FUNCTION affiliates_mandate_frozen();
"""


class Migration(migrations.Migration):
    """What payees declared and agreed to stays as they did."""

    dependencies = [("affiliates", "0009_tax"), ("core", "0002_database")]

    operations = [
        *append_only("affiliates_mandatetext"),
        *append_only("affiliates_payeechange"),
        migrations.RunSQL(
            FROZEN,
            "DROP TRIGGER affiliates_taxprofile_frozen ON affiliates_taxprofile;"
            " DROP FUNCTION affiliates_taxprofile_frozen();"
            " DROP TRIGGER affiliates_mandate_frozen ON affiliates_mandate;"
            " DROP FUNCTION affiliates_mandate_frozen();",
        ),
    ]
