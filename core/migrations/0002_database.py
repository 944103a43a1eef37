from django.contrib.postgres.operations import (
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations

from core.append_only import REFUSE_CHANGE, append_only


class Migration(migrations.Migration):
    """What the database itself must know before the other apps' tables are made."""

    dependencies = [("core", "0001_initial")]
    run_before = [("shop", "0001_initial"), ("affiliates", "0001_initial")]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION apport_refuse_change();"),
        *append_only("core_auditentry"),
    ]
