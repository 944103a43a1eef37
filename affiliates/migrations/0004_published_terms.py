from django.db import migrations

PUBLISHED = """
CREATE FUNCTION affiliates_terms_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to'
     OR (OLD.valid_to IS NOT NULL AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to)) THEN
    RAISE EXCEPTION 'published terms never change: only their end may come closer'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER affiliates_terms_published BEFORE UPDATE OR DELETE ON affiliates_terms
  FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION affiliates_terms_published();
"""


class Migration(migrations.Migration):
    """What affiliates were told holds: nobody rewrites a version that was published."""

    dependencies = [("affiliates", "0003_actual_margin")]

    operations = [
        migrations.RunSQL(
            PUBLISHED,
            "DROP TRIGGER affiliates_terms_published ON affiliates_terms;"
            " DROP FUNCTION affiliates_terms_published();",
        )
    ]
