import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_export_reads_costs"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="apikey", name="api_key_revoked_by_somebody"),
        migrations.AlterField(
            model_name="apikey",
            name="revoked_by",
            field=models.ForeignKey(
                help_text="Empty: the shell.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                name="api_key_unrevoked_by_nobody",
                condition=Q(revoked_at__isnull=False) | Q(revoked_by__isnull=True),
            ),
        ),
    ]
