from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What came back on a day is found without reading every return."""

    atomic = False
    dependencies = [("shop", "0018_away")]

    operations = [
        AddIndexConcurrently(
            model_name="return",
            index=models.Index(fields=["returned_at"], name="return_returned"),
        )
    ]
