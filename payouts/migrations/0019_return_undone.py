from importlib import import_module

from django.db import migrations

# A number cannot be imported by name: the function of the migration that wrote it last.
BEFORE = import_module("payouts.migrations.0018_unmatched_attached_lifted").NOW
NOW = BEFORE.replace(
    "('settled', 'sent'),", "('settled', 'sent'), ('returned', 'sent'), ('returned', 'settled'),"
)


class Migration(migrations.Migration):
    """A payout that came back whole by a line that was another's is what it was before."""

    dependencies = [("payouts", "0018_unmatched_attached_lifted")]

    operations = [migrations.RunSQL(NOW, BEFORE)]
