from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0013_signing_keys")]

    operations = [
        migrations.AlterField(
            model_name="staffproposal",
            name="invitation",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposal",
                to="core.staffinvitation",
            ),
        ),
    ]
