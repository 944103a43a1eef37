from django.db import migrations

# Whoever answers /c/<code> keeps all links in memory and listens here for what has changed.
LINKS = """
CREATE FUNCTION tracking_tell_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM pg_notify('tracking_link', OLD.code);
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.code <> OLD.code) THEN
    PERFORM pg_notify('tracking_link', NEW.code);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION tracking_tell_program() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('tracking_program', TG_TABLE_NAME);
  RETURN NULL;
END $$;
CREATE TRIGGER tell_link AFTER INSERT OR UPDATE OR DELETE ON tracking_link
  FOR EACH ROW EXECUTE FUNCTION tracking_tell_link();
"""
WATCHED = {
    "affiliates_affiliate": "INSERT OR DELETE OR UPDATE OF status, group_id",
    "affiliates_terms": "INSERT OR UPDATE OR DELETE",
    "shop_shop": "INSERT OR UPDATE OR DELETE",
    "tracking_salt": "INSERT OR DELETE",
}


class Migration(migrations.Migration):
    """PostgreSQL says which link, and whether anything around the links, has changed."""

    dependencies = [
        ("tracking", "0005_spool_proof"),
        ("affiliates", "0003_actual_margin"),
        ("shop", "0002_frozen_lines_and_bands"),
    ]

    operations = [
        migrations.RunSQL(
            LINKS,
            "DROP TRIGGER tell_link ON tracking_link;"
            " DROP FUNCTION tracking_tell_program(); DROP FUNCTION tracking_tell_link();",
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER tell_program AFTER {events} ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION tracking_tell_program();",
                f"DROP TRIGGER tell_program ON {table};",
            )
            for table, events in WATCHED.items()
        ),
    ]
