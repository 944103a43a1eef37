from django.db import migrations


class Migration(migrations.Migration):
    """Whoever answers /c/<code> also hears when an experiment begins or ends."""

    dependencies = [("tracking", "0007_stop_notices"), ("experiments", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER tell_program AFTER INSERT OR UPDATE OR DELETE ON experiments_experiment"
            " FOR EACH STATEMENT EXECUTE FUNCTION tracking_tell_program();",
            "DROP TRIGGER tell_program ON experiments_experiment;",
        )
    ]
