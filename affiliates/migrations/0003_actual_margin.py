from django.db import migrations

ACTUAL_MARGIN = """
CREATE FUNCTION affiliates_terms_basis() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.basis = 'actual' AND NOT EXISTS (
    SELECT FROM affiliates_group g WHERE g.sees_costs AND g.id = coalesce(
      NEW.group_id, (SELECT a.group_id FROM affiliates_affiliate a WHERE a.id = NEW.affiliate_id))
  ) THEN
    RAISE EXCEPTION 'only groups whose people may know costs are paid on actual margin'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER affiliates_terms_basis BEFORE INSERT OR UPDATE ON affiliates_terms
  FOR EACH ROW EXECUTE FUNCTION affiliates_terms_basis();
"""


class Migration(migrations.Migration):
    """Whoever knows rate and commission knows the margin: a cost must not leak by the basis."""

    dependencies = [("affiliates", "0002_initial")]

    operations = [
        migrations.RunSQL(
            ACTUAL_MARGIN,
            "DROP TRIGGER affiliates_terms_basis ON affiliates_terms;"
            " DROP FUNCTION affiliates_terms_basis();",
        )
    ]
