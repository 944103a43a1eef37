"""Tables that only grow: enforced by PostgreSQL, by trigger and by privilege."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION apport_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> list[migrations.operations.base.Operation]:
    """Return the operations that make ``table`` refuse UPDATE, DELETE and TRUNCATE to everybody."""
    return [
        migrations.RunSQL(
            f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
              FOR EACH ROW EXECUTE FUNCTION apport_refuse_change();
            CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
              FOR EACH STATEMENT EXECUTE FUNCTION apport_refuse_change();
            """,
            f"""
            DROP TRIGGER {table}_append_only ON {table};
            DROP TRIGGER {table}_no_truncate ON {table};
            """,
        ),
        revoke_changes(table),
    ]


def revoke_changes(table: str) -> migrations.RunPython:
    """Take UPDATE, DELETE and TRUNCATE on ``table`` from the application role."""

    def revoke(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.APP_DB_ROLE])
            if cursor.fetchone():
                role = schema_editor.quote_name(settings.APP_DB_ROLE)
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")

    return migrations.RunPython(revoke, migrations.RunPython.noop)
