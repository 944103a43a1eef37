from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0017_trials"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="away_until",
            field=models.DateTimeField(
                help_text="It did not answer: what must be asked of it waits until then.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="inboundevent",
            name="must_ask",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="It was read: what it tells is still to be asked of the platform.",
            ),
        ),
    ]
