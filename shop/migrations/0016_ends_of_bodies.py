from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0015_moments_of_products"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboundevent",
            name="warned_at",
            field=models.DateTimeField(
                help_text="When staff were told that its body will be deleted.", null=True
            ),
        ),
        migrations.AddField(
            model_name="syncrun",
            name="bytes",
            field=models.PositiveBigIntegerField(default=0, help_text="Of what was told."),
        ),
        migrations.AddField(
            model_name="syncrun",
            name="sha256",
            field=models.CharField(
                blank=True,
                default="",
                help_text=(
                    "Over what was told, page after page: bodies that were stored are not kept."
                ),
                max_length=64,
            ),
        ),
    ]
