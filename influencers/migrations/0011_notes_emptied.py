from typing import Any

from django.conf import settings
from django.db import migrations

EMPTIED = """
CREATE FUNCTION influencers_note_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.text = ''
     AND (OLD.id, OLD.affiliate_id, OLD.author_id, OLD.at)
       = (NEW.id, NEW.affiliate_id, NEW.author_id, NEW.at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a note stands as it was written: it can only be emptied'
    USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER influencers_influencernote_append_only ON influencers_influencernote;
CREATE TRIGGER influencers_note_emptied BEFORE UPDATE OR DELETE ON influencers_influencernote
  FOR EACH ROW EXECUTE FUNCTION influencers_note_emptied();
"""
BACK = """
DROP TRIGGER influencers_note_emptied ON influencers_influencernote;
DROP FUNCTION influencers_note_emptied();
CREATE TRIGGER influencers_influencernote_append_only
  BEFORE UPDATE OR DELETE ON influencers_influencernote
  FOR EACH ROW EXECUTE FUNCTION apport_refuse_change();
"""


def _grant(_apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.APP_DB_ROLE])
        if cursor.fetchone():
            role = schema_editor.quote_name(settings.APP_DB_ROLE)
            cursor.execute(f"GRANT UPDATE (text) ON influencers_influencernote TO {role}")


class Migration(migrations.Migration):
    """What the team notes about a creator is never rewritten, but goes when the creator does."""

    dependencies = [("influencers", "0010_standing"), ("core", "0002_database")]

    operations = [
        migrations.RunSQL(EMPTIED, BACK),
        migrations.RunPython(_grant, migrations.RunPython.noop),
    ]
