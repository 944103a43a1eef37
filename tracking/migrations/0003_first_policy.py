from datetime import UTC, datetime
from typing import Any

from django.db import migrations

#: Long before the first order that anybody could import.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


def publish_first(apps: Any, _schema_editor: Any) -> None:
    policy = apps.get_model("tracking", "AttributionPolicy")
    policy.objects.create(
        number=1, name="Last eligible touchpoint", valid_from=ALWAYS, rules={}, created_at=ALWAYS
    )


class Migration(migrations.Migration):
    dependencies = [("tracking", "0002_partitions")]

    operations = [migrations.RunPython(publish_first, migrations.RunPython.noop)]
