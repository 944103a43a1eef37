from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_api_key_revoked_by_shell"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status", "sent"), models.Q(("recipient", ""), _negated=True)),
                fields=["status_changed_at"],
                name="delivery_with_words",
            ),
        ),
    ]
