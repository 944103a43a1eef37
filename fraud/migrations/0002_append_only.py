from django.db import migrations

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("fraud", "0001_initial"), ("core", "0002_database")]
    operations = [
        operation
        for table in ("fraud_signal", "fraud_screening", "fraud_signalsetting", "fraud_probe")
        for operation in append_only(table)
    ]
