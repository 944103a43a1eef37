from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_audit_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="reads_costs",
            field=models.BooleanField(
                help_text="The file holds what follows from real costs; null: not known.",
                null=True,
            ),
        ),
    ]
