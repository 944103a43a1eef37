from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("affiliates", "0015_messages_and_announcements")]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="slow_turns",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="Turns with slow answers, less those without."
            ),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="asked_since",
            field=models.DateTimeField(help_text="When the minute of `asked` began.", null=True),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="asked",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="Tries and repetitions that people asked for in it.",
            ),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="rests_until",
            field=models.DateTimeField(
                help_text="After a failure or slow answers: nothing before.", null=True
            ),
        ),
    ]
