from django.db import migrations

from core.append_only import append_only

FROZEN = """
CREATE FUNCTION influencers_imagelicence_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL
     AND (OLD.id, OLD.public_id, OLD.picture_id, OLD.scopes, OLD.territory, OLD.is_exclusive,
          OLD.starts_on, OLD.fee_minor, OLD.currency, OLD.credit, OLD.people, OLD.has_minors,
          OLD.guardian, OLD.text_sha256, OLD.granted_at)
       = (NEW.id, NEW.public_id, NEW.picture_id, NEW.scopes, NEW.territory, NEW.is_exclusive,
          NEW.starts_on, NEW.fee_minor, NEW.currency, NEW.credit, NEW.people, NEW.has_minors,
          NEW.guardian, NEW.text_sha256, NEW.granted_at)
     AND OLD.ends_on IS NOT DISTINCT FROM NEW.ends_on
     AND OLD.granted_by_id IS NOT DISTINCT FROM NEW.granted_by_id THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a licence stands as it was granted: it can only be revoked, once'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER influencers_imagelicence_frozen BEFORE UPDATE OR DELETE
  ON influencers_imagelicence FOR EACH ROW EXECUTE FUNCTION influencers_imagelicence_frozen();
"""


class Migration(migrations.Migration):
    """What happened to a look, what was counted and written down, and licences, stay."""

    dependencies = [("influencers", "0004_looks_campaigns_pools"), ("core", "0002_database")]

    operations = [
        *append_only("influencers_lookevent"),
        *append_only("influencers_socialfigure"),
        *append_only("influencers_influencernote"),
        migrations.RunSQL(
            FROZEN,
            "DROP TRIGGER influencers_imagelicence_frozen ON influencers_imagelicence;"
            " DROP FUNCTION influencers_imagelicence_frozen();",
        ),
    ]
