from django.db import migrations

from core.append_only import append_only

FROZEN = """
CREATE FUNCTION influencers_contract_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.status = 'draft' THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.status = 'draft'
     AND NEW.status IN ('draft', 'offered', 'withdrawn')
     AND (OLD.id, OLD.public_id, OLD.key, OLD.affiliate_id, OLD.created_at, OLD.created_by_id)
       = (NEW.id, NEW.public_id, NEW.key, NEW.affiliate_id, NEW.created_at, NEW.created_by_id) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE'
     AND (OLD.status, NEW.status) IN (
       ('offered', 'signed'), ('offered', 'refused'), ('offered', 'withdrawn'), ('signed', 'ended'))
     AND (OLD.id, OLD.public_id, OLD.key, OLD.affiliate_id, OLD.text_id, OLD.purpose, OLD.missions,
          OLD.pay, OLD.in_kind, OLD.in_kind_minor, OLD.currency, OLD.rights, OLD.exclusivity,
          OLD.territory, OLD.starts_on, OLD.renews, OLD.notice_days)
       = (NEW.id, NEW.public_id, NEW.key, NEW.affiliate_id, NEW.text_id, NEW.purpose, NEW.missions,
          NEW.pay, NEW.in_kind, NEW.in_kind_minor, NEW.currency, NEW.rights, NEW.exclusivity,
          NEW.territory, NEW.starts_on, NEW.renews, NEW.notice_days)
     AND (OLD.house_name, OLD.house_address, OLD.house_email, OLD.house_country, OLD.party_name,
          OLD.party_email, OLD.party_country, OLD.created_at, OLD.created_by_id, OLD.offered_at,
          OLD.offered_by_id)
       = (NEW.house_name, NEW.house_address, NEW.house_email, NEW.house_country, NEW.party_name,
          NEW.party_email, NEW.party_country, NEW.created_at, NEW.created_by_id, NEW.offered_at,
          NEW.offered_by_id)
     AND OLD.party_address = NEW.party_address
     AND OLD.ends_on IS NOT DISTINCT FROM NEW.ends_on THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a contract stands as it was offered: it can only be decided on, and end'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER influencers_contract_frozen BEFORE INSERT OR UPDATE OR DELETE
  ON influencers_contract FOR EACH ROW EXECUTE FUNCTION influencers_contract_frozen();
"""


class Migration(migrations.Migration):
    """What was offered, signed and given stays as it was."""

    dependencies = [("influencers", "0001_initial"), ("core", "0002_database")]

    operations = [
        *append_only("influencers_contractthreshold"),
        *append_only("influencers_contracttext"),
        *append_only("influencers_contractsignature"),
        *append_only("influencers_gift"),
        migrations.RunSQL(
            FROZEN,
            "DROP TRIGGER influencers_contract_frozen ON influencers_contract;"
            " DROP FUNCTION influencers_contract_frozen();",
        ),
    ]
