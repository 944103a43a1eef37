from django.db import migrations

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("experiments", "0001_initial"), ("core", "0002_database")]
    operations = append_only("experiments_analysis")
