from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0016_ends_of_bodies"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="tried_at",
            field=models.DateTimeField(
                help_text="When somebody set out to place a test order, to see that it arrives.",
                null=True,
            ),
        ),
    ]
