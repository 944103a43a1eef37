from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):
    """That a fact was told is kept for good, apart from its event."""

    dependencies = [("affiliates", "0016_slow_endpoints")]

    operations = [
        migrations.CreateModel(
            name="EventKey",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
            ],
        ),
        *append_only("affiliates_eventkey"),
    ]
