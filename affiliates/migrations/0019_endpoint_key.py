import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_api_keys"),
        ("affiliates", "0018_known_event_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="key",
            field=models.ForeignKey(
                help_text="The key of the API by which its address was set; none: on a page.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.apikey",
            ),
        ),
    ]
