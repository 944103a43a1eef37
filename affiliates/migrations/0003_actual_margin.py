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

# The two other doors: a group that stops seeing costs, an affiliate that joins another group.
GROUPS = """
CREATE FUNCTION affiliates_group_sees_costs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT NEW.sees_costs AND EXISTS (
    SELECT FROM affiliates_terms t LEFT JOIN affiliates_affiliate a ON a.id = t.affiliate_id
    WHERE t.basis = 'actual' AND coalesce(t.group_id, a.group_id) = NEW.id
  ) THEN
    RAISE EXCEPTION 'this group has terms on actual margin: its people must be allowed to see costs'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER affiliates_group_sees_costs BEFORE UPDATE OF sees_costs ON affiliates_group
  FOR EACH ROW EXECUTE FUNCTION affiliates_group_sees_costs();

CREATE FUNCTION affiliates_affiliate_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM affiliates_terms t WHERE t.affiliate_id = NEW.id AND t.basis = 'actual')
     AND NOT EXISTS (SELECT FROM affiliates_group g WHERE g.id = NEW.group_id AND g.sees_costs) THEN
    RAISE EXCEPTION 'this affiliate has terms on actual margin: the group must see costs'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER affiliates_affiliate_group BEFORE UPDATE OF group_id ON affiliates_affiliate
  FOR EACH ROW EXECUTE FUNCTION affiliates_affiliate_group();
"""


class Migration(migrations.Migration):
    """Whoever knows rate and commission knows the margin: a cost must not leak by the basis."""

    dependencies = [("affiliates", "0002_initial")]

    operations = [
        migrations.RunSQL(
            ACTUAL_MARGIN,
            "DROP TRIGGER affiliates_terms_basis ON affiliates_terms;"
            " DROP FUNCTION affiliates_terms_basis();",
        ),
        migrations.RunSQL(
            GROUPS,
            "DROP TRIGGER affiliates_group_sees_costs ON affiliates_group;"
            " DROP FUNCTION affiliates_group_sees_costs();"
            " DROP TRIGGER affiliates_affiliate_group ON affiliates_affiliate;"
            " DROP FUNCTION affiliates_affiliate_group();",
        ),
    ]
