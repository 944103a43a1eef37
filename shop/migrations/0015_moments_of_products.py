from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0014_inbound_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="product",
            name="changed_at",
            field=models.DateTimeField(
                help_text="Of when the shop's word on it is: an older one changes nothing.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="cost_changed_at",
            field=models.DateTimeField(help_text="The same of its unit cost.", null=True),
        ),
        migrations.AddField(
            model_name="product",
            name="stock_changed_at",
            field=models.DateTimeField(help_text="The same of its stock.", null=True),
        ),
    ]
