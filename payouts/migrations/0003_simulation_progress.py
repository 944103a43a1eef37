from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payouts", "0002_ledger")]

    operations = [
        migrations.AddField(
            model_name="simulation",
            name="progressed_at",
            field=models.DateTimeField(help_text="When its worker last said so.", null=True),
        ),
        migrations.AlterField(
            model_name="simulation",
            name="policy",
            field=models.JSONField(
                blank=True,
                help_text="Name and rules of another attribution policy, if any.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="simulatedaffiliate",
            name="net_before_minor",
            field=models.BigIntegerField(default=0, help_text="Its share of the orders' net."),
        ),
        migrations.AddField(
            model_name="simulatedaffiliate",
            name="net_after_minor",
            field=models.BigIntegerField(default=0, help_text="Its share of the orders' net."),
        ),
    ]
