from typing import Any

from django.db import migrations
from django.utils import timezone


def connect_what_is(apps: Any, _schema_editor: Any) -> None:
    """Give every shop the connection of its generic webhook, and every delivery its connection."""
    connections = apps.get_model("shop", "Connection").objects
    events = apps.get_model("shop", "InboundEvent").objects
    for shop in apps.get_model("shop", "Shop").objects.all():
        made = connections.create(
            shop=shop,
            code=shop.code,
            connector="generic",
            name=shop.name,
            created_at=timezone.now(),
        )
        events.filter(shop=shop).update(connection=made)


class Migration(migrations.Migration):
    dependencies = [("shop", "0009_connections")]

    operations = [migrations.RunPython(connect_what_is, migrations.RunPython.noop)]
