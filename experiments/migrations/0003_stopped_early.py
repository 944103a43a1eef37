from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="experiment",
            name="was_stopped",
            field=models.BooleanField(
                default=False,
                help_text="Before its planned end: only what holds at every look is read.",
            ),
        )
    ]
