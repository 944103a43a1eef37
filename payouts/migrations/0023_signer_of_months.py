"""Keep the public key that signed the months so far, while the setting that it is made of stands."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from core.signatures import public_key

PURPOSE = "closed month"


def keep_key(apps: Any, _schema_editor: Any) -> None:
    first = apps.get_model("payouts", "ClosedMonth").objects.order_by("closed_at").first()
    if first is not None:
        apps.get_model("core", "SigningKey").objects.get_or_create(
            purpose=PURPOSE,
            public_key=public_key(PURPOSE),
            defaults={"first_used_at": first.closed_at},
        )


class Migration(migrations.Migration):
    dependencies = [("core", "0013_signing_keys"), ("payouts", "0022_shelf")]

    operations = [migrations.RunPython(keep_key, migrations.RunPython.noop)]
