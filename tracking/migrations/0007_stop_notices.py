from django.db import migrations


class Migration(migrations.Migration):
    """Whoever answers /c/<code> also hears when an affiliate's links are stopped, or no longer."""

    dependencies = [("tracking", "0006_link_notices"), ("affiliates", "0008_stop")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER tell_program AFTER INSERT OR UPDATE OR DELETE ON affiliates_stop"
            " FOR EACH STATEMENT EXECUTE FUNCTION tracking_tell_program();",
            "DROP TRIGGER tell_program ON affiliates_stop;",
        )
    ]
