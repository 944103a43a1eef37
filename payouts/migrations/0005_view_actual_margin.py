from typing import Any

from django.db import migrations

MAY = ("view_actual_margin", "Can see unit costs, actual margins and what follows from them")


def let_finance_see(apps: Any, _schema_editor: Any) -> None:
    """Permissions are made after all migrations, so this one is made here."""
    content_type, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="payouts", model="commissionline"
    )
    permission, _made = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=MAY[0], defaults={"name": MAY[1]}
    )
    finance, _made = apps.get_model("auth", "Group").objects.get_or_create(name="finance")
    finance.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0004_claim_messages"),
        ("core", "0003_staff_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(name="commissionline", options={"permissions": [MAY]}),
        migrations.RunPython(let_finance_see, migrations.RunPython.noop),
    ]
